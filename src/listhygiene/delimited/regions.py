"""Regions: where the cells of a list stand in its file, as an editor counts lines and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..model.listing import Listing
from ..patch import fingerprint
from .encoding import to_plain
from .table import Dialect, Records, fields_of

Cell = tuple[int, int]
"""A data row (-1: the header) and a column position (-1: the row as a whole)."""

_LINE_END, _OLD_LINE_END = re.compile("\r?\n"), re.compile("\r\n?|\n")


@dataclass(frozen=True)
class Region:
    """A stretch of a file: lines and columns 1-based, columns in characters (code points).

    end_column is the one behind the last character. Both columns are 0 where whole lines are meant.
    """

    line: int
    column: int
    end_line: int
    end_column: int


def find_regions(listing: Listing, cells: Iterable[Cell]) -> dict[Cell, Region]:
    """Return where cells stand in the file that a list was read from.

    A quoted cell's region holds its quotes, one over several lines ends on a later one. A cell that
    its row lacks has the region of its row. The file's bytes are read once more; what has no lines
    (a workbook, a frame), or is no longer there as it was read, has no regions.
    """
    wanted = set(cells)
    content = _read_again(listing) if wanted and "records" in listing.facts else None
    if content is None:
        return {}
    records: Records = listing.facts["records"]
    dialect: Dialect = listing.facts["dialect"]
    line_end = _OLD_LINE_END if _is_old(content) else _LINE_END
    rows: dict[int, tuple[list[str], int]] = {}
    for row in {row for row, _ in wanted}:
        number = _number(row, listing)
        if number >= 0:
            raw = fields_of(content, records, number, dialect)
            texts = [one.decode(dialect.codec, "replace") for one in raw]
            rows[row] = texts, int(records.lines[number]) + 1
    return {
        (row, column): _region(*rows[row], column, dialect.delimiter, line_end)
        for row, column in wanted
        if row in rows
    }


def _read_again(listing: Listing) -> bytes | None:
    """Return the content that the records were found in; None where the file is another by now."""
    dialect: Dialect = listing.facts["dialect"]
    try:
        raw = Path(listing.path).read_bytes()
    except (OSError, ValueError):
        return None
    if fingerprint(raw) != listing.facts["sha256"]:
        return None
    return to_plain(raw, dialect.encoding, dialect.bom, dialect.codec)


def _is_old(content: bytes) -> bool:
    """Tell whether a file's lines end as on the classic Mac; elsewhere a lone CR is a character."""
    return content.count(b"\r") - content.count(b"\r\n") > content.count(b"\n")


def _number(row: int, listing: Listing) -> int:
    """Return the record that a row is, -1 where a list without header is asked for it."""
    if row >= 0:
        return int(listing.facts["rows"][row])
    named: int | None = listing.facts["named"]
    records: Records = listing.facts["records"]
    return -1 if named is None else int(np.searchsorted(records.lines, named))


def _region(
    fields: list[str], line: int, column: int, delimiter: str, line_end: re.Pattern[str]
) -> Region:
    if not 0 <= column < len(fields):
        whole = delimiter.join(fields)
        return Region(line, 0, line + len(line_end.findall(whole)), 0)
    before = delimiter.join([*fields[:column], ""])
    first, start = _walk(before, line, 1, line_end)
    last, end = _walk(fields[column], first, start, line_end)
    return Region(first, start, last, end)


def _walk(text: str, line: int, column: int, line_end: re.Pattern[str]) -> tuple[int, int]:
    """Return the line and column behind a text that begins at a place."""
    ends = list(line_end.finditer(text))
    if not ends:
        return line, column + len(text)
    return line + len(ends), len(text) - ends[-1].end() + 1
