"""Traces: checksums of a written list's cells, which name those that were edited later."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .model.errors import ListHygieneError
from .model.listing import TEXT, Listing, ReadOptions
from .model.quantity import quantity
from .readers import read

MOST_ROWS = 200_000
"""Up to so many rows a CSV is traced; of longer ones the edited lines are known, not the cells."""

_NAMED = 12
_PARTING = "\x1f"

Sums = npt.NDArray[np.uint32]


def trace(listing: Listing, written: Path) -> dict[str, object]:
    """Return the checksums of a written CSV's rows and columns, fit for JSON; {} for others.

    The written file is read again: what counts is what a reader will see.
    """
    if listing.format != "csv" or written.suffix.lower() == ".xlsx":
        return {}
    if len(listing.frame) > MOST_ROWS:
        return {}
    options = {"encoding": listing.encoding, "delimiter": listing.delimiter}
    table = _table(written, options)
    if table is None:
        return {}
    rows, columns = _row_sums(table), _column_sums(table)
    packed = base64.b64encode(zlib.compress(rows.astype("<u4").tobytes(), 1)).decode("ascii")
    return {**options, "rows": packed, "columns": columns}


def name_edited(path: Path, head: Mapping[str, Any]) -> str:
    """Name the cells of a file that differ from what was written, '' where they can't be told."""
    traced = head.get("trace")
    if not traced:
        return ""
    table = _table(path, traced)
    if table is None:
        return ""
    old = np.frombuffer(zlib.decompress(base64.b64decode(traced["rows"])), "<u4")
    new = _row_sums(table)
    if len(old) != len(new):
        rows = quantity(abs(len(new) - len(old)), "row")
        return f"{rows} {'more' if len(new) > len(old) else 'less'}"
    columns = [
        place
        for place, (was, now) in enumerate(zip_longest(traced["columns"], _column_sums(table)))
        if was != now
    ]
    lines = table.index[old != new].tolist()
    header = table.iloc[0].tolist()
    names = [header[place] if place < len(header) else "" for place in columns]
    return _named([name or str(place + 1) for name, place in zip(names, columns)], lines)  # noqa: B905


def _named(columns: Sequence[str], lines: Sequence[int]) -> str:
    if not columns or not lines:
        return ""
    shown = ", ".join(str(line) for line in lines[:_NAMED])
    more = f", … ({len(lines)})" if len(lines) > _NAMED else ""
    many = f", … ({len(columns)})" if len(columns) > _NAMED else ""
    return (
        f"column{'s' if len(columns) > 1 else ''} {', '.join(columns[:_NAMED])}{many}, "
        f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
    )


def _table(path: Path, options: Mapping[str, Any]) -> pd.DataFrame | None:
    """Read a list again: the header as the first row, the lines as the index."""
    try:
        listing = read(
            path, ReadOptions(encoding=options["encoding"], delimiter=options["delimiter"])
        )
    except ListHygieneError:
        return None
    header = pd.DataFrame([list(listing.header)], index=[listing.header_line or 0])
    frame = listing.frame.set_axis(listing.lines)
    return pd.concat([header, frame])


def _row_sums(table: pd.DataFrame) -> Sums:
    parting = pa.scalar(_PARTING, pa.large_string())
    joined = pc.binary_join_element_wise(*map(_array, _columns(table)), parting)
    offsets = np.frombuffer(joined.buffers()[1], "<i8")[joined.offset :][: len(table) + 1].tolist()
    view = memoryview(joined.buffers()[2] or b"")
    return np.fromiter(
        (zlib.crc32(view[start:stop]) for start, stop in pairwise(offsets)), np.uint32, len(table)
    )


def _column_sums(table: pd.DataFrame) -> list[int]:
    parting = pa.scalar(_PARTING, pa.large_string())
    whole = pa.array([0, len(table)], pa.int64())
    return [
        zlib.crc32(
            pc.binary_join(pa.LargeListArray.from_arrays(whole, _array(column)), parting)[
                0
            ].as_buffer()
        )
        for column in _columns(table)
    ]


def _columns(table: pd.DataFrame) -> Iterator[pd.Series]:
    return (table.iloc[:, place] for place in range(table.shape[1]))


def _array(column: pd.Series) -> pa.LargeStringArray:
    array = pa.array(column.astype(TEXT), type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
