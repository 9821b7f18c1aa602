"""A new workbook of tables: a sheet each, numbers as numbers, every text inert."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ...files import replacing
from ...model.errors import UnwritableList
from ...ooxml.cells import MAX_TEXT
from .new import check_grid, text_cell

_WIDEST = 60
"""Characters of the widest column: longer texts are read in the cell."""


def write_tables(tables: Mapping[str, pd.DataFrame], out: Path) -> None:
    """Write frames as a workbook, a sheet of its name each.

    Numbers stay numbers, so that they can be summed and sorted; days are written as 2026-11-23, as
    in the CSV; what is missing is an empty cell; texts are typed, so that `=1+1` and `007` stay
    what they are. Raises UnwritableList for what a sheet cannot hold.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "listhygiene"
    for name, frame in tables.items():
        _check(frame, out)
        _add_sheet(book.create_sheet(name), frame)
    with replacing(out) as stream:
        book.save(stream)


def _add_sheet(sheet: Any, frame: pd.DataFrame) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    columns = [_values(column) for _, column in frame.items()]
    names = [str(name) for name in frame.columns]
    for place, (name, values) in enumerate(zip(names, columns, strict=True), start=1):
        longest = max((len(str(one)) for one in values if one is not None), default=0)
        width = min(max(longest, len(name)) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    heading = [_cell(sheet, name) for name in names]
    for cell in heading:
        cell.font = Font(bold=True)
    sheet.append(heading)
    for row in zip(*columns, strict=True):
        sheet.append([_cell(sheet, one) for one in row])


def _values(column: pd.Series) -> list[Any]:
    """Return a column as Python's numbers and texts; what is missing or blank as None."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = column.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_bool_dtype(column):
        column = column.astype("object").map(str, na_action="ignore")
    return list(_plain(column))


def _plain(column: pd.Series) -> Iterator[Any]:
    for one in column.astype(object):
        if pd.isna(one) or one == "":
            yield None
        elif isinstance(one, str):
            yield one
        else:
            yield one.item() if hasattr(one, "item") else one


def _cell(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    return text_cell(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value)


def _check(frame: pd.DataFrame, out: Path) -> None:
    remedy = "Write it as CSV (--format csv)."
    check_grid(len(frame), len(frame.columns), file=out.name, remedy=remedy)
    for column in frame.select_dtypes(exclude="number"):
        lengths = frame[column].astype(str).str.len()
        if len(lengths) and lengths.max() > MAX_TEXT:
            raise UnwritableList(
                f"a text is longer than the {MAX_TEXT:,} characters that a cell holds",
                file=out.name,
                place=f"row {int(lengths.argmax()) + 2}",
                remedy=remedy,
            )
