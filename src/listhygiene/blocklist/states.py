"""The kept states: what the fold makes of the addresses that an input has touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection, delete, func, select

from . import fold
from .engine import Database, insert_rows
from .questions import among
from .schema import events, states

BATCH = 10_000
"""How many addresses are folded at once."""

_NOTHING = fold.State()

_PAST = (
    events.c.address_id,
    events.c.id,
    events.c.kind,
    events.c.at,
    events.c.type,
    events.c.cause,
    events.c.message_id,
)


def last_event(connection: Connection) -> int:
    """Return the highest id of an event, 0 where there is none."""
    return connection.scalar(select(func.max(events.c.id))) or 0


def refold_since(database: Database, connection: Connection, event_id: int) -> None:
    """Make anew the states of the addresses that have events after this one."""
    touched = select(events.c.address_id).where(events.c.id > event_id).distinct()
    rows = connection.execution_options(yield_per=BATCH).execute(touched).scalars()
    ids = np.sort(np.fromiter(rows, np.int64))
    connection.execution_options(yield_per=None)
    for start in range(0, len(ids), BATCH):
        refold(database, connection, ids[start : start + BATCH].tolist())


def refold(database: Database, connection: Connection, ids: Sequence[int]) -> None:
    """Make anew the states of these addresses."""
    made = fold_of(database, connection, ids)
    connection.execute(delete(states).where(among(database, states.c.address_id, ids)))
    rows = [(one, *state) for one, state in made.items() if state != _NOTHING]
    insert_rows(connection, states, ["address_id", *fold.State._fields], rows)


def fold_of(
    database: Database, connection: Connection, ids: Sequence[int]
) -> dict[int, fold.State]:
    """Fold the events of these addresses, without believing what is kept."""
    found = connection.execute(
        select(*_PAST)
        .where(among(database, events.c.address_id, ids))
        .order_by(events.c.address_id, events.c.at, events.c.id)
    )
    return _fold_rows(found)


def _fold_rows(rows: Iterable[Sequence[Any]]) -> dict[int, fold.State]:
    made: dict[int, fold.State] = {}
    for address_id, group in groupby(rows, key=itemgetter(0)):
        past = [fold.Past(*row[1:]) for row in group]
        made[address_id] = fold.fold_one(past[0]) if len(past) == 1 else fold.fold(past)
    return made
