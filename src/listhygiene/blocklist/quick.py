"""A SQLite blocklist that is asked by the standard library alone.

SQLAlchemy takes ten times as long to load as a short answer takes. What is out of the ordinary (no
file, another version, damage, a lock, a sieve out of date) is left to the full way, which also says
what is wrong. The statements are those that `matching` makes: a test holds them together.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from . import counts, fold, quick_sieve
from .batches import as_json, sorted_batches
from .bounds import CHECKED_BYTES, FEW, LEAST, VERSION
from .keys import digest, rules_version
from .pairing import COLUMNS, pair
from .weighing import weigh

if TYPE_CHECKING:
    from .bloom import Sieve
    from .store import Blocklist

STATEMENT = """\
SELECT anon_1.value AS "key", blocklist_addresses.canonical AS hidden, \
blocklist_addresses.id AS address_id, blocklist_addresses.address AS listed, \
blocklist_states.type, blocklist_states.cause, blocklist_states.since, blocklist_states.strikes, \
blocklist_states.final, blocklist_states.examined, blocklist_states.complained, \
blocklist_states.unsubscribed, blocklist_states.unblocks, blocklist_states.due_from, \
blocklist_events.source, blocklist_events.diagnostic, blocklist_events.reason, \
blocklist_events.campaign, allowance."by" AS allow_by, allowance.reason AS allow_reason, \
allowance.at AS allow_at \

FROM json_each(?) AS anon_1 JOIN blocklist_addresses ON {} \
JOIN blocklist_states ON blocklist_states.address_id = blocklist_addresses.id \
LEFT OUTER JOIN blocklist_events ON blocklist_events.id = blocklist_states.event_id \
LEFT OUTER JOIN blocklist_events AS allowance ON allowance.id = blocklist_states.allow_id"""
"""Asks for the entries (COLUMNS) whose key is among those of a JSON array; {}: which key."""

KEYS = {
    "address": "blocklist_addresses.address = anon_1.value",
    "canonical": "blocklist_addresses.canonical = anon_1.value",
    "digest": "blocklist_addresses.digest = sha256(anon_1.value)",
}


@dataclass(frozen=True)
class Quick:
    """A blocklist that is what this version of the program writes, and whole.

    described: what `Blocks.describe` says. open_fully: opens it the full way.
    """

    path: Path
    timeout: float
    described: Mapping[str, object]
    open_fully: Callable[[], Blocklist]

    @cached_property
    def full(self) -> Blocklist:
        """The blocklist, opened the full way."""
        return self.open_fully()

    def look_up(
        self, addresses: pd.Series, as_of: pd.Timestamp, mailboxes: pd.Series | None = None
    ) -> pd.DataFrame:
        """Return the state of the addresses that the blocklist knows (`Blocks.look_up`)."""
        with contextlib.suppress(sqlite3.Error), _reading(self.path, self.timeout) as connection:
            some: pd.Series | None = addresses
            if len(addresses) >= FEW:
                some = quick_sieve.sift(connection, self.path, addresses, mailboxes)
            if some is not None:
                return weigh(pair(some, partial(_ask, connection), mailboxes), addresses)
        return self.full.look_up(addresses, as_of, mailboxes)

    def describe(self) -> Mapping[str, object]:
        """Say which blocklist it is: url, addresses with a state, blocks due for examination."""
        return self.described

    def sieve(self, asked: int) -> Sieve | None:
        """Return what tells of most addresses that they are not known (`Sieving.sieve`)."""
        if asked < FEW:
            return None
        with contextlib.suppress(sqlite3.Error), _reading(self.path, self.timeout) as connection:
            if (found := quick_sieve.current(connection, self.path, asked)) is not None:
                return found
        return self.full.sieve(asked)

    def history_rates(self) -> dict[str, float]:
        """Return how often contacts with a finding bounced before: rule code -> share."""
        some = "SELECT count(*) FROM (SELECT 1 FROM blocklist_sends WHERE codes != '' LIMIT ?)"
        with contextlib.suppress(sqlite3.Error), _reading(self.path, self.timeout) as connection:
            if connection.execute(some, [LEAST]).fetchone()[0] < LEAST:
                return {}
        return self.full.history_rates()

    def close(self) -> None:
        """Give back what is held open."""
        if "full" in self.__dict__:
            self.full.close()


def open_quick(
    path: Path, *, timeout: float, due: int, open_fully: Callable[[], Blocklist]
) -> Quick | None:
    """Open a blocklist to ask it; None where that is the full way's.

    due: the second up to which an examination is due again, to be counted.
    """
    try:
        size = path.stat().st_size
        with _reading(path, timeout) as connection:
            told = dict(connection.execute("SELECT name, value FROM blocklist_meta"))
            made = tuple(told.get(name) for name in ("schema", "fold", "canonical"))
            if made != (str(VERSION), str(fold.VERSION), rules_version()):
                return None
            checked = size > CHECKED_BYTES or connection.execute("PRAGMA quick_check(1)").fetchone()
            if checked not in (True, ("ok",)):
                return None
            now = counts.take(lambda *asked: connection.execute(*asked).fetchone()[0], due)
    except (OSError, sqlite3.Error):
        return None
    described = {"url": str(path), "addresses": now.known, "due": now.due}
    return Quick(path, timeout, described, open_fully)


def _ask(connection: sqlite3.Connection, keys: pd.Series) -> list[pd.DataFrame]:
    """Find the entries whose address, whose canonical key, whose hash is among keys (`Ask`)."""
    asked = [as_json(batch) for batch in sorted_batches(keys)]
    frames = []
    for name, condition in KEYS.items():
        any_of = f"SELECT 1 FROM blocklist_addresses WHERE {name} IS NOT NULL LIMIT 1"
        some = asked if connection.execute(any_of).fetchone() else []
        statement = STATEMENT.format(condition)
        found = [row for one in some for row in connection.execute(statement, [one])]
        frame = pd.DataFrame(found, columns=list(COLUMNS))
        frames.append(frame.drop_duplicates(["key", "address_id"]))
    return frames


@contextlib.contextmanager
def _reading(path: Path, timeout: float) -> Iterator[sqlite3.Connection]:
    """Open a connection within one transaction that only reads."""
    place = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(place, uri=True, timeout=timeout, isolation_level=None)
    try:
        connection.create_function("sha256", 1, digest, deterministic=True)
        for statement in ("PRAGMA trusted_schema=OFF", "PRAGMA query_only=ON", "BEGIN"):
            connection.execute(statement)
        yield connection
    finally:
        connection.close()
