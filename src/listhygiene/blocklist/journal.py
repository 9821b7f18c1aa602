"""The journal: how events come into the blocklist, one input in one transaction, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    insert,
    literal,
    null,
    select,
    update,
)

from ..model.bounce import Event, Kind, Type
from . import states
from .clock import DAY, seconds
from .engine import Database
from .incoming import (
    WORDS,
    Spooled,
    dialect_insert,
    enter_addresses,
    incoming,
    insert_new,
    spooled,
)
from .keys import event_key
from .latest import note_clock
from .schema import addresses, events, inputs, undecided
from .words import storable


@dataclass(frozen=True)
class Message:
    """A whole message that nobody could decide; content: its bytes. why: what is unclear."""

    content: bytes
    file: str = ""
    why: str = ""


@dataclass(frozen=True)
class Added:
    """What became of an input.

    read: its events. new: those that the blocklist did not have. known: those it had.
    unaddressed: events that name no address, not kept. undecided: messages newly kept for a person.
    repeated: the very same input was read before; nothing was changed. replies: rows of a table
    that are automatic replies and block nothing.
    """

    read: int = 0
    new: int = 0
    known: int = 0
    unaddressed: int = 0
    undecided: int = 0
    repeated: bool = False
    replies: int = 0


def add_events(
    database: Database,
    found: Iterable[Event],
    *,
    input_key: str,
    file: str,
    now: datetime,
    undecided_messages: Iterable[Message] = (),
) -> Added:
    """Add what an input says, all of it or nothing; the same again changes nothing.

    input_key: a hash of the input's content. The events are read before the blocklist is locked.
    """
    rows = (row for event in found if event.kind is not Kind.OTHER for row in _rows(event))
    return add_rows(
        database, rows, input_key=input_key, file=file, now=now, messages=undecided_messages
    )


def add_rows(
    database: Database,
    rows: Iterable[Mapping[str, Any]],
    *,
    input_key: str,
    file: str,
    now: datetime,
    messages: Iterable[Message] = (),
) -> Added:
    """Add rows with the columns of an event: address or digest, kind, at (seconds), key, words."""
    database.require_write()
    with database.read() as connection:
        if _is_known(connection, input_key):
            return Added(repeated=True)
    with spooled(database, rows) as (connection, count), database.change(connection):
        if _is_known(connection, input_key):
            return Added(repeated=True)
        return _take_in(database, connection, count, input_key, file, now, messages)


def _is_known(connection: Connection, input_key: str) -> bool:
    return bool(connection.scalar(select(inputs.c.id).where(inputs.c.key == input_key)))


def _rows(event: Event) -> Iterator[dict[str, Any]]:
    """Give the row of an event, and that of the block of a platform that holds the address back.

    What is not counted in the rate is a block alone; beside a permanent bounce, which blocks at
    once, a block would say nothing new.
    """
    row = _row(event)
    if event.kind is not Kind.BOUNCE or event.counted:
        yield row
    if event.kind is not Kind.BOUNCE or (row["type"] == Type.PERMANENT.value and event.counted):
        return
    if event.final or not event.counted:
        key = event_key(event.key or row["key"], "block", event.address)
        yield row | {"kind": "block", "key": key}


def _row(event: Event) -> dict[str, Any]:
    kind, cause = event.kind.value, event.cause
    kind_of = ""
    if event.kind is Kind.BOUNCE:
        cause = cause or "T7"  # an unnamed cause proves nothing permanent
        kind_of = (Type.PERMANENT if cause.startswith("P") else Type.TEMPORARY).value
    own = event.key or (event.source, event.at, cause, event.message_id, event.diagnostic)
    return {
        "address": event.address,
        "kind": kind,
        "at": seconds(event.at) if event.at else None,
        "type": kind_of,
        "cause": cause,
        "status": event.status,
        "reply": event.reply,
        "diagnostic": event.diagnostic,
        "rule": event.rule,
        "source": event.source,
        "remote_host": event.remote_host,
        "campaign": event.campaign,
        "message_id": event.message_id,
        "new_address": event.new_address,
        "file": event.file,
        "key": event_key(own, kind, event.address),
    }


def _take_in(
    database: Database,
    connection: Connection,
    count: Spooled,
    input_key: str,
    file: str,
    now: datetime,
    messages: Iterable[Message],
) -> Added:
    """Move the input from the temporary table to its place; runs within one transaction."""
    received = seconds(now)
    latest = note_clock(connection, received)
    before = states.last_event(connection)
    input_id = connection.execute(
        insert(inputs)
        .values(key=input_key, file=storable(file), received=received, read=count.read, new=0)
        .returning(inputs.c.id)
    ).scalar_one()
    enter_addresses(database, connection, count.hashed)
    _take_moments(connection, received, latest)
    new = _take_events(database, connection, input_id, received)
    kept = _take_messages(database, connection, messages, input_id, received)
    connection.execute(update(inputs).where(inputs.c.id == input_id).values(new=new))
    states.refold_since(database, connection, before)
    return Added(
        read=count.read,
        new=new,
        known=count.read - count.unaddressed - new,
        unaddressed=count.unaddressed,
        undecided=kept,
    )


def _take_moments(connection: Connection, received: int, latest: int) -> None:
    """Nothing happens after it was received: a wrong clock elsewhere must not hide an event."""
    here = incoming.c
    connection.execute(
        update(incoming).where((here.at.is_(None)) | (here.at > latest + DAY)).values(at=received)
    )


def _take_events(database: Database, connection: Connection, input_id: int, received: int) -> int:
    """Append the events that are new, in the order of the input; return how many."""
    here = incoming.c
    names = ["kind", "at", "key", *WORDS]
    columns = [here[name] for name in names]
    common = [literal(input_id), literal(received)]
    new = 0
    for link in (addresses.c.address == here.address, addresses.c.digest == here.digest):
        found = (
            select(addresses.c.id, *columns, *common)
            .join_from(incoming, addresses, link)
            .where(here.n > 0)
            .order_by(here.n)
        )
        into = ["address_id", *names, "input_id", "received"]
        done = connection.execute(
            insert_new(database, events, into, found),
            execution_options={"preserve_rowcount": True},
        )
        new += max(0, done.rowcount)
    return new


def _take_messages(
    database: Database,
    connection: Connection,
    messages: Iterable[Message],
    input_id: int,
    received: int,
) -> int:
    kept = 0
    for message in messages:
        done = connection.execute(
            dialect_insert(database)(undecided)
            .values(
                key=hashlib.sha256(message.content).digest()[:16],
                file=storable(message.file),
                why=storable(message.why),
                content=message.content,
                input_id=input_id,
                received=received,
                settled=null(),
            )
            .on_conflict_do_nothing(),
            execution_options={"preserve_rowcount": True},
        )
        kept += max(0, done.rowcount)
    return kept
