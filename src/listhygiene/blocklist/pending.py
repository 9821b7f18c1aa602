"""Undecided messages: kept whole until a person has seen to them."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import select, update

from ..model.errors import UsageError
from .clock import moments, seconds
from .engine import Database
from .schema import undecided


def list_undecided(database: Database) -> pd.DataFrame:
    """Return the messages that wait, oldest first: id, file, why, received."""
    column = undecided.c
    query = select(column.id, column.file, column.why, column.received)
    with database.read() as connection:
        rows = connection.execute(query.where(column.settled.is_(None)).order_by(column.id)).all()
    frame = pd.DataFrame(rows, columns=["id", "file", "why", "received"])
    frame["received"] = moments(frame["received"])
    return frame


def read_undecided(database: Database, number: int) -> bytes:
    """Return a message whole; raises UsageError where there is none of this number."""
    with database.read() as connection:
        found = connection.scalar(select(undecided.c.content).where(undecided.c.id == number))
    if found is None:
        raise UsageError(
            f"there is no undecided message {number}",
            file=database.name,
            remedy="List them to see their numbers.",
        )
    return bytes(found)


def settle(database: Database, number: int, *, reason: str, by: str, now: datetime) -> bool:
    """Say that a person has seen to a message; it stays, but waits no more."""
    waiting = (undecided.c.id == number) & undecided.c.settled.is_(None)
    with database.change() as connection:
        done = connection.execute(
            update(undecided).where(waiting).values(settled=seconds(now), reason=reason, by=by)
        )
    return bool(done.rowcount)
