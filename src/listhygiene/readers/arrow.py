"""Arrow tables as lists: every cell of every type as the text a person would write."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.listing import Listing
from ..texts import LARGE, from_arrow


def list_table(
    table: pa.Table, path: str, kind: str, facts: Mapping[str, Any] | None = None
) -> Listing:
    """Take an Arrow table as a list: its field names are the header, its cells become texts.

    kind: the format of the list. A missing cell is ''. Days and moments are written as ISO 8601
    has them (a column of midnights as days), numbers without a needless `.0`, nested values as
    JSON. Row 0 counts as line 2, as in a file with a header line.
    """
    rows = pd.RangeIndex(table.num_rows)
    columns = {place: from_arrow(texts_of(one)) for place, one in enumerate(table.columns)}
    return Listing(
        path=path,
        format=kind,
        header=tuple(table.column_names),
        frame=pd.DataFrame(columns, index=rows, copy=False),
        lines=np.arange(2, table.num_rows + 2),
        facts=facts or {},
    )


def texts_of(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of any Arrow type as texts."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if isinstance(column.type, pa.BaseExtensionType):
        column = pa.chunked_array([one.storage for one in column.chunks], kind.storage_type)
        kind = kind.storage_type
    told = next((tell for fits, tell in _WAYS if fits(kind)), _as_json)
    return pc.fill_null(told(column).cast(LARGE), "")


def _as_is(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(LARGE)


def _bytes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Read bytes as UTF-8; those that are none are shown as hexadecimal digits."""
    try:
        return column.cast(pa.large_binary()).cast(LARGE)
    except pa.ArrowInvalid:
        texts = [None if one is None else one.hex() for one in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, LARGE)])


def _number(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = column.cast(LARGE)
    return pc.replace_substring_regex(texts, r"\.0+\z", "")


def _moment(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Write moments in their own time zone; where all are midnights, as days."""
    local = pc.local_timestamp(column) if column.type.tz else column
    local = local.cast(pa.timestamp("us"), safe=False)
    day = pc.floor_temporal(local, unit="day")
    if pc.all(pc.equal(local, day)).as_py() in (True, None):
        return local.cast(pa.date32(), safe=False).cast(LARGE)
    texts = pc.strftime(local, format="%Y-%m-%d %H:%M:%S")
    return pc.replace_substring_regex(texts, r"\.0+\z", "")


def _nothing(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([pa.nulls(len(column), LARGE)])


def _as_json(column: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = [
        None if one is None else json.dumps(one, ensure_ascii=False, default=str)
        for one in column.to_pylist()
    ]
    return pa.chunked_array([pa.array(texts, LARGE)])


def is_text(kind: pa.DataType) -> bool:
    """Say whether cells of a type are texts as they are."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return bool(text or "string_view" in str(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
    )


_WAYS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (is_text, _as_is),
    (_is_bytes, _bytes),
    (pa.types.is_boolean, _as_is),
    (pa.types.is_integer, _as_is),
    (pa.types.is_floating, _number),
    (pa.types.is_decimal, _number),
    (pa.types.is_date, lambda column: column.cast(pa.date32()).cast(LARGE)),
    (pa.types.is_time, _as_is),
    (pa.types.is_timestamp, _moment),
    (pa.types.is_null, _nothing),
)
"""Of which types a column may be, and how its cells are told; JSON for all others."""
