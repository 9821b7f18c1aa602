"""Delimiters: which character parts the fields of a file."""

from __future__ import annotations

import re
from collections import Counter

from .table import Dialect, first_records

DELIMITERS = (",", ";", "\t", "|")
_RARE = {"^": 2, "~": 2, "\x1f": 2, "\x01": 2, "#": 3, ":": 3, " ": 3}
"""Delimiters that are asked only where no usual one parts, and how many fields each must give:
what stands in ordinary cells (`mailto:ann@example.com`) may part them once by chance."""
_SAMPLE_LINES = 200
_ADDRESS = re.compile(rb'\s*"?\s*[^\s@"<>,;|]+@[^\s@"<>,;|]+\.[^\s@"<>,;|]+\s*"?\s*')
_PLAIN = re.compile(rb'\s*"?[\w.%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z]{2,}"?\s*')


def find_delimiter(sample: bytes) -> tuple[str, bool]:
    """Return the delimiter of a file, and whether spaces may stand before its quotes.

    sample: whole lines from the top, in an encoding that keeps ASCII. Excel's own first line
    `sep=;` decides; else the delimiter that gives the most even rows and the most cells that are
    exactly an address; a comma where nothing parts anything.
    """
    named = re.match(rb'"?sep=([,;|\t])"?[ \t]*[\r\n]', sample, re.IGNORECASE)
    if named:
        delimiter = named[1].decode("ascii")
    else:
        delimiter = max(DELIMITERS, key=lambda one: (_merit(sample, one), -DELIMITERS.index(one)))
        delimiter = _find_rare(sample, delimiter) or delimiter
    return delimiter, _is_spaced(sample, delimiter)


def _merit(sample: bytes, delimiter: str) -> float:
    """Rate a delimiter: the share of rows of the usual width, plus that of rows with an address."""
    rows = _rows(sample, delimiter)
    widths = Counter(len(row) for row in rows)
    if not rows or set(widths) == {1}:
        return 0.0
    usual, often = max(widths.items(), key=lambda one: (one[1] * (one[0] > 1), one[0]))
    if usual == 1:
        return 0.0
    even = often / len(rows)
    exact = sum(any(_ADDRESS.fullmatch(cell) for cell in row) for row in rows) / len(rows)
    return even + exact + 0.01 * min(usual, 10)


def _find_rare(sample: bytes, usual: str) -> str | None:
    """Return an unusual delimiter that parts every row alike and frees the addresses.

    None where the usual one leaves addresses alone in their cells, as it does in a list of one
    column; the first row must be parted as well, so that it names what was found.
    """
    if any(_PLAIN.fullmatch(cell) for row in _rows(sample, usual) for cell in row):
        return None
    for one, least in _RARE.items():
        rows = _rows(sample, one)
        widths = Counter(len(row) for row in rows)
        if len(rows) < 2 or len(rows[0]) < least or widths[len(rows[0])] < 0.95 * len(rows):
            continue
        exact = sum(any(_PLAIN.fullmatch(cell) for cell in row) for row in rows[1:])
        if 2 * exact >= len(rows) - 1:
            return one
    return None


def _is_spaced(sample: bytes, delimiter: str) -> bool:
    """Tell whether `a, "b, c"` means two fields here: only so do the rows come out even."""
    cut = delimiter.encode("ascii")
    if re.search(re.escape(cut) + rb' +"', sample) is None:
        return False
    plain, spaced = (_spread(_rows(sample, delimiter, flag)) for flag in (False, True))
    return spaced < plain


def _spread(rows: list[list[bytes]]) -> int:
    """Count the rows that are not of the usual width."""
    widths = Counter(len(row) for row in rows)
    return len(rows) - max(widths.values(), default=0)


def _rows(sample: bytes, delimiter: str, spaced: bool = False) -> list[list[bytes]]:
    dialect = Dialect("utf-8", "utf-8", delimiter, spaced=spaced)
    records = first_records(sample, dialect, _SAMPLE_LINES)
    return [fields for _, fields in records if any(fields)]
