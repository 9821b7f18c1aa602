"""The page's six-monthly examination: blocks whose cause is resolved are lifted by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert, select

from ..model.listing import TEXT
from . import fold, migrations, states
from .clock import cutoff, moments, seconds
from .engine import Database
from .keys import ascii_domains, event_key
from .latest import doubt_clock, note_clock
from .matching import state_rows
from .pairing import COLUMNS
from .questions import among
from .schema import events
from .schema import states as kept

BATCH = 500
"""How many blocks are examined and recorded at once: what a crash may cost."""

SOURCE = "recheck"


class Outcome(StrEnum):
    """What the examination of one block came to."""

    RESOLVED = "resolved"
    """The cause is gone; the block is lifted."""
    STANDING = "standing"
    """The cause is there still; examined again in six months."""
    UNKNOWN = "unknown"
    """No answer; not recorded, so it stays due."""
    PERSON = "person"
    """Nothing that a sender can find out; listed for a person, and again in six months."""


Examine = Callable[[pd.DataFrame], pd.DataFrame]
"""Examines blocks: a frame with the columns address, domain (ASCII), type, cause, since, source and
diagnostic in; outcome (of `Outcome`) and why (a sentence) out, on the same index."""


@dataclass(frozen=True)
class Recheck:
    """What an examination came to.

    blocks: address, type, cause, since, examined (the time before), outcome, why.
    refused: why nothing was lifted at all (a clock that jumped), or ''.
    """

    blocks: pd.DataFrame = field(repr=False)
    refused: str = ""


def recheck(
    database: Database,
    examine: Examine,
    *,
    now: datetime,
    months: int = 6,
    every: bool = False,
    dry_run: bool = False,
    trust_clock: bool = False,
) -> Recheck:
    """Examine the blocks that are due (or every one) and lift those whose cause is resolved.

    Each batch is examined, then recorded in one transaction: after a crash a rerun goes on where
    it stopped. dry_run: nothing is recorded. A clock that went back more than a day since the last
    writing, or ahead more than 400 days, lifts nothing, unless `trust_clock` says it is right.
    """
    if not dry_run:
        database.require_write()
    with database.read() as connection:
        refused = "" if trust_clock else doubt_clock(connection, seconds(now))
        ids = [] if refused else _due_ids(connection, now, months, every)
    done = []
    for start in range(0, len(ids), BATCH):
        blocks = _examined(database, examine, ids[start : start + BATCH])
        if not dry_run:
            _record(database, blocks, now, trust_clock)
        done.append(blocks)
    frame = pd.concat(done, ignore_index=True) if done else _blocks([]).assign(outcome="", why="")
    names = ["address", "type", "cause", "since", "examined", "outcome", "why"]
    return Recheck(frame[names].astype({"outcome": TEXT, "why": TEXT}), refused)


def _due_ids(connection: Connection, now: datetime, months: int, every: bool) -> list[int]:
    """List the blocks to examine, those that waited longest first."""
    query = select(kept.c.address_id).where(kept.c.due_from.is_not(None))
    if not every:
        query = query.where(kept.c.due_from <= cutoff(now, months))
    found = connection.execute(query.order_by(kept.c.due_from, kept.c.address_id))
    return list(found.scalars())


def _examined(database: Database, examine: Examine, ids: list[int]) -> pd.DataFrame:
    """Examine one batch, as it stands at this moment."""
    query = state_rows()
    with database.read() as connection:
        standing = query.where(
            among(database, kept.c.address_id, ids), kept.c.due_from.is_not(None)
        )
        blocks = _blocks(connection.execute(standing).all())
    named = blocks["address"].ne("")
    asked = blocks.loc[
        named, ["address", "domain", "type", "cause", "since", "source", "diagnostic"]
    ]
    found = examine(asked) if len(asked) else pd.DataFrame(columns=["outcome", "why"])
    blocks["outcome"] = found["outcome"].reindex(blocks.index).fillna(str(Outcome.PERSON))
    blocks["why"] = found["why"].reindex(blocks.index).fillna("only its hash is known")
    return blocks


def _blocks(rows: Any) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    listed = frame["listed"].astype(TEXT).fillna("")
    texts = {name: frame[name].astype(TEXT).fillna("") for name in ("source", "diagnostic")}
    return pd.DataFrame(
        {
            "address_id": frame["address_id"].astype("int64"),
            "address": listed,
            "domain": ascii_domains(listed),
            "type": frame["type"].astype(TEXT),
            "cause": frame["cause"].astype(TEXT),
            "since": moments(frame["since"]),
            "examined": moments(frame["examined"]),
            **texts,
        }
    )


def _record(database: Database, blocks: pd.DataFrame, now: datetime, trust: bool) -> None:
    """Append what was found; an unknown stays due and leaves no trace.

    A block that another run examined meanwhile, or that is gone, is left as it stands now.
    """
    at = seconds(now)
    said = blocks[blocks["outcome"].ne(str(Outcome.UNKNOWN))]
    rows: list[dict[str, Any]] = [
        {
            "address_id": block.address_id,
            "kind": "recheck",
            "at": at,
            "received": at,
            "type": fold.LIFTED if block.outcome == Outcome.RESOLVED else "",
            "cause": block.cause,
            "source": SOURCE,
            "reason": block.why,
            "key": event_key("recheck", block.address_id, now.isoformat(), block.cause),
        }
        for block in said.itertuples()
    ]
    if not rows and not trust:
        return
    with database.change() as connection:
        if trust:
            migrations.write_meta(connection, "latest", str(at))
        note_clock(connection, at)
        done = select(events.c.key).where(events.c.key.in_([row["key"] for row in rows]))
        there = {bytes(key) for key in connection.execute(done).scalars()}
        same = _unchanged(database, connection, said)
        new = [row for row in rows if row["key"] not in there and row["address_id"] in same]
        if new:
            before = states.last_event(connection)
            connection.execute(insert(events), new)
            states.refold(database, connection, [row["address_id"] for row in new], before)


def _unchanged(database: Database, connection: Connection, blocks: pd.DataFrame) -> set[int]:
    """Return the ids of the blocks that stand as they were when they were examined."""
    ids = [int(one) for one in blocks["address_id"]]
    found = connection.execute(
        select(kept.c.address_id, kept.c.cause, kept.c.since, kept.c.examined).where(
            among(database, kept.c.address_id, ids), kept.c.due_from.is_not(None)
        )
    ).all()
    names = ["address_id", "cause", "since", "examined"]
    now = pd.DataFrame(found, columns=names)
    now = now.assign(since=moments(now["since"]), examined=moments(now["examined"]))
    keys = [set(one.astype(str).itertuples(index=False, name=None)) for one in (now, blocks[names])]
    return {int(key[0]) for key in keys[0] & keys[1]}
