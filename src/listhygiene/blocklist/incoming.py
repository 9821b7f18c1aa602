"""The temporary table in which an input waits until all of it is read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import pandas as pd
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ..model.listing import TEXT
from .engine import Database, insert_rows
from .keys import canonical_keys, digest, normalise
from .schema import addresses
from .words import encodable, storable

CHUNK = 20_000
"""How many rows are held in memory at once."""

WORDS = [
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
    "file",
]
"""The columns of an event that are plain texts, '' where there is nothing to say."""

incoming = Table(
    "blocklist_incoming",
    MetaData(),
    Column("n", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("address", Text),
    Column("canonical", Text),
    Column("digest", LargeBinary(32)),
    Column("kind", Text),
    Column("at", BigInteger),
    *(Column(name, Text) for name in WORDS),
    Column("key", LargeBinary(16)),
    prefixes=["TEMPORARY"],
)
"""Where an input waits until all of it is read: it takes no lock, and a kill leaves nothing."""

Index(
    "blocklist_incoming_digest",
    incoming.c.digest,
    sqlite_where=incoming.c.digest.is_not(None),
    postgresql_where=incoming.c.digest.is_not(None),
)


_NAMES = ["address", "canonical", "digest", "kind", "at", "key", *WORDS]


@dataclass(frozen=True)
class Spooled:
    """How many rows were read; hashed: those known by their hash only."""

    read: int = 0
    unaddressed: int = 0
    hashed: int = 0


@contextlib.contextmanager
def spooled(
    database: Database, rows: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[Connection, Spooled]]:
    """Read rows into the temporary table `incoming`, which goes when the block ends."""
    database.require_write()
    with database.connect() as connection:
        with connection.begin():
            incoming.create(connection)
        try:
            yield connection, _spool(connection, rows)
        finally:
            with connection.begin():
                incoming.drop(connection)


def enter_addresses(database: Database, connection: Connection, hashed: int = 0) -> None:
    """Enter the addresses of `incoming` that are new, joining those known by their hash only."""
    here = incoming.c
    if connection.scalar(select(addresses.c.id).where(addresses.c.digest.is_not(None)).limit(1)):
        _name_hashed(connection)
    plain = (
        select(here.address, func.min(here.canonical))
        .where(here.address.is_not(None))
        .group_by(here.address)
        .order_by(here.address)
    )
    connection.execute(insert_new(database, addresses, ["address", "canonical"], plain))
    if hashed:
        _unhash_incoming(connection)
        rest = select(here.digest).where(here.digest.is_not(None), here.address.is_(None))
        connection.execute(insert_new(database, addresses, ["digest"], rest.distinct()))


def _name_hashed(connection: Connection) -> None:
    """An address arrives that was known by its hash: its row gets the name and keeps its past."""
    here = incoming.c
    hashed = select(addresses.c.digest).where(addresses.c.digest.is_not(None))
    rows = connection.execute(
        select(here.address, here.canonical)
        .where(here.address.is_not(None), func.sha256(_octets(connection)).in_(hashed))
        .distinct()
    ).all()
    change = update(addresses).where(addresses.c.digest == bindparam("known_as"))
    change = change.values(address=bindparam("name"), canonical=bindparam("mailbox"), digest=None)
    names = [
        {"known_as": digest(address), "name": address, "mailbox": key} for address, key in rows
    ]
    if names:
        connection.execute(change, names)


def _unhash_incoming(connection: Connection) -> None:
    """A hash arrives of an address that is known by name: the event goes to that address."""
    here = incoming.c
    wanted = select(here.digest).where(here.address.is_(None))
    rows = connection.execute(
        select(addresses.c.address).where(
            addresses.c.address.is_not(None),
            func.sha256(_octets(connection, addresses)).in_(wanted),
        )
    ).scalars()
    change = update(incoming).where(here.digest == bindparam("known_as"))
    names = [{"known_as": digest(one), "name": one} for one in rows if one]
    if names:
        connection.execute(change.values(address=bindparam("name")), names)


def _octets(connection: Connection, table: Table = incoming) -> Any:
    """PostgreSQL hashes octets, the function that we give SQLite hashes the text's UTF-8."""
    if connection.dialect.name == "postgresql":
        return func.convert_to(table.c.address, "UTF8")
    return table.c.address


def insert_new(database: Database, table: Table, names: list[str], found: Select[Any]) -> Any:
    """Build an INSERT that passes over what is there already."""
    return dialect_insert(database)(table).from_select(names, found).on_conflict_do_nothing()


def dialect_insert(database: Database) -> Any:
    return postgresql.insert if database.is_postgresql else sqlite.insert


def _spool(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> Spooled:
    """Read an input into the temporary table, a chunk at a time."""
    count = Spooled()
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        ready = list(_keyed(chunk))
        with connection.begin():
            insert_rows(connection, incoming, _NAMES, ready)
        count = replace(
            count,
            read=count.read + len(chunk),
            unaddressed=count.unaddressed + len(chunk) - len(ready),
            hashed=count.hashed + sum(row[0] is None for row in ready),
        )
    return count


def _keyed(chunk: list[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Give each row its keys, in the order of _NAMES; pass over those without an address."""
    texts = pd.Series([encodable(row.get("address")) for row in chunk], dtype=TEXT)
    forms = normalise(texts)
    distinct = pd.Series(forms.dropna().unique(), dtype=TEXT)
    keys = dict(zip(distinct, canonical_keys(distinct), strict=True)) if len(distinct) else {}
    for row, form in zip(chunk, forms.tolist(), strict=True):
        address = form if isinstance(form, str) else None
        hashed = None if address else row.get("digest")
        if address is None and hashed is None:
            continue
        key = keys.get(address) if address else None
        said = row.get
        yield (
            address,
            None if key == address else key,
            hashed,
            row["kind"],
            said("at"),
            row["key"],
            *[storable(words) if (words := said(name)) else "" for name in WORDS],
        )
