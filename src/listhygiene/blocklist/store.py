"""The blocklist as the hall holds it: opened once, asked and told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import func, make_url, select
from sqlalchemy.exc import ArgumentError

from ..model.bounce import Event, Type
from ..model.errors import BlocklistError
from ..model.evidence import ReadTable
from ..model.listing import Listing, ReadOptions
from . import changes, engine, lists, looking, states, tables
from .engine import Database
from .journal import Added, Message, add_events
from .lists import BlockFilter
from .schema import states as kept

TABLE_SUFFIXES = frozenset([".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx", ".xlsm"])
"""Lists that `check` uses as a blocklist as they are."""

TIMEOUT = 30.0
"""Seconds to wait for another program that writes."""


@dataclass(frozen=True)
class Blocklist:
    """An opened blocklist; `now` is the present moment as the hall read it.

    months: the interval of examinations. unblocks: how often one address may be unblocked.
    """

    database: Database
    now: datetime
    months: int = 6
    unblocks: int = 5

    @property
    def name(self) -> str:
        """What people call it: its path, or its address without the password."""
        return self.database.name

    def look_up(self, addresses: pd.Series, as_of: pd.Timestamp) -> pd.DataFrame:
        """Return the present state of the addresses that the blocklist knows (`Blocks`)."""
        return looking.look_up(self.database, addresses, as_of, self.months)

    def describe(self) -> Mapping[str, object]:
        """Say which blocklist it is: url, addresses with a state, blocks due for examination."""
        due = looking.cutoff(self.now, self.months)
        with self.database.read() as connection:
            count = connection.scalar(select(func.count()).select_from(kept))
            over = connection.scalar(select(func.count()).where(kept.c.due_from <= due))
        return {"url": self.name, "addresses": count or 0, "due": over or 0}

    def add_events(
        self,
        events: Iterable[Event],
        input_key: str,
        file: str,
        undecided: Iterable[Message] = (),
    ) -> Added:
        """Add what an input says, all or nothing; the same input again changes nothing."""
        return add_events(
            self.database,
            events,
            input_key=input_key,
            file=file,
            now=self.now,
            undecided_messages=undecided,
        )

    def block(self, addresses: pd.Series, kind: Type, *, cause: str, reason: str, by: str) -> Added:
        """Block addresses by hand."""
        return changes.block(
            self.database, addresses, kind=kind, cause=cause, reason=reason, by=by, now=self.now
        )

    def unblock(self, addresses: pd.Series, *, reason: str, by: str) -> pd.DataFrame:
        """Lift temporary blocks; see `changes.unblock` for what is refused, and how it is told."""
        return changes.unblock(
            self.database, addresses, reason=reason, by=by, now=self.now, limit=self.unblocks
        )

    def allow(self, addresses: pd.Series, *, reason: str, by: str) -> Added:
        """Override permanent blocks; who did it, and why, is shown wherever the address appears."""
        return changes.allow(self.database, addresses, reason=reason, by=by, now=self.now)

    def list_blocks(self, chosen: BlockFilter, as_of: pd.Timestamp) -> pd.DataFrame:
        """Return the blocks that stand, under the page's filters."""
        return lists.list_blocks(self.database, chosen, as_of, self.months)

    def show(self, address: str) -> pd.DataFrame:
        """Return the history of an address and other spellings of its mailbox."""
        return lists.show(self.database, address)

    def import_table(
        self, listing: Listing, *, causes: Mapping[str, str], by: str = ""
    ) -> tuple[Added, dict[str, int]]:
        """Enter what a table lists; the second result counts words not understood, by column."""
        return tables.import_table(self.database, listing, now=self.now, causes=causes, by=by)

    def export(self, chosen: BlockFilter, as_of: pd.Timestamp, *, hashes: bool) -> pd.DataFrame:
        """Return a table that `import_table` reads back; with `hashes`, without addresses."""
        blocks = lists.list_blocks(self.database, chosen, as_of, self.months)
        table = tables.exported(blocks)
        return tables.hashed(table) if hashes else table


def open_blocklist(
    url: str,
    *,
    write: bool,
    now: datetime,
    read_table: ReadTable | None = None,
    causes: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    months: int = 6,
    unblocks: int = 5,
) -> Blocklist:
    """Open the blocklist that a path, `sqlite:///` or `postgresql://` names.

    write: make it where it is missing, lead older tables forward; else it is only read.
    now: the present moment (with a zone). read_table, causes: how a list (.csv, .xlsx, .jsonl) that
    serves as a blocklist is read, and the names of causes in it. Raises BlocklistError where it is
    missing (to be read), damaged, newer, locked, no blocklist, or cannot be reached; nothing is
    changed then.
    """
    if "://" not in url and Path(url).suffix.lower() in TABLE_SUFFIXES:
        return _open_table(url, write, now, read_table, causes or {}, months)
    database = _open(url, write, timeout)
    blocklist = Blocklist(database, now, months, unblocks)
    _renew_states(blocklist, url, timeout)
    return blocklist


def _open_table(
    path: str,
    write: bool,
    now: datetime,
    read_table: ReadTable | None,
    causes: Mapping[str, str],
    months: int,
) -> Blocklist:
    """Let a list serve as a blocklist: read it into one in memory."""
    if write:
        raise BlocklistError(
            "a list may be read as a blocklist, but not written; nothing was changed",
            file=path,
            remedy="Import it: listhygiene blocklist import LIST --blocklist NAME.db.",
        )
    if Path(path).suffix.lower() in (".jsonl", ".ndjson") or read_table is None:
        listing = tables.read_json_lines(path)
    else:
        listing = read_table(path, ReadOptions())
    memory = engine.open_memory()
    tables.import_table(memory, listing, now=now, causes=causes)
    return Blocklist(replace(memory, name=path, write=False), now, months)


def _open(url: str, write: bool, timeout: float) -> Database:
    if "://" not in url:
        return engine.open_sqlite(Path(url).expanduser(), write=write, timeout=timeout)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _unknown(url) from error
    kind = parsed.drivername.partition("+")[0]
    if kind == "sqlite" and parsed.database:
        return engine.open_sqlite(Path(parsed.database), write=write, timeout=timeout)
    if kind in ("postgresql", "postgres"):
        return engine.open_postgresql(parsed, write=write, timeout=timeout)
    raise _unknown(url)


def _unknown(url: str) -> BlocklistError:
    return BlocklistError(
        f"a blocklist cannot be kept at {url.partition(':')[0]}://",
        place="--blocklist",
        remedy="Give a path, sqlite:///PATH or postgresql://USER@HOST/DATABASE.",
    )


def _renew_states(blocklist: Blocklist, url: str, timeout: float) -> None:
    """Make kept states anew that another version of the program made."""
    database = blocklist.database
    with database.read() as connection:
        if states.is_current(connection):
            return
    with suppress(BlocklistError):
        states.rebuild(_open(url, True, timeout))
        return
    raise BlocklistError(
        "the blocklist was written by another version of listhygiene and may not be changed here",
        file=blocklist.name,
        remedy="Run `listhygiene blocklist list` once where it may be written.",
    )
