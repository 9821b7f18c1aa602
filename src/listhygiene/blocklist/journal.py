"""The journal: how events come into the blocklist, one input in one transaction, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ..model.bounce import Event, Kind, Type
from ..model.listing import TEXT
from . import migrations, states
from .engine import Database
from .keys import canonical_keys, digest, normalise
from .schema import addresses, events, inputs, undecided

CHUNK = 5_000
"""How many events are held in memory at once."""

DAY = 86_400

_WORDS = [
    "type",
    "cause",
    "status",
    "reply",
    "diagnostic",
    "rule",
    "source",
    "remote_host",
    "campaign",
    "message_id",
    "new_address",
    "reason",
    "by",
]
"""The columns of an event that are plain texts, '' where there is nothing to say."""

_incoming = Table(
    "blocklist_incoming",
    MetaData(),
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("address", Text),
    Column("canonical", Text),
    Column("digest", LargeBinary(32)),
    Column("kind", Text),
    Column("at", BigInteger),
    *(Column(name, Text) for name in _WORDS),
    Column("key", LargeBinary(16)),
    prefixes=["TEMPORARY"],
)
"""Where an input waits until all of it is read: it takes no lock, and a kill leaves nothing."""


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
    repeated: the very same input was read before; nothing was changed.
    """

    read: int = 0
    new: int = 0
    known: int = 0
    unaddressed: int = 0
    undecided: int = 0
    repeated: bool = False


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
    rows = (_row(event) for event in found if event.kind is not Kind.OTHER)
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
    with database.connect() as connection:
        with connection.begin():
            if _is_known(connection, input_key):
                return Added(repeated=True)
            _incoming.create(connection)
        try:
            count = _spool(connection, rows)
            with database.change(connection):
                if _is_known(connection, input_key):
                    return Added(repeated=True)
                return _take_in(database, connection, count, input_key, file, now, messages)
        finally:
            with connection.begin():
                _incoming.drop(connection)


