"""Matching: which rows of the blocklist concern an address, by which of its keys."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, FromClause, Select, select, text

from .engine import Database
from .pairing import COLUMNS, pair
from .questions import questions, sha256_of
from .schema import addresses, events, states

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


def match(
    database: Database,
    connection: Connection,
    wanted: pd.Series,
    mailboxes: pd.Series | None = None,
) -> pd.DataFrame:
    """Return the kept states that concern the addresses; see `pair`."""
    return pair(wanted, lambda keys: _ask(database, connection, keys), mailboxes)


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
