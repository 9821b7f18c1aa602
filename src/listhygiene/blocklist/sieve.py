"""The sieve: a few bits a blocked mailbox, by which most addresses need not be looked for.

It lies beside the database as `NAME-sieve` and may be removed at any time. It never says that an
address is blocked: what it lets through is looked for in the database. What it holds back is
proved absent, so it counts only where its checksum is right and it knows the last event.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from ..model.errors import ListHygieneError
from . import fold
from .bloom import ROOM, Sieve, Stamp, empty, trail_of
from .bounds import FEW, KEPT, TRAIL, WORTH
from .engine import Database
from .fingerprints import VERSION, Prints, of_digests, of_texts
from .keys import canonical_keys, rules_version
from .migrations import read_meta
from .renewal import has_current_keys
from .schema import addresses, events, states
from .sieve_file import place_of, read, write

_BATCH = 50_000


def sift(
    database: Database, connection: Connection, wanted: pd.Series, mailboxes: pd.Series | None
) -> pd.Series:
    """Return those of the addresses that the blocklist may know.

    mailboxes: their canonical keys, if they are known; '' where there is none.
    """
    if len(wanted) < FEW or database.is_postgresql or not has_current_keys(connection):
        return wanted
    found = current(database, connection, WORTH * len(wanted))
    if found is None:
        return wanted
    keys = canonical_keys(wanted.fillna("")) if mailboxes is None else mailboxes
    return found.sift(wanted, keys)


def sieve_for(database: Database, asked: int) -> Sieve | None:
    """Return the sieve for questions about so many addresses, None where there is none."""
    if asked < FEW or database.is_postgresql:
        return None
    with database.read() as connection:
        if not has_current_keys(connection):
            return None
        return current(database, connection, WORTH * asked)


def keep(database: Database) -> None:
    """Bring the file of a large blocklist up to date; what cannot be written is left out."""
    if database.path is None or not database.write:
        return
    with contextlib.suppress(ListHygieneError), database.read() as connection:
        if (connection.scalar(select(func.max(addresses.c.id))) or 0) >= KEPT:
            current(database, connection, 1 << 62)


def current(database: Database, connection: Connection, most: int) -> Sieve | None:
    """Return a sieve of what the blocklist holds now, read or made; None where it costs too much.

    most: how many mailboxes may be read for it. It belongs to the transaction of `connection`.
    """
    now = _stamp(connection)
    found = read(place_of(database.path)) if database.path else None
    if found is not None and found.stamp == now:
        return found
    if found is not None and _is_earlier(connection, found.stamp, now):
        more = now.last - found.stamp.last
        if more > most:
            return None
        if (found.count + more) * ROOM <= len(found.words) * 64:
            words = found.words.copy()
            return _fill(database, connection, replace(found, stamp=now, words=words), found.stamp)
    count = connection.scalar(select(func.count()).select_from(states)) or 0
    writable = database.path is not None and os.access(database.path.parent, os.W_OK)
    if count > most or (count >= KEPT and not writable):
        return None
    return _fill(database, connection, empty(now, count), None)


def _fill(
    database: Database, connection: Connection, sieve: Sieve, before: Stamp | None
) -> Sieve | None:
    """Enter all mailboxes, or those touched since; keep the sieve where it is large enough."""
    count = sieve.count
    for prints in _all(connection, sieve.stamp) if before is None else _later(connection, before):
        if prints is None:
            return None
        sieve.add(prints)
        count += len(prints)
    sieve = replace(sieve, count=count)
    if database.path is not None and count >= KEPT:
        with contextlib.suppress(ListHygieneError, OSError):
            write(place_of(database.path), sieve)
    return sieve


def _all(connection: Connection, now: Stamp) -> Iterator[Prints | None]:
    """Yield the fingerprints of all that has a state, by stretches of ids."""
    known = exists().where(states.c.address_id == addresses.c.id)
    for start in range(0, now.address, _BATCH):
        here = addresses.c.id.between(start + 1, start + _BATCH)
        yield from _prints(connection, and_(here, known))


def _later(connection: Connection, before: Stamp) -> Iterator[Prints | None]:
    """Yield the fingerprints of what later events speak of, by stretches of events."""
    last = connection.scalar(select(func.max(events.c.id))) or 0
    for start in range(before.last, last, _BATCH):
        here = events.c.id.between(start + 1, start + _BATCH)
        yield from _prints(connection, addresses.c.id.in_(select(events.c.address_id).where(here)))


def _prints(connection: Connection, which: ColumnElement[bool]) -> Iterator[Prints | None]:
    """Yield the fingerprints of some mailboxes, and of the hashes that stand for some.

    SQLite joins the keys to one text: a Python object a key costs ten times as much. None where
    one of them holds a line end, as no address does.
    """
    key = func.coalesce(addresses.c.canonical, addresses.c.address)
    asked = select(func.count(key), func.group_concat(key, "\n")).where(which)
    count, joined = connection.execute(asked).one()
    if count:
        texts = pc.split_pattern(pa.scalar(joined, pa.large_string()), "\n").values
        yield of_texts(texts) if len(texts) == count else None
    some = select(addresses.c.digest).where(which, addresses.c.digest.is_not(None))
    if digests := connection.scalars(some).all():
        yield of_digests(digests)


def _stamp(connection: Connection, last: int | None = None, address: int | None = None) -> Stamp:
    """Describe the blocklist now, or as far as an earlier event and address."""
    if last is None:
        last = connection.scalar(select(func.max(events.c.id))) or 0
    if address is None:
        address = connection.scalar(select(func.max(addresses.c.id))) or 0
    column = addresses.c
    # any hash there is, said so that SQLite finds it in their index, which has few
    hashed = select(func.count()).where(column.digest >= b"", column.id <= address)
    keys = select(events.c.key).where(events.c.id <= last)
    trail = connection.scalars(keys.order_by(events.c.id.desc()).limit(TRAIL)).all()
    return Stamp(
        last=last,
        trail=trail_of(trail),
        address=address,
        hashed=connection.scalar(hashed) or 0,
        rules=read_meta(connection, "canonical") or rules_version(),
        fold=fold.VERSION,
        prints=VERSION,
    )


def _is_earlier(connection: Connection, before: Stamp, now: Stamp) -> bool:
    """Tell whether a sieve was made of this very blocklist, of which nothing but more came since.

    An address that was known by its hash and has got its name is no addition.
    """
    if before.last > now.last or before.address > now.address:
        return False
    return before == _stamp(connection, before.last, before.address)
