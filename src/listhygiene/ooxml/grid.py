"""The cells of one worksheet as texts, column by column, and what its rows hide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .archive import Archive, Member, unpack
from .cells import Range, parse_range
from .patterns import Cell, each_cell
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
from .shapes import MARKS, Groups, Shapes
from .shown import Texts

_MAX_SHEET = 4 << 30
_MOST_STRANGE = 256
_MOST_WAITING = 100_000
"""So many cells that were read one by one wait to be turned into texts together: a row of a wide
sheet has thousands, each in a column of its own."""
_ARRAY = re.compile(
    rb"""<(?:[\w.\-]+:)?f(?=\s)[^<>]*?\st\s*=\s*["'](?:array|dataTable)["'][^<>]*>"""
)
Rows = npt.NDArray[np.int32]


@dataclass
class Grid:
    """What a worksheet holds.

    columns: sheet column -> pieces of (sheet rows, texts), rows ascending within a column.
    formulas: sheet column -> rows of formula cells, and of cells that show a part of the array
    that a formula elsewhere gives. arrays: where those arrays are. unsolved: how many formulas
    hold no value. errors: sheet column -> rows of cells that show an error. hidden: the hidden
    rows. disordered: rows are not ascending. head, tail: the XML around them.
    """

    columns: dict[int, list[tuple[Rows, pa.LargeStringArray]]] = field(default_factory=dict)
    formulas: dict[int, list[int]] = field(default_factory=dict)
    arrays: list[Range] = field(default_factory=list)
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
    pieces = unpack(archive, member, _MAX_SHEET)
    first = next(pieces, b"")
    stream = decoded(_chain(first, pieces), encoding_of(first), archive.path)
    reading: _Reading | None = None
    head = tail = b""
    read = 0
    for kind, piece in split_sheet(stream, archive.path):
        if kind == HEAD:
            reading, head = _Reading(texts, grammar_of(piece), archive.path), plain(piece)
        elif kind == ROWS and reading is not None:
            reading.take(plain(piece))
            read += len(piece)
            if most is not None and read >= most:
                break
        else:
            tail = plain(piece)
    grid = Grid() if reading is None else reading.finish()
    grid.head, grid.tail = head, tail
    _note_arrays(grid)
    return grid


def _note_arrays(grid: Grid) -> None:
    """Count the cells of array formulas, spills and data tables (18.3.1.40) among the formulas."""
    for column in grid.columns if grid.arrays else ():
        inside = np.zeros(grid.last_row + 1, bool)
        for one in grid.arrays:
            if one.left <= column <= one.right:
                inside[one.top : one.bottom + 1] = True
        if inside.any():
            inside[[row for row in grid.formulas.get(column, ()) if row <= grid.last_row]] = True
            grid.formulas[column] = np.flatnonzero(inside).tolist()


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

    def __init__(self, texts: Texts, names: Grammar, path: Path) -> None:
        self.grid = Grid()
        self._texts, self._names, self._path = texts, names, path
        self._shapes = Shapes(names)
        self._alike: list[tuple[bytes, ...]] = []
        self._odd: dict[tuple[int, bytes, int], tuple[list[int], list[bytes]]] = {}
        self._waiting = 0
        self._strange: list[bytes] = []
        self._patience = 1
        self._number = 0

    def take(self, piece: bytes) -> None:
        """Read the rows of a piece: at once where they have the shapes of those before."""
        if b"array" in piece or b"dataTable" in piece:
            for found in _ARRAY.finditer(piece):
                place = parse_range(
                    attributes(found[0]).get(b"ref", b"").decode("ascii", "replace")
                )
                if place is not None:
                    self.grid.arrays.append(place)
        known = self._shapes.find_all(piece, self._number)
        if known is None:
            self._take_rows(piece)
            return
        rows, groups = known
        self._number = self.grid.last_row = int(rows[-1])
        self._take_groups(rows, groups)

    def _take_rows(self, piece: bytes) -> None:
        """Read a piece row by row, and learn the shapes of its rows."""
        grid, shapes = self.grid, self._shapes
        numbers: list[int] = []
        for number, tag, end, _ in each_row(piece, self._names, self._number, self._path):
            if number <= self._number:
                grid.disordered = True
            self._number = number
            grid.last_row = max(grid.last_row, number)
            groups = shapes.match(piece, tag.start())
            if groups is not None:
                numbers.append(number)
                self._alike.append(groups)
                continue
            if b"hidden" in tag[2]:
                self._note_hidden(number, tag[2])
            self._take_apart(number, piece[tag.end() : end])
            if len(self._strange) == self._patience:
                self._flush(numbers)
                shapes.learn(self._strange)
                numbers, self._strange = [], []
                self._patience = min(4 * self._patience, _MOST_STRANGE)
        self._flush(numbers)

    def _take_apart(self, number: int, row: bytes) -> None:
        """Read a row cell by cell."""
        self._strange.append(row)
        for cell in each_cell(row, self._names):
            if cell.formula:
                self._note_formula(cell.column, [number], cell.raw)
            if cell.raw is None:
                continue
            key = (cell.column, cell.kind, cell.style)
            numbers, raws = self._odd.setdefault(key, ([], []))
            numbers.append(number)
            raws.append(cell.raw)
            self._waiting += 1

    def finish(self) -> Grid:
        """Turn what is left into texts; return what was read."""
        self._flush_odd()
        return self.grid

    def _flush(self, numbers: list[int]) -> None:
        """Turn what was read row by row into texts."""
        if numbers:
            groups = list(zip(*self._alike, strict=True))
            self._take_groups(np.array(numbers, np.int32), groups)
            self._alike.clear()
        if self._waiting >= _MOST_WAITING:
            self._flush_odd()

    def _flush_odd(self) -> None:
        """Turn the cells that were read one by one into texts, those of a kind in all columns."""
        alike: dict[tuple[bytes, int], list[int]] = {}
        for column, kind, style in self._odd:
            alike.setdefault((kind, style), []).append(column)
        for (kind, style), columns in alike.items():
            cells = [self._odd[column, kind, style] for column in columns]
            texts = self._texts.of(kind, style, [raw for _, raws in cells for raw in raws])
            start = 0
            for column, (numbers, raws) in zip(columns, cells, strict=True):
                rows, own = np.array(numbers, np.int32), texts.slice(start, len(raws))
                self._put(column, kind, rows, own)
                start += len(raws)
        self._odd.clear()
        self._waiting = 0

    def _take_groups(self, rows: Rows, groups: Groups) -> None:
        """Take what the groups of the expression found in some rows."""
        if b"hidden" in b"".join(groups[MARKS]):
            for number, marks in zip(rows.tolist(), groups[MARKS], strict=True):
                self._note_hidden(number, marks)
        for cell, formula, raws in self._shapes.cells(groups):
            here = rows
            if b"" in raws:
                here = rows[np.fromiter(map(bool, raws), bool, len(raws))]
                raws = tuple(filter(None, raws))
            if not raws:
                continue
            if formula:
                self._note_formula(cell.column, here.tolist(), b"")
            else:
                self._store(cell, here, raws)

    def _store(self, cell: Cell, rows: Rows, raws: Sequence[bytes]) -> None:
        self._put(cell.column, cell.kind, rows, self._texts.of(cell.kind, cell.style, raws))

    def _put(self, column: int, kind: bytes, rows: Rows, texts: pa.LargeStringArray) -> None:
        if kind == b"e":
            self.grid.errors.setdefault(column, []).extend(rows.tolist())
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