def seconds(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970, UTC; one without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() // 1)


def note_clock(connection: Connection, now: int) -> int:
    """Keep the latest time that a clock has shown here and return it; see `recheck`."""
    latest = int(migrations.read_meta(connection, "latest") or 0)
    if now > latest and (not latest or now - latest <= 400 * DAY):
        migrations.write_meta(connection, "latest", str(now))
    return max(latest, now)


def event_key(*parts: object) -> bytes:
    """Return what tells an event from others by what identifies it."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _is_known(connection: Connection, input_key: str) -> bool:
    return bool(connection.scalar(select(inputs.c.id).where(inputs.c.key == input_key)))


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
        "key": event_key(own, kind, event.address),
    }


@dataclass(frozen=True)
class _Spooled:
    read: int = 0
    unaddressed: int = 0
    hashed: int = 0


def _spool(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> _Spooled:
    """Read an input into the temporary table, a chunk at a time."""
    count = _Spooled()
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        ready = list(_keyed(chunk))
        if ready:
            with connection.begin():
                connection.execute(insert(_incoming), ready)
        count = replace(
            count,
            read=count.read + len(chunk),
            unaddressed=count.unaddressed + len(chunk) - len(ready),
            hashed=count.hashed + sum(row["address"] is None for row in ready),
        )
    return count


def _keyed(chunk: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give each row its normal form and canonical key; leave out those without an address."""
    texts = pd.Series([row.get("address") or "" for row in chunk], dtype=TEXT)
    forms = normalise(texts)
    distinct = pd.Series(forms.dropna().unique(), dtype=TEXT)
    keys = dict(zip(distinct, canonical_keys(distinct), strict=True)) if len(distinct) else {}
    for row, form in zip(chunk, forms, strict=True):
        address = form if isinstance(form, str) else None
        hashed = None if address else row.get("digest")
        if address is None and hashed is None:
            continue
        key = keys.get(address) if address else None
        yield {
            "address": address,
            "canonical": None if key == address else key,
            "digest": hashed,
            "kind": row["kind"],
            "at": row.get("at"),
            "key": row["key"],
            **{word: _storable(row.get(word) or "") for word in _WORDS},
        }


def _storable(words: str) -> str:
    """Return a text that every database can hold: no NUL, no lone surrogate."""
    if words.isascii():
        return words.replace("\x00", "\ufffd") if "\x00" in words else words
    return words.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _take_in(
    database: Database,
    connection: Connection,
    count: _Spooled,
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
        .values(key=input_key, file=_storable(file), received=received, read=count.read, new=0)
        .returning(inputs.c.id)
    ).scalar_one()
    _take_addresses(database, connection, count.hashed)
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


def _take_addresses(database: Database, connection: Connection, hashed: int) -> None:
    """Enter the addresses that are new, joining those known so far by their hash only."""
    here = _incoming.c
    if connection.scalar(select(addresses.c.id).where(addresses.c.digest.is_not(None)).limit(1)):
        _name_hashed(connection)
    plain = (
        select(here.address, func.min(here.canonical))
        .where(here.address.is_not(None))
        .group_by(here.address)
        .order_by(here.address)
    )
    connection.execute(_insert_new(database, addresses, ["address", "canonical"], plain))
    if hashed:
        _unhash_incoming(connection)
        rest = select(here.digest).where(here.digest.is_not(None), here.address.is_(None))
        connection.execute(_insert_new(database, addresses, ["digest"], rest.distinct()))


def _name_hashed(connection: Connection) -> None:
    """An address arrives that was known by its hash: its row gets the name and keeps its past."""
    here = _incoming.c
    hashed = select(addresses.c.digest).where(addresses.c.digest.is_not(None))
    rows = connection.execute(
        select(here.address, here.canonical)
        .where(here.address.is_not(None), func.sha256(_octets(connection)).in_(hashed))
        .distinct()
    ).all()
    for address, key in rows:
        connection.execute(
            update(addresses)
            .where(addresses.c.digest == digest(address))
            .values(address=address, canonical=key, digest=None)
        )


def _unhash_incoming(connection: Connection) -> None:
    """A hash arrives of an address that is known by name: the event goes to that address."""
    here = _incoming.c
    wanted = select(here.digest).where(here.address.is_(None))
    rows = connection.execute(
        select(addresses.c.address).where(
            addresses.c.address.is_not(None),
            func.sha256(_octets(connection, addresses)).in_(wanted),
        )
    ).scalars()
    for address in rows.all():
        connection.execute(
            update(_incoming).where(here.digest == digest(address or "")).values(address=address)
        )


def _octets(connection: Connection, table: Table = _incoming) -> Any:
    """PostgreSQL hashes octets, the function that we give SQLite hashes the text's UTF-8."""
    if connection.dialect.name == "postgresql":
        return func.convert_to(table.c.address, "UTF8")
    return table.c.address


def _take_moments(connection: Connection, received: int, latest: int) -> None:
    """Nothing happens after it was received: a wrong clock elsewhere must not hide an event."""
    here = _incoming.c
    connection.execute(
        update(_incoming).where((here.at.is_(None)) | (here.at > latest + DAY)).values(at=received)
    )


def _take_events(database: Database, connection: Connection, input_id: int, received: int) -> int:
    """Append the events that are new, in the order of the input; return how many."""
    here = _incoming.c
    names = ["kind", "at", "key", *_WORDS]
    columns = [here[name] for name in names]
    common = [literal(input_id), literal(received)]
    new = 0
    for link in (addresses.c.address == here.address, addresses.c.digest == here.digest):
        found = (
            select(addresses.c.id, *columns, *common)
            .join_from(_incoming, addresses, link)
            .where(here.n > 0)
            .order_by(here.n)
        )
        into = ["address_id", *names, "input_id", "received"]
        done = connection.execute(
            _insert_new(database, events, into, found),
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
            _dialect_insert(database)(undecided)
            .values(
                key=hashlib.sha256(message.content).digest()[:16],
                file=_storable(message.file),
                why=_storable(message.why),
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


def _insert_new(database: Database, table: Table, names: list[str], found: Select[Any]) -> Any:
    """Build an INSERT that passes over what is there already."""
    return _dialect_insert(database)(table).from_select(names, found).on_conflict_do_nothing()


def _dialect_insert(database: Database) -> Any:
    return postgresql.insert if database.is_postgresql else sqlite.insert
