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
_NOWHERE = "no cell of the list differs; it was saved again, or changed elsewhere"
_BLOCK = 8192
Sums = npt.NDArray[np.uint32]


def sum_cells(listing: Listing, edits: Edits, plan: Plan) -> dict[str, object]:
    """Return checksums of the list's rows and columns as they were written, fit for JSON."""
    columns: dict[int, pa.Array | pa.ChunkedArray] = {
        int(listing.facts["columns"][place]): pa.array(listing.frame[place])
        for place in listing.frame.columns
    }
    for one in plan.added:
        texts = pa.array(one.texts, pa.large_string())
        columns[one.column] = pa.DictionaryArray.from_arrays(pa.array(one.codes), texts)
    where = {int(row): place for place, row in enumerate(plan.rows.tolist())} if plan.cells else {}
    for column, changes in _by_column(plan, where).items():
        old = columns.get(column, pa.array([""] * len(plan.rows), pa.large_string()))
        columns[column] = _changed(_texts(old), changes)
    row_sums, column_sums = _sum_all(list(columns.values()), len(plan.rows))
    return {
        "sheet": listing.sheet,
        "columns": list(columns),
        "rows": _pack(np.diff(plan.rows, prepend=0).astype("<u4")),
        "row_sums": _pack(row_sums),
        "column_sums": column_sums,
    }


def find_edited(content: bytes, restoring: Mapping[str, object]) -> str:
    """Say where a workbook differs from what was written, as far as the checksums can tell.

    restoring: the checksums of one list, or under "sheets" of several.
    """
    sheets = restoring.get("sheets")
    if not isinstance(sheets, list):
        return _find_edited(content, restoring) or _NOWHERE
    found = [(str(one["sheet"]), _find_edited(content, one)) for one in sheets]
    return "; ".join(f"{sheet}: {where}" for sheet, where in found if where) or _NOWHERE


def _find_edited(content: bytes, restoring: Mapping[str, object]) -> str:
    columns = [int(one) for one in _list(restoring["columns"])]
    rows = np.cumsum(_unpack(restoring["rows"])).astype(np.int32)
    try:
        grid = _read_again(content, str(restoring["sheet"]))
    except ListHygieneError as error:
        return error.problem
    if grid is None:
        return f"the sheet {restoring['sheet']} is gone"
    arrays = [dense(grid, column, rows) for column in columns]
    row_sums, column_sums = _sum_all(arrays, len(rows))
    odd_rows = rows[_unpack(restoring["row_sums"]) != row_sums].tolist()
    before = _list(restoring["column_sums"])
    odd = [c for c, new, old in zip(columns, column_sums, before, strict=True) if new != old]
    if not odd_rows:
        return ""
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


def _texts(array: pa.Array | pa.ChunkedArray) -> pa.LargeStringArray:
    """Return texts as one plain array."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.cast(pa.large_string())


def _sum_all(columns: Sequence[pa.Array | pa.ChunkedArray], rows: int) -> tuple[Sums, list[int]]:
    """Return the checksum of each row and of each column, block by block to spare memory."""
    row_sums = np.zeros(rows, np.uint32)
    column_sums = [0] * len(columns)
    for start in range(0, rows if columns else 0, _BLOCK):
        block = [_texts(one.slice(start, _BLOCK)) for one in columns]
        row_sums[start : start + _BLOCK] = _row_sums(block)
        for place, texts in enumerate(block):
            column_sums[place] = zlib.crc32(_joined(texts), column_sums[place])
    return row_sums, column_sums


def _row_sums(block: Sequence[pa.LargeStringArray]) -> list[int]:
    parting = pa.scalar(_PARTING, pa.large_string())
    joined = pc.binary_join_element_wise(*block, parting)
    offsets = np.frombuffer(joined.buffers()[1], "<i8")[joined.offset :].tolist()
    view = memoryview(joined.buffers()[2] or b"")
    return [zlib.crc32(view[offsets[place] : offsets[place + 1]]) for place in range(len(joined))]


def _joined(texts: pa.LargeStringArray) -> pa.Buffer:
    bounds = pa.array([0, len(texts)], pa.int64())
    lists = pa.LargeListArray.from_arrays(bounds, texts)
    return pc.binary_join(lists, pa.scalar(_PARTING, pa.large_string()))[0].as_buffer()


def _pack(numbers: npt.NDArray[np.uint32]) -> str:
    return base64.b64encode(zlib.compress(numbers.astype("<u4").tobytes(), 1)).decode("ascii")


def _unpack(text: object) -> npt.NDArray[np.uint32]:
    return np.frombuffer(zlib.decompress(base64.b64decode(str(text))), "<u4")


def _list(value: object) -> list[int]:
    return list(value) if isinstance(value, list) else []
