"""A table in memory taken as a list: a pandas frame, or whatever speaks Arrow's C stream."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Protocol, TypeGuard

import pandas as pd
import pyarrow as pa

from .model.listing import TEXT, Listing
from .readers.arrow import list_table


class Table(Protocol):
    """What hands its columns over as Arrow arrays: pandas, pyarrow, polars, DuckDB."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Give an Arrow C stream."""


def is_table(given: object) -> TypeGuard[Table]:
    """Say whether something is a table: of pandas, pyarrow, polars, DuckDB, ..."""
    return hasattr(given, "__arrow_c_stream__")


def part_given(lists: str | Table | Sequence[str | Table]) -> tuple[list[str], list[Table]]:
    """Divide what was given to be judged into paths and tables."""
    if isinstance(lists, str):
        return [lists], []
    if is_table(lists):
        return [], [lists]
    several: Any = lists
    paths = [os.fspath(one) for one in several if not is_table(one)]
    return paths, [one for one in several if is_table(one)]


def listing_of(table: Table, name: str = "") -> Listing:
    """Take a table as a list: its column labels are the header, its cells become texts."""
    name = name or type(table).__name__
    if not isinstance(table, pd.DataFrame):
        return list_table(pa.RecordBatchReader.from_stream(table).read_all(), name, "frame")
    cells = table.reset_index(drop=True)
    texts = {place: cells.iloc[:, place].astype(TEXT).fillna("") for place in range(cells.shape[1])}
    rows = pd.RangeIndex(len(cells))
    return Listing(
        path=name,
        format="frame",
        header=tuple(str(one) for one in table.columns),
        frame=pd.DataFrame(texts, index=rows, copy=False),
        lines=rows.to_numpy() + 2,
    )
