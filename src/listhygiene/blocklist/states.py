"""The kept states: what the fold makes of the addresses that an input has touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, delete, func, select, text

from . import counts, fold
from .counts import Counts
from .engine import Database, insert_rows
from .migrations import read_meta, write_meta
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
    """Make anew the states of the addresses that have events after this one, and the counts."""
    touched = select(events.c.address_id).where(events.c.id > event_id).distinct()
    rows = connection.execution_options(yield_per=BATCH).execute(touched).scalars()
    ids = np.sort(np.fromiter(rows, np.int64))
    connection.execution_options(yield_per=None)
    refold(database, connection, ids, event_id)


def refold(database: Database, connection: Connection, ids: npt.ArrayLike, event_id: int) -> None:
    """Make anew the states of these addresses, which have events after this one, and the counts."""
    counted = counts.read(ask_of(connection), event_id)
    every = np.asarray(ids, np.int64)
    for start in range(0, len(every), BATCH):
        batch = every[start : start + BATCH].tolist()
        counted = _refold(database, connection, batch, counted)
    latest = int(read_meta(connection, "latest") or 0)
    write_meta(connection, counts.NAME, counts.text_after(ask_of(connection), counted, latest))


def _refold(
    database: Database, connection: Connection, ids: Sequence[int], counted: Counts | None
) -> Counts | None:
    """Make anew the states of one batch; return the counts then."""
    made = fold_of(database, connection, ids)
    old = among(database, states.c.address_id, ids)
    gone = connection.execute(delete(states).where(old).returning(states.c.due_from)).scalars()
    there = gone.all()
    kept = {one: state for one, state in made.items() if state != _NOTHING}
    rows = [(one, *state) for one, state in kept.items()]
    insert_rows(connection, states, ["address_id", *fold.State._fields], rows)
    return counts.changed(counted, there, [state.due_from for state in kept.values()])


def ask_of(connection: Connection) -> counts.Ask:
    """Return what asks a connection for one value."""

    def ask(question: str, values: Mapping[str, int]) -> object:
        return connection.scalar(text(question), dict(values))

    return ask


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
