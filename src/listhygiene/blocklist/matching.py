"""Matching: which rows of the blocklist concern an address, by which of its keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, select

from ..model.listing import TEXT
from .engine import Database
from .keys import among, batches, canonical_keys, digest, hashed_among
from .schema import addresses, events, states

ADDRESS = "address"
"""Matched by the normal form, or by its hash."""
CANONICAL = "canonical"
"""Matched as another spelling of the same mailbox."""

_allowance = events.alias("allowance")

_STATE = (
    addresses.c.id.label("address_id"),
    addresses.c.address.label("listed"),
    states.c.type,
    states.c.cause,
    states.c.since,
    states.c.strikes,
    states.c.final,
    states.c.examined,
    states.c.complained,
    states.c.unsubscribed,
    states.c.unblocks,
    states.c.due_from,
    events.c.source,
    events.c.diagnostic,
    events.c.reason,
    events.c.campaign,
    _allowance.c.by.label("allow_by"),
    _allowance.c.reason.label("allow_reason"),
    _allowance.c.at.label("allow_at"),
)
COLUMNS = ("key", "hidden", *(column.name for column in _STATE))


_NUMBERS = ("since", "strikes", "examined", "complained", "unsubscribed", "due_from", "allow_at")
"""Seconds and counts, missing where there is none; all of them are exact as such."""


def state_rows(key: ColumnElement[Any], hidden: ColumnElement[Any]) -> Select[Any]:
    """Select kept states with the words of the event that decides, and of the allowance."""
    return (
        select(key.label("key"), hidden.label("hidden"), *_STATE)
        .select_from(addresses)
        .join(states, states.c.address_id == addresses.c.id)
        .outerjoin(events, events.c.id == states.c.event_id)
        .outerjoin(_allowance, _allowance.c.id == states.c.allow_id)
    )


def match(database: Database, connection: Connection, wanted: pd.Series) -> pd.DataFrame:
    """Return the kept states that concern the addresses, a row a pair, the columns COLUMNS and
    `label` (of `wanted`) and `match`.

    wanted: distinct normal forms; blank and missing ones match nothing. An address is looked for
    by its normal form, by the canonical key of its mailbox, and by the hashes of both.
    """
    forms = wanted.astype(TEXT)
    forms = forms[forms.notna() & forms.ne("") & ~forms.str.contains("\x00", regex=False)]
    if forms.empty:
        return _joined([])
    keys = canonical_keys(forms)
    other = keys[keys.ne(forms)]
    by_name = _named(database, connection, pd.concat([forms, other]))
    plain = by_name[by_name["hidden"].isna()]  # this row's address is its own canonical key
    found = [
        _join(forms, by_name, ADDRESS),
        _join(other, plain, CANONICAL),
        _join(keys, _respelt(database, connection, keys), CANONICAL),
    ]
    if _has_hashes(connection):
        found.append(_join(forms, _hashed(database, connection, forms), ADDRESS))
        found.append(_join(other, _hashed(database, connection, other), CANONICAL))
    return _joined(found)


def _named(database: Database, connection: Connection, keys: pd.Series) -> pd.DataFrame:
    query = state_rows(addresses.c.address, addresses.c.canonical)
    return _ask(database, connection, query, addresses.c.address, _distinct(keys))


def _respelt(database: Database, connection: Connection, keys: pd.Series) -> pd.DataFrame:
    """Ask for rows whose address is not its own canonical key."""
    some = select(addresses.c.id).where(addresses.c.canonical.is_not(None)).limit(1)
    wanted = _distinct(keys) if connection.scalar(some) else []
    query = state_rows(addresses.c.canonical, addresses.c.canonical)
    return _ask(database, connection, query, addresses.c.canonical, wanted)


def _hashed(database: Database, connection: Connection, forms: pd.Series) -> pd.DataFrame:
    """Ask for rows known by their hash; the frame's keys are the addresses asked for."""
    wanted = _distinct(forms)
    names = {digest(one): one for one in wanted}
    query = state_rows(addresses.c.digest, addresses.c.canonical)
    rows: list[Any] = []
    for batch in batches(wanted):
        rows += connection.execute(
            query.where(hashed_among(database, addresses.c.digest, batch))
        ).all()
    kept = [(names[bytes(row[0])], *row[1:]) for row in rows]
    return pd.DataFrame(kept, columns=list(COLUMNS))


def _has_hashes(connection: Connection) -> bool:
    some = select(addresses.c.id).where(addresses.c.digest.is_not(None)).limit(1)
    return connection.scalar(some) is not None


def _distinct(keys: pd.Series) -> list[str]:
    """Return the distinct keys in order: the index is read from one end to the other."""
    return sorted(keys.unique().tolist())


def _ask(
    database: Database,
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    keys: Sequence[str],
) -> pd.DataFrame:
    rows: list[Any] = []
    for batch in batches(keys):
        rows += connection.execute(query.where(among(database, column, batch))).all()
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _join(keys: pd.Series, rows: pd.DataFrame, how: str) -> pd.DataFrame:
    if rows.empty or keys.empty:
        return pd.DataFrame(columns=["label", *COLUMNS, "match"])
    few = keys[keys.isin(rows["key"])]
    left = pd.DataFrame({"label": few.index, "key": few.to_numpy(object)})
    return left.merge(rows.astype({"key": object}), on="key").assign(match=how)


def _joined(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the pairs together; a row that matches in two ways counts by the first."""
    some = [one for one in found if not one.empty]
    if not some:
        return pd.DataFrame(columns=["label", *COLUMNS, "match"])
    joined = pd.concat(some, ignore_index=True).drop_duplicates(["label", "address_id"])
    return joined.astype(dict.fromkeys(_NUMBERS, "Float64"))
