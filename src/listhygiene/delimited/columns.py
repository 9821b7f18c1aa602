"""Columns: the cells of a table's contacts as Arrow texts, as fast as the file allows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import Any

import numpy as np
import pandas as pd

from ..cores import abreast
from ..model.listing import TEXT
from ..texts import give_back
from .lines import WINDOW, Places
from .records import quote_field, read_field
from .table import Dialect, Records, fields_of

Piece = bytes | memoryview

_MUCH = 1 << 24
"""So many bytes are worth the time in which the system takes them back."""


def read_columns(
    content: bytes, records: Records, rows: Places, dialect: Dialect
) -> list[pd.Series]:
    """Return the columns of the contacts: one TEXT a record, '' where it has fewer cells.

    rows: which records are contacts. Arrow's reader takes the plain stretches as they stand and
    the odd records in a spelling that every reader understands; it is checked by the count of
    rows, and what it refuses is read cell by cell.
    """
    if not len(rows):
        return [pd.Series([], dtype=TEXT) for _ in range(records.width)]
    columns = _read_fast(content, records, rows, dialect)
    if columns is None:
        return read_exactly(content, records, rows, dialect)

    waiting = 0

    def join(place: int) -> pd.Series:
        nonlocal waiting
        pieces, columns[place] = columns[place], None
        joined = _series(pieces)
        waiting += pieces.nbytes
        del pieces  # its memory is wanted before the next ones are joined
        if waiting >= _MUCH:
            waiting = 0
            give_back()
        return joined

    return abreast(join, range(len(columns)), len(rows))


def read_exactly(
    content: bytes, records: Records, rows: Places, dialect: Dialect
) -> list[pd.Series]:
    """Return the same columns, cell by cell: slow, and what the fast way is measured against."""
    columns: list[list[str]] = [[] for _ in range(records.width)]
    for number in rows.tolist():
        for column, cell in zip(columns, _cells(content, records, number, dialect), strict=True):
            column.append(cell)
    return [pd.Series(column, dtype=TEXT) for column in columns]


def _cells(content: bytes, records: Records, number: int, dialect: Dialect) -> list[str]:
    """Return the cells of a record, cut or filled to the header's width."""
    fields = fields_of(content, records, number, dialect)[: records.width]
    cells = [
        read_field(raw, dialect.spaced).decode(dialect.codec, errors="replace") for raw in fields
    ]
    return cells + [""] * (records.width - len(cells))


def _read_fast(
    content: bytes, records: Records, rows: Places, dialect: Dialect
) -> list[Any] | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    apart: list[int] = []
    pieces = _spell(content, records, rows, dialect, apart)
    longest = int((records.ends[rows] - records.starts[rows]).max())
    columns = _parse(pieces, records.width, dialect.delimiter, longest)
    if columns is None or len(columns[0]) != len(rows):
        return None
    cells = [_cells(content, records, int(rows[row]), dialect) for row in apart]
    mask = np.zeros(len(rows), dtype=bool)
    mask[apart] = True
    marks = pa.array(mask)

    def put(column: tuple[int, tuple[str, ...]]) -> None:
        place, texts = column  # the old column goes as soon as the new one is there
        new = pa.array(texts, pa.large_string())
        columns[place] = pc.replace_with_mask(columns[place], marks, new)

    abreast(put, enumerate(zip(*cells, strict=True)), len(rows))
    return columns


class _Stream:
    """Pieces as a file that Arrow reads: the next ones are made while it looks at what it has."""

    closed = False

    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def read(self, size: int) -> bytes:
        """Return the next bytes, as many as are asked for; fewer at the end."""
        parts: list[memoryview] = []
        while size:
            if not len(self._left):
                piece = next(self._pieces, None)
                if piece is None:
                    break
                self._left = memoryview(piece)
            parts.append(self._left[:size])
            self._left = self._left[size:]
            size -= len(parts[-1])
        return b"".join(parts)

    def close(self) -> None:
        """Nothing is held."""


def _parse(pieces: Iterator[Piece], width: int, delimiter: str, longest: int) -> list[Any] | None:
    """Have Arrow read UTF-8 lines; return the columns, or None where it refuses."""
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    names = [str(place) for place in range(width)]
    first = list(islice(pieces, 2))
    whole = pa.BufferReader(first[0]) if len(first) == 1 else _Stream(chain(first, pieces))
    try:
        table = arrow_csv.read_csv(
            whole,
            arrow_csv.ReadOptions(column_names=names, block_size=max(1 << 22, 4 * longest + 1024)),
            arrow_csv.ParseOptions(delimiter=delimiter, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()),
                strings_can_be_null=False,
                check_utf8=False,  # that has been proved
                null_values=[],  # no text is one, and each column would hold a tree of them
                true_values=[],
                false_values=[],
            ),
        )
    except pa.ArrowInvalid:
        return None
    return list(table.columns)


def _spell(
    content: bytes, records: Records, rows: Places, dialect: Dialect, apart: list[int]
) -> Iterator[Piece]:
    """Yield stretches of plain records, and odd records spelt out, all in UTF-8 lines.

    For a row with a line end in a cell a blank one stands in, since Arrow would have to look for
    quotes from the file's start; its place is put into `apart`.
    """
    odd = np.fromiter(records.odd, dtype=np.int64, count=len(records.odd))
    is_odd = np.isin(rows, odd, assume_unique=True)
    breaks = np.flatnonzero((np.diff(rows) != 1) | is_odd[1:] | is_odd[:-1]) + 1
    cuts = [0, *breaks.tolist(), len(rows)]
    for first, last in pairwise(cuts):
        if is_odd[first]:
            cells = _cells(content, records, int(rows[first]), dialect)
            if any("\n" in cell or "\r" in cell for cell in cells):
                apart.append(first)
                cells = [""] * records.width
            yield dialect.cut.join(quote_field(cell.encode()) for cell in cells) + b"\n"
        else:
            for part in _stretches(records, int(rows[first]), int(rows[last - 1]), dialect):
                yield _utf8(content, part, dialect.codec)


def _stretches(records: Records, first: int, last: int, dialect: Dialect) -> Iterator[slice]:
    """Cut a stretch of records where decoding it at once would take much memory."""
    begin, end = int(records.starts[first]), int(records.ends[last])
    if dialect.codec == "utf-8":
        yield slice(begin, end)
        return
    while first <= last:
        stop = int(np.searchsorted(records.ends, records.starts[first] + WINDOW, side="right"))
        stop = min(max(stop, first + 1), last + 1)
        yield slice(int(records.starts[first]), int(records.ends[stop - 1]))
        first = stop


def _utf8(content: bytes, part: slice, codec: str) -> Piece:
    """Return a stretch in UTF-8 with a line end behind it, without a copy where possible."""
    if codec == "utf-8":
        if part.stop < len(content) and content[part.stop] in b"\r\n":
            behind = 2 if content[part.stop : part.stop + 2] == b"\r\n" else 1
            return memoryview(content)[part.start : part.stop + behind]
        return content[part] + b"\n"
    return content[part].decode(codec).encode() + b"\n"


def _series(column: Any) -> pd.Series:
    """Return a column in one piece: whoever looks at it later would join it again."""
    column = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    text: Any = TEXT
    return pd.Series(text.__from_arrow__(column), copy=False)
