"""Opening a blocklist: by a path, an address, or a list that serves as one."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from ..model.errors import BlocklistError
from ..model.evidence import ReadTable
from . import engine, tables
from .asking import MONTHS, TIMEOUT, is_table, read_list
from .engine import Database
from .renewal import has_current_keys, has_current_states, renew
from .store import Blocklist


def open_blocklist(
    url: str,
    *,
    write: bool,
    policy: Any = None,
    read_table: ReadTable | None = None,
    causes: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Blocklist:
    """Open the blocklist that a path, `sqlite:///` or `postgresql://` names.

    write: make it where it is missing, lead older tables forward; else it is only read.
    policy: its section `blocklist` counts (timeout, recheck_months, unblocks). read_table, causes:
    how a list (.csv, .xlsx, .jsonl) that serves as a blocklist is read, and the titles of causes
    in it -> codes. now: the present moment, with a zone. Raises BlocklistError where it is missing
    (to be read), damaged, newer, locked, no blocklist, or cannot be reached; nothing is changed.
    """
    section = getattr(policy, "blocklist", None)
    timeout = float(getattr(section, "timeout", TIMEOUT))
    moment = now or datetime.now(UTC)
    if is_table(url):
        database = _open_table(url, write, moment, read_table, causes or {})
    else:
        database = _open(url, write, timeout)
        _renew(database, url, timeout)
    return Blocklist(
        database,
        moment,
        months=int(getattr(section, "recheck_months", MONTHS)),
        unblocks=int(getattr(section, "unblocks", 5)),
    )


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


def _open_table(
    path: str,
    write: bool,
    now: datetime,
    read_table: ReadTable | None,
    causes: Mapping[str, str],
) -> Database:
    """Let a list serve as a blocklist: read it into one in memory."""
    if write:
        raise BlocklistError(
            "a list may be read as a blocklist, but not written; nothing was changed",
            file=path,
            remedy="Import it: listhygiene blocklist import LIST --blocklist NAME.db.",
        )
    listing = read_list(path, read_table)
    memory = engine.open_memory()
    tables.import_table(memory, listing, now=now, causes=causes)
    return replace(memory, name=path, write=False)


def _renew(database: Database, url: str, timeout: float) -> None:
    """Make anew what another version of the program kept for speed."""
    with database.read() as connection:
        states, keys = has_current_states(connection), has_current_keys(connection)
    if states and keys:
        return
    with suppress(BlocklistError):
        renew(_open(url, True, timeout))
        return
    if not states:
        raise BlocklistError(
            "the blocklist was written by another version of listhygiene and may not be changed "
            "here",
            file=database.name,
            remedy="Run `listhygiene blocklist list` once where it may be written.",
        )
