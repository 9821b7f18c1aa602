"""Checksums of the cells that were written: they name the cells that were edited later."""

from __future__ import annotations

import base64
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...model.errors import ListHygieneError
from ...model.listing import Edits, Listing
from ...ooxml.archive import Archive, open_archive
from ...ooxml.cells import letters
from ...ooxml.formats import read_formats
from ...ooxml.grid import Grid, dense, read_grid
from ...ooxml.parts import read_workbook
from ...ooxml.shown import Texts
from ...ooxml.strings import read_strings
from .plan import Plan

_PARTING = "\x1f"
_MOST_NAMED = 12
Sums = npt.NDArray[np.uint32]


def sum_cells(listing: Listing, edits: Edits, plan: Plan) -> dict[str, object]:
    """Return checksums of the list's rows and columns as they were written, fit for JSON."""
    columns = {
        int(listing.facts["columns"][place]): _array(listing.frame[place])
        for place in listing.frame.columns
    }
    for one in plan.added:
        columns[one.column] = pa.array(one.texts, pa.large_string()).take(pa.array(one.codes))
    where = {int(row): place for place, row in enumerate(plan.rows.tolist())}
    for column, changes in _by_column(plan, where).items():
        old = columns.get(column, pa.array([""] * len(plan.rows), pa.large_string()))
        columns[column] = _changed(old, changes)
    arrays = list(columns.values())
    return {
        "sheet": listing.sheet,
        "columns": list(columns),
        "rows": _pack(np.diff(plan.rows, prepend=0).astype("<u4")),
        "row_sums": _pack(_row_sums(arrays, len(plan.rows))),
        "column_sums": [_column_sum(array) for array in arrays],
    }


def find_edited(content: bytes, restoring: Mapping[str, object]) -> str:
    """Say where a workbook differs from what was written, as far as the checksums can tell."""
    columns = [int(one) for one in _list(restoring["columns"])]
    rows = np.cumsum(_unpack(restoring["rows"])).astype(np.int32)
    try:
        grid = _read_again(content, str(restoring["sheet"]))
    except ListHygieneError as error:
        return error.problem
    if grid is None:
        return f"the sheet {restoring['sheet']} is gone"
    arrays = [dense(grid, column, rows) for column in columns]
    old = _unpack(restoring["row_sums"])
    new = _row_sums(arrays, len(rows))
    odd_rows = rows[old != new].tolist()
    before = _list(restoring["column_sums"])
    odd = [c for c, a, s in zip(columns, arrays, before, strict=True) if _column_sum(a) != s]
    if not odd_rows:
        return "no cell of the list differs; it was saved again, or changed elsewhere"
    return _named(odd, odd_rows)


def _named(columns: Sequence[int], rows: Sequence[int]) -> str:
    """Name the cells where odd rows and odd columns cross."""
    if len(columns) == 1 or len(rows) == 1:
        cells = [f"{letters(column)}{row}" for row in rows for column in columns]
        more = f" and {len(cells) - _MOST_NAMED} more" if len(cells) > _MOST_NAMED else ""
        return f"cells {', '.join(cells[:_MOST_NAMED])}{more}"
    names = ", ".join(letters(column) for column in columns[:_MOST_NAMED])
    shown = ", ".join(str(row) for row in rows[:_MOST_NAMED])
    more = f" and {len(rows) - _MOST_NAMED} more" if len(rows) > _MOST_NAMED else ""
    return f"cells in the columns {names} of the rows {shown}{more}"


def _read_again(content: bytes, sheet: str) -> Grid | None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edited.xlsx"
        path.write_bytes(content)
        archive: Archive = open_archive(path)
        workbook = read_workbook(archive)
        found = next((one for one in workbook.sheets if one.name == sheet), None)
        member = archive.find(found.part) if found else None
        if member is None:
            return None
        texts = Texts(
            read_strings(archive, workbook.strings),
            read_formats(archive, workbook.styles),
            workbook.epoch1904,
        )
        return read_grid(archive, member, texts)


def _by_column(plan: Plan, where: Mapping[int, int]) -> dict[int, dict[int, str]]:
    """Turn the plan's changed cells into column -> place of the row -> text."""
    found: dict[int, dict[int, str]] = {}
    for row, changes in plan.cells.items():
        if row in where:
            for column, text in changes.items():
                found.setdefault(column, {})[where[row]] = text
    return found


def _changed(array: pa.LargeStringArray, changes: Mapping[int, str]) -> pa.LargeStringArray:
    places = sorted(changes)
    mask = np.zeros(len(array), bool)
    mask[places] = True
    new = pa.array([changes[place] for place in places], pa.large_string())
    return pc.replace_with_mask(array, pa.array(mask), new)


def _array(series: object) -> pa.LargeStringArray:
    array = pa.array(series)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.cast(pa.large_string())


def _row_sums(arrays: Sequence[pa.LargeStringArray], rows: int) -> Sums:
    if not arrays:
        return np.zeros(rows, np.uint32)
    joined = pc.binary_join_element_wise(*arrays, pa.scalar(_PARTING, pa.large_string()))
    if isinstance(joined, pa.ChunkedArray):
        joined = joined.combine_chunks()
    offsets = np.frombuffer(joined.buffers()[1], "<i8")[joined.offset :][: rows + 1].tolist()
    view = memoryview(joined.buffers()[2] or b"")
    crc = zlib.crc32
    return np.fromiter(
        (crc(view[offsets[i] : offsets[i + 1]]) for i in range(rows)), np.uint32, rows
    )


def _column_sum(array: pa.LargeStringArray) -> int:
    joined = pc.binary_join(
        pa.LargeListArray.from_arrays(pa.array([0, len(array)], pa.int64()), array),
        pa.scalar(_PARTING, pa.large_string()),
    )
    return zlib.crc32(joined[0].as_buffer())


def _pack(numbers: npt.NDArray[np.uint32]) -> str:
    return base64.b64encode(zlib.compress(numbers.astype("<u4").tobytes(), 1)).decode("ascii")


def _unpack(text: object) -> npt.NDArray[np.uint32]:
    return np.frombuffer(zlib.decompress(base64.b64decode(str(text))), "<u4")


def _list(value: object) -> list[int]:
    return list(value) if isinstance(value, list) else []
