"""Earlier: the columns that an earlier run of ours appended to a list, and how they are known."""

from __future__ import annotations

import re
from collections.abc import Sequence

COLUMNS = (
    "listhygiene_verdict",
    "listhygiene_codes",
    "listhygiene_reason",
    "listhygiene_suggestion",
)
"""The appended columns (design, section 6), side by side; a second run replaces them."""

VERDICT, CODES = COLUMNS[:2]
"""A row that has the first of them for a header is the one that was found to be it then; what was
no contact has no cells from that column on."""

CODE_LIST = r"(?:[HTADCS][0-9]{3}(?: [HTADCS][0-9]{3})*)?"
"""What a cell of the codes looks like."""

_JUDGED = r"(?:send|review|hold)"
_CODES = re.compile(CODE_LIST)
_VERDICTS = re.compile(_JUDGED)
_NAMED = re.compile(rf'([^\w"\r\n]){VERDICT}\1{CODES}'.encode())
_ROW = re.compile(rf'[^\r\n]([^\w"\r\n ]){_JUDGED}\1{CODE_LIST}\1'.encode())


def find_our_delimiter(sample: bytes) -> str | None:
    """Return what parts the columns that were appended, None where there are none.

    Without headers it is told by a contact: remarks hold other delimiters.
    """
    found = _NAMED.search(sample) or _ROW.search(sample)
    return found[1].decode("ascii", "ignore") or None if found else None


def is_verdict(cell: str) -> bool:
    """Tell whether a cell is a verdict as it is appended."""
    return _VERDICTS.fullmatch(cell) is not None


def is_our_row(cells: Sequence[str]) -> bool:
    """Tell whether a row ends as a contact does that was judged: it is no header."""
    if len(cells) <= len(COLUMNS):
        return False
    return _is_judged(cells[-len(COLUMNS) : 2 - len(COLUMNS)])


def judged_from(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the verdicts among the first rows of a sheet without headers.

    rows: from the first contact on, all of one width; blank cells of the last columns are not
    there. None where there are no verdicts.
    """
    width = max(map(len, rows), default=0)
    for place in range(max(1, width - len(COLUMNS)), width):
        judged = [row for row in rows if row[place]]
        if rows[0][place] and all(map(_is_judged, [row[place : place + 2] for row in judged])):
            return place
    return None


def _is_judged(cells: Sequence[str]) -> bool:
    return is_verdict(cells[0]) and all(_CODES.fullmatch(one) for one in cells[1:])


def judged_width(rows: Sequence[Sequence[str]]) -> tuple[int, bool] | None:
    """Return how many cells the contacts of a list without headers have that was judged earlier,
    and whether that is sure: a verdict with codes is nobody's but ours.

    rows: the first ones. None where they are no such list. Rows out of balance were not judged,
    nor what is no contact; these have the cells that the contacts had then. Where no codes tell,
    of no other width are more rows: such was what the width went by.
    """
    sure = [len(row) for row in rows if is_our_row(row) and row[1 - len(COLUMNS)]]
    if sure:
        return max(sure, key=sure.count), True
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    ours = [len(row) for row in rows if is_our_row(row)]
    for width in sorted(set(ours), key=ours.count, reverse=True):
        then = widths.count(width - len(COLUMNS))
        others = set(widths) - {width, width - len(COLUMNS)}
        if all(widths.count(one) <= ours.count(width) + then for one in others):
            return width, False
    return None
