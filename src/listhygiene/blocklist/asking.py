"""A blocklist that is only asked, as `check` does: opened by the shortest way there is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.errors import BlocklistError
from ..model.evidence import Blocks, ReadTable
from ..model.listing import Listing, ReadOptions
from . import json_tables
from .clock import cutoff

if TYPE_CHECKING:
    from .store import Blocklist

TABLE_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", *json_tables.SUFFIXES)
"""Lists that `check` uses as a blocklist as they are."""

TIMEOUT = 30.0
"""Seconds to wait for another program that writes, where no policy says otherwise."""

MONTHS = 6
"""The interval of examinations where no policy says otherwise."""


def open_to_ask(
    url: str,
    *,
    policy: Any = None,
    read_table: ReadTable | None = None,
    causes: Mapping[str, str] | None = None,
    now: datetime | None = None,
) -> Blocks:
    """Open the blocklist that a path or an address names, to be read; see `open_blocklist`.

    A list (.csv, .xlsx, .jsonl) is asked as it is, without a database; a file of SQLite is asked
    about a few addresses without SQLAlchemy.
    """
    section = getattr(policy, "blocklist", None)
    months = int(getattr(section, "recheck_months", MONTHS))
    moment = now or datetime.now(UTC)
    if is_table(url):
        from .listed import read_listed

        listing = read_list(url, read_table)
        return read_listed(listing, now=moment, months=months, causes=causes or {})

    def open_fully() -> Blocklist:
        from .opening import open_blocklist  # only now: SQLAlchemy takes its time

        return open_blocklist(url, write=False, policy=policy, now=moment)

    if "://" in url:
        return open_fully()
    from .quick import open_quick

    timeout = float(getattr(section, "timeout", TIMEOUT))
    quick = open_quick(
        Path(url).expanduser(),
        timeout=timeout,
        due=cutoff(moment, months),
        open_fully=open_fully,
    )
    return quick or open_fully()


def is_table(url: str) -> bool:
    """Tell whether a list serves as the blocklist."""
    return "://" not in url and Path(url).suffix.lower() in TABLE_SUFFIXES


def read_list(path: str, read_table: ReadTable | None) -> Listing:
    """Read a list that serves as a blocklist; BlocklistError where there is none."""
    if not Path(path).exists():
        raise missing(path)
    if Path(path).suffix.lower() in json_tables.SUFFIXES or read_table is None:
        return json_tables.read_json_lines(path)
    return read_table(path, ReadOptions())


def missing(name: str) -> BlocklistError:
    """Say that there is no blocklist where one was named."""
    return BlocklistError(
        "there is no such blocklist",
        file=name,
        remedy="Check the path, or make one with `listhygiene blocklist import`.",
    )
