"""The cells of one worksheet as texts, column by column, and what its rows hide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .archive import Archive, Member, unpack
from .patterns import Cell, Pattern, each_cell, make_pattern
from .rows import (
    HEAD,
    ROWS,
    Grammar,
    attributes,
    decoded,
    each_row,
    encoding_of,
    grammar_of,
    plain,
    split_sheet,
)
from .shown import Texts

_MAX_SHEET = 4 << 30
_MOST_PATTERNS = 24
Rows = npt.NDArray[np.int32]


@dataclass
class Grid:
    """What a worksheet holds.

    columns: sheet column -> pieces of (sheet rows, texts), rows ascending within a column.
    formulas: sheet column -> rows of formula cells. unsolved: of them, how many hold no value.
    errors: sheet column -> rows of cells that show an error. hidden: the hidden rows.
    disordered: rows are not ascending. head, tail: the XML around them.
    """

    columns: dict[int, list[tuple[Rows, pa.LargeStringArray]]] = field(default_factory=dict)
    formulas: dict[int, list[int]] = field(default_factory=dict)
    unsolved: int = 0
    errors: dict[int, list[int]] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)
    disordered: bool = False
    head: bytes = b""
    tail: bytes = b""
    last_row: int = 0


def read_grid(archive: Archive, member: Member, texts: Texts, *, most: int | None = None) -> Grid:
    """Read a sheet part as it streams by.

    most: stop after about so many bytes of rows (to look into a sheet without reading it all).
    """
    reading = _Reading(texts)
    pieces = unpack(archive, member, _MAX_SHEET)
    first = next(pieces, b"")
    stream = decoded(_chain(first, pieces), encoding_of(first), archive.path)
    names: Grammar | None = None
    read = 0
    for kind, piece in split_sheet(stream, archive.path):
        if kind == HEAD:
            names = grammar_of(piece)
            reading.grid.head = plain(piece)
        elif kind == ROWS and names is not None:
            reading.take(plain(piece), names, archive)
            read += len(piece)
            if most is not None and read >= most:
                break
        else:
            reading.grid.tail = plain(piece)
    return reading.grid


def dense(grid: Grid, column: int, rows: Rows) -> pa.LargeStringArray:
    """Return a column's texts at the given sheet rows (ascending), '' where there is no cell."""
    pieces = grid.columns.get(column, [])
    if not pieces or not len(rows):
        return pa.array([""] * len(rows), pa.large_string())
    places = np.concatenate([piece for piece, _ in pieces])
    texts = pa.concat_arrays([text for _, text in pieces])
    if len(places) == len(rows) and np.array_equal(places, rows):
        return texts
    index = np.full(int(max(places.max(), rows[-1])) + 1, -1, np.int64)
    index[places] = np.arange(len(places))
    found = index[rows]
    taken = texts.take(pa.array(found, mask=found < 0))
    return pc.fill_null(taken, "")


class _Reading:
    """The state of one pass over the rows of a sheet."""

    def __init__(self, texts: Texts) -> None:
        self.grid = Grid()
        self._texts = texts
        self._patterns: list[Pattern] = []
        self._odd: dict[tuple[int, bytes, int], tuple[list[int], list[bytes]]] = {}
        self._number = 0

    def take(self, piece: bytes, names: Grammar, archive: Archive) -> None:
        """Read the rows of a piece."""
        grid, patterns = self.grid, self._patterns
        for number, tag, end, _ in each_row(piece, names, self._number, archive.path):
            if number <= self._number:
                grid.disordered = True
            self._number = number
            grid.last_row = max(grid.last_row, number)
            if b"hidden" in tag[2]:
                self._note_hidden(number, tag[2])
            start = tag.end()
            for place, pattern in enumerate(patterns):
                match = pattern.expression.fullmatch(piece, start, end)
                if match is not None:
                    pattern.numbers.append(number)
                    pattern.found.append(match.groups())
                    if place:
                        patterns[place], patterns[0] = patterns[0], pattern
                    break
            else:
                self._take_apart(number, piece[start:end], names)
        self._flush()

    def _take_apart(self, number: int, row: bytes, names: Grammar) -> None:
        """Read a row cell by cell, and learn its shape."""
        if len(self._patterns) < _MOST_PATTERNS and (made := make_pattern(row, names)):
            self._patterns.append(made)
        for cell in each_cell(row, names):
            if cell.formula:
                self._note_formula(cell.column, [number], cell.raw)
            if cell.raw is None:
                continue
            key = (cell.column, cell.kind, cell.style)
            numbers, raws = self._odd.setdefault(key, ([], []))
            numbers.append(number)
            raws.append(cell.raw)

    def _flush(self) -> None:
        """Turn what the piece held into texts."""
        for pattern in self._patterns:
            if not pattern.numbers:
                continue
            rows = np.array(pattern.numbers, np.int32)
            for cell, raws in zip(pattern.cells, zip(*pattern.found, strict=True), strict=True):
                if cell.formula:
                    self._note_formula(cell.column, pattern.numbers, b"")
                self._store(cell.column, cell, rows, raws)
            pattern.numbers, pattern.found = [], []
        for (column, kind, style), (numbers, values) in self._odd.items():
            cell = Cell(column, kind, style, b"", False)
            self._store(column, cell, np.array(numbers, np.int32), values)
        self._odd.clear()

    def _store(
        self, column: int, cell: Cell, rows: Rows, raws: list[bytes] | tuple[bytes, ...]
    ) -> None:
        if cell.kind == b"e":
            self.grid.errors.setdefault(column, []).extend(rows.tolist())
        texts = self._texts.of(cell.kind, cell.style, raws)
        self.grid.columns.setdefault(column, []).append((rows, texts))

    def _note_formula(self, column: int, numbers: list[int], raw: bytes | None) -> None:
        self.grid.formulas.setdefault(column, []).extend(numbers)
        if raw is None:
            self.grid.unsolved += len(numbers)

    def _note_hidden(self, number: int, marks: bytes) -> None:
        if attributes(marks).get(b"hidden", b"0") in (b"1", b"true"):
            self.grid.hidden.append(number)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
