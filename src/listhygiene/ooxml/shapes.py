"""All shapes that the rows of a sheet take: one expression that reads a whole piece at once.

Rows of a list differ in which cells are blank, and little else. So the cells seen in a column are
its variants, each of them optional, and one expression for all columns finds the rows of a piece
in a single pass in C. It is exact, since a piece where it finds fewer rows than begin there is
read row by row instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .cells import MAX_ROW
from .patterns import Cell, cell_expression, each_cell
from .rows import Grammar

_MOST_COLUMNS = 512
_MOST_VARIANTS = 2000
_MOST_ALIKE = 12
_MOST_LESSONS = 40
_IN_VAIN = 8
_MOST_MISSES = 1000
"""A sheet of ever new shapes is read row by row: to learn them all would take longer."""
_MOST_FAILURES = 3
NUMBER, MARKS = 0, 1
Rows = npt.NDArray[np.int32]
Groups = list[tuple[bytes, ...]]
"""What each group of the expression found, row by row; b"" where the row has no such cell."""


@dataclass
class Shapes:
    """The variants of cells in each column, as seen so far.

    learnt: column -> expression of a cell -> a cell of it.
    """

    names: Grammar
    learnt: dict[int, dict[bytes, Cell]] = field(default_factory=dict)
    _whole: re.Pattern[bytes] | None = None
    _cells: list[tuple[Cell, bool]] = field(default_factory=list)
    _failures: int = 0
    _variants: int = 0
    _lessons: int = 0
    _hits: int = 0
    _misses: int = 0

    def learn(self, rows: Sequence[bytes]) -> None:
        """Learn from the contents of rows that did not match."""
        if self._lessons >= _MOST_LESSONS or self._variants > _MOST_VARIANTS:
            return
        new = sum(self._learn(row) for row in rows)
        self._variants += new
        if new and self._variants <= _MOST_VARIANTS:
            self._compile()
            self._failures = 0
        self._lessons += 1 if new else _IN_VAIN

    def match(self, piece: bytes, start: int) -> tuple[bytes, ...] | None:
        """Return the groups of the row that starts at a place; None for one of another shape."""
        if self._whole is None or self._hits < self._misses - _MOST_MISSES:
            return None
        found = self._whole.match(piece, start)
        if found is None:
            self._misses += 1
            return None
        self._hits += 1
        return found.groups(b"")

    def find_all(self, piece: bytes, before: int) -> tuple[Rows, Groups] | None:
        """Return the numbers of all rows of a piece and their groups; None for other pieces.

        before: the number of the row before. No row can hold another, so that as many finds as
        there are start tags are all rows.
        """
        if self._whole is None or self._failures >= _MOST_FAILURES:
            return None
        found = self._whole.findall(piece)
        if found and len(found) == piece.count(b"<%brow" % self.names.prefix):
            groups = list(zip(*found, strict=True))
            rows = np.array(groups[NUMBER], "S10").astype(np.int64)
            if rows[0] > before and rows[-1] <= MAX_ROW and (np.diff(rows) > 0).all():
                return rows.astype(np.int32), groups
        self._failures += 1
        return None

    def cells(self, groups: Groups) -> Iterator[tuple[Cell, bool, tuple[bytes, ...]]]:
        """Yield for each group of a cell that cell, whether it is the formula's, and its finds."""
        for (cell, formula), raws in zip(self._cells, groups[MARKS + 1 :], strict=True):
            yield cell, formula, raws

    def _learn(self, row: bytes) -> int:
        """Learn the variants of a row's cells; return how many were new."""
        matches = list(self.names.cell.finditer(row))
        if len(matches) > _MOST_COLUMNS:
            return 0
        cells = list(each_cell(row, self.names))
        if len(matches) != len(cells):
            return 0
        new = 0
        for match, cell in zip(matches, cells, strict=True):
            made = cell_expression(match, cell, self.names)
            variants = self.learnt.setdefault(cell.column, {})
            if made is not None and made not in variants and len(variants) < _MOST_ALIKE:
                variants[made] = cell
                new += 1
        return new

    def _compile(self) -> None:
        parts: list[bytes] = []
        self._cells = []
        for column in sorted(self.learnt):
            variants = self.learnt[column]
            if not variants:
                continue
            parts.append(b"(?:%b)?+" % b"|".join(variants))
            for cell in variants.values():
                self._cells += [(cell, True)] if cell.formula else []
                self._cells += [(cell, False)] if cell.raw is not None else []
        p = re.escape(self.names.prefix)
        row = rb"<%brow r=\"(\d{1,10})\"((?:\s[^<>]*?)?)(?:/>|>%b\s*</%brow>)"
        self._whole = re.compile(row % (p, b"".join(parts), p))
