"""Matching: which rows of the blocklist concern an address, by which of its keys."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, FromClause, Select, select, text

from ..model.listing import TEXT
from ..texts import to_arrow
from .engine import Database
from .keys import canonical_keys, questions, sha256_of
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


def state_rows() -> Select[Any]:
    """Select kept states; `key` is the hash of an address that is known by it only."""
    return _with_words(addresses, addresses.c.digest)


def _with_words(source: FromClause, key: ColumnElement[Any]) -> Select[Any]:
    """Select kept states with the words of the event that decides, and of the allowance."""
    return select(key.label("key"), addresses.c.canonical.label("hidden"), *_STATE).select_from(
        source.join(states, states.c.address_id == addresses.c.id)
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

    by_name, by_mailbox, by_hash = _ask(database, connection, pd.concat([forms, other]))
    plain = by_name[by_name["hidden"].isna()]  # this row's address is its own canonical key
    found = [
        _join(forms, by_name, ADDRESS),
        _join(forms, by_hash, ADDRESS),
        _join(other, plain, CANONICAL),
        _join(keys, by_mailbox, CANONICAL),
        _join(other, by_hash, CANONICAL),
    ]
    return _joined(found)


def _follow_the_index(connection: Connection) -> None:
    """PostgreSQL: look each key up. Its planner would rather read all tables, once a batch."""
    for way in ("hashjoin", "mergejoin", "seqscan"):
        connection.execute(text(f"SET LOCAL enable_{way} = off"))


def _has(connection: Connection, column: ColumnElement[Any]) -> bool:
    """Tell whether any row has such a key at all."""
    some = select(addresses.c.id).where(column.is_not(None)).limit(1)
    return connection.scalar(some) is not None


def _ask(database: Database, connection: Connection, keys: pd.Series) -> list[pd.DataFrame]:
    """Ask for the rows that have one of the keys as address, as canonical key, or as hash."""
    columns = [addresses.c.address, addresses.c.canonical, addresses.c.digest]
    rows: list[list[Any]] = [[] for _ in columns]
    some = [_has(connection, column) for column in columns]
    if database.is_postgresql:
        _follow_the_index(connection)
    for asked in questions(database, keys):
        value = asked.c.value
        wanted = [value, value, sha256_of(database, value)]
        for place in range(len(columns)):
            if some[place]:
                source = asked.join(addresses, columns[place] == wanted[place])
                rows[place] += connection.execute(_with_words(source, value)).all()
    frames = [pd.DataFrame(map(tuple, found), columns=list(COLUMNS)) for found in rows]
    return [frame.drop_duplicates(["key", "address_id"]) for frame in frames]


def _join(keys: pd.Series, rows: pd.DataFrame, how: str) -> pd.DataFrame:
    if rows.empty or keys.empty:
        return pd.DataFrame(columns=["label", *COLUMNS, "match"])
    values = pa.array(rows["key"], pa.large_string())
    few = keys[pc.is_in(to_arrow(keys), value_set=values).to_numpy(zero_copy_only=False)]
    left = pd.DataFrame({"label": few.index, "key": few.to_numpy(object)})
    return left.merge(rows.astype({"key": object}), on="key").assign(match=how)


def _joined(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the pairs together; a row that matches in two ways counts by the first."""
    some = [one for one in found if not one.empty]
    if not some:
        return pd.DataFrame(columns=["label", *COLUMNS, "match"])
    joined = pd.concat(some, ignore_index=True).drop_duplicates(["label", "address_id"])
    return joined.astype(dict.fromkeys(_NUMBERS, "Float64"))
