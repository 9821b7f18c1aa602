"""The sieve of a SQLite blocklist, asked by the standard library alone.

The file beside the blocklist serves where it is of this very moment; of a few known mailboxes one
is made in memory. To bring the file up to date is left to the full way.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import fold
from .bloom import Sieve, Stamp, empty, trail_of
from .bounds import KEPT, TRAIL, WORTH
from .fingerprints import VERSION, of_digests, of_texts
from .keys import canonical_keys, rules_version
from .sieve_file import place_of, read

_KNOWN = """\
FROM blocklist_states JOIN blocklist_addresses \
ON blocklist_addresses.id = blocklist_states.address_id"""


def current(connection: sqlite3.Connection, path: Path, asked: int) -> Sieve | None:
    """Return a sieve of what the blocklist holds now, for about so many addresses.

    None where the full way may make or mend one. It belongs to the transaction of `connection`.
    """
    now = stamp(connection)
    if now is None:
        return None
    found = read(place_of(path))
    if found is not None and found.stamp == now:
        return found
    most = min(KEPT - 1, WORTH * asked)
    some = "SELECT count(*) FROM (SELECT 1 FROM blocklist_states LIMIT ?)"
    (count,) = connection.execute(some, [most + 1]).fetchone()
    return _made(connection, now, count) if count <= most else None


def sift(
    connection: sqlite3.Connection, path: Path, wanted: pd.Series, mailboxes: pd.Series | None
) -> pd.Series | None:
    """Return those of the addresses that the blocklist may know; None where there is no sieve.

    mailboxes: their canonical keys, if they are known; '' where there is none.
    """
    found = current(connection, path, len(wanted))
    if found is None:
        return None
    keys = canonical_keys(wanted.fillna("")) if mailboxes is None else mailboxes
    return found.sift(wanted, keys)


def stamp(connection: sqlite3.Connection) -> Stamp | None:
    """Describe the blocklist now; None where its keys were made by other rules."""
    rules = rules_version()
    told = "SELECT value FROM blocklist_meta WHERE name = 'canonical'"
    if connection.execute(told).fetchone() != (rules,):
        return None
    (last,) = connection.execute("SELECT max(id) FROM blocklist_events").fetchone()
    (address,) = connection.execute("SELECT max(id) FROM blocklist_addresses").fetchone()
    keys = "SELECT key FROM blocklist_events ORDER BY id DESC LIMIT ?"
    hashed = "SELECT count(*) FROM blocklist_addresses WHERE digest >= x''"
    return Stamp(
        last=last or 0,
        trail=trail_of(key for (key,) in connection.execute(keys, [TRAIL])),
        address=address or 0,
        hashed=connection.execute(hashed).fetchone()[0],
        rules=rules,
        fold=fold.VERSION,
        prints=VERSION,
    )


def _made(connection: sqlite3.Connection, now: Stamp, count: int) -> Sieve | None:
    """Make a sieve in memory; None where a key holds a line end, as no address does."""
    made = empty(now, count)
    keys = f"SELECT coalesce(canonical, address) AS key {_KNOWN}"
    asked = f"SELECT count(key), group_concat(key, char(10)) FROM ({keys})"
    number, joined = connection.execute(asked).fetchone()
    if number:
        texts = pc.split_pattern(pa.scalar(joined, pa.large_string()), "\n").values
        if len(texts) != number:
            return None
        made.add(of_texts(texts))
    hashes = connection.execute(f"SELECT digest {_KNOWN} WHERE digest IS NOT NULL")
    made.add(of_digests([one for (one,) in hashes]))
    return made
