"""Places in a worksheet: column letters and ranges in the A1 style (ECMA-376 part 1, 18.18.62)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

MAX_COLUMN = 16_384
MAX_ROW = 1_048_576
MAX_TEXT = 32_767
"""How many characters a cell holds (Excel's specifications and limits)."""

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Range:
    """A rectangle of cells, both ends included; rows and columns count from 1."""

    left: int
    top: int
    right: int
    bottom: int

    def __str__(self) -> str:
        first = f"{letters(self.left)}{self.top}"
        last = f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    def meets_rows(self, first: int, last: int) -> bool:
        """Tell whether the rectangle has a row in first..last."""
        return self.top <= last and self.bottom >= first

    def meets(self, other: Range) -> bool:
        """Tell whether two rectangles share a cell."""
        return (
            self.meets_rows(other.top, other.bottom)
            and self.left <= other.right
            and self.right >= other.left
        )


@cache
def letters(column: int) -> str:
    """Return the letters of a column: 1 -> "A", 28 -> "AB"."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


@cache
def column_of(name: str) -> int:
    """Return the number of a column's letters: "AB" -> 28."""
    number = 0
    for char in name.upper():
        number = number * 26 + ord(char) - 64
    return number


def parse_range(text: str) -> Range | None:
    """Read "A1:H20" or "B2"; None for anything else (whole rows, other sheets, garbage)."""
    first, _, last = text.strip().partition(":")
    one, two = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
    if one is None or two is None:
        return None
    columns = sorted((column_of(one[1]), column_of(two[1])))
    rows = sorted((int(one[2]), int(two[2])))
    if rows[0] < 1 or rows[1] > MAX_ROW or columns[1] > MAX_COLUMN:
        return None
    return Range(columns[0], rows[0], columns[1], rows[1])
