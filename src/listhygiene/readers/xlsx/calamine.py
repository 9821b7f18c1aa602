"""Workbooks of other formats (XLS, XLSB, ODS), read with python-calamine."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ...model.errors import UnreadableList
from ...model.quantity import quantity
from ...ooxml.formats import show_number
from ...ooxml.grid import Grid
from .layout import Layout, holds_contacts, lay_out
from .spellings import blank_errors, spelt_out
from .workbook import Wish, nothing_there, other_sheets, pack, pick_sheet


def load_other(path: Path, kind: str, wish: Wish) -> pa.Table:
    """Read a workbook of another format; see `workbook.load`.

    kind: "xls", "xlsb" or "ods". Raises UnreadableList and UsageError.
    """
    book = _opened(path, kind)
    name, layout, hidden, others = _find(book, wish, path, kind)
    if layout is None:
        raise nothing_there(path, hidden)
    notes = [
        f"A {kind.upper()} file is read as it is and written back as a new XLSX workbook of values."
    ]
    blank = blank_errors(path, kind)
    if blank:
        notes.append(f"Typed-in errors such as #N/A are read as blank: {quantity(blank, 'cell')}.")
    others = [one for one in others if one not in wish.beside]
    found = [one for one in others if holds_contacts(_layout(book, one, wish, path, kind))]
    if found:
        notes.append(other_sheets(found))
    facts = {"columns": list(layout.columns), "header_rows": list(layout.header_rows)}
    return pack(layout, kind, name, notes, facts)


def _opened(path: Path, kind: str) -> Any:
    import python_calamine as calamine

    try:
        return _open(path, kind)
    except calamine.PasswordError as error:
        raise locked(path) from error
    except (calamine.CalamineError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise _broken(path, kind) from error


def _open(path: Path, kind: str) -> Any:
    import python_calamine as calamine

    return calamine.load_workbook(spelt_out(path, kind) or path)


def locked(path: Path) -> UnreadableList:
    """Make the error of a workbook that a password protects."""
    return UnreadableList(
        "the workbook is encrypted with a password",
        file=str(path),
        remedy="Open it, take the password away, and save it as XLSX.",
    )


def _broken(path: Path, kind: str) -> UnreadableList:
    return UnreadableList(
        f"cannot be read as {kind.upper()}; it is damaged or was cut off",
        file=str(path),
        remedy="Open it in a spreadsheet program and save it as XLSX.",
    )


def look_other(path: Path, kind: str, wish: Wish) -> Iterator[tuple[str, bool, Layout | None]]:
    """Yield each worksheet's name, whether it is visible, and the list on it."""
    book = _opened(path, kind)
    for one in _worksheets(book):
        yield one.name, _is_visible(one), _layout(book, one.name, wish, path, kind)


def _find(
    book: Any, wish: Wish, path: Path, kind: str
) -> tuple[str, Layout | None, list[str], list[str]]:
    """Return the sheet's name and the list on it, and the sheets that are hidden and the others."""
    sheets = _worksheets(book)
    if wish.sheet is not None:
        sheets = [sheets[pick_sheet([one.name for one in sheets], wish.sheet, str(path))]]
    hidden = []
    for place, one in enumerate(sheets):
        if wish.sheet is None and not _is_visible(one):
            hidden.append(one.name)
            continue
        layout = _layout(book, one.name, wish, path, kind)
        if layout is not None:
            rest = [it.name for it in sheets[place + 1 :] if _is_visible(it)]
            return one.name, layout, hidden, rest
    return "", None, hidden, []


def _worksheets(book: Any) -> list[Any]:
    import python_calamine as calamine

    return [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]


def _is_visible(sheet: Any) -> bool:
    import python_calamine as calamine

    return bool(sheet.visible == calamine.SheetVisibleEnum.Visible)


def _layout(book: Any, name: str, wish: Wish, path: Path, kind: str) -> Layout | None:
    import python_calamine as calamine

    try:
        grid = _grid(book.get_sheet_by_name(name))
    except calamine.CalamineError as error:
        raise _broken(path, kind) from error
    return lay_out(grid, wish.email_columns, (), str(path))


def _grid(sheet: Any) -> Grid:
    grid = Grid()
    if sheet.start is None:
        return grid
    top, left = sheet.start
    lines = sheet.to_python(skip_empty_area=True)
    rows = np.arange(top + 1, top + 1 + len(lines), dtype=np.int32)
    for place, column in enumerate(zip(*lines, strict=True)):
        grid.columns[left + 1 + place] = [(rows, _texts(column))]
    grid.last_row = int(rows[-1]) if len(rows) else 0
    return grid


def _texts(column: Sequence[object]) -> pa.LargeStringArray:
    if all(type(one) is str for one in column):
        return pa.array(column, pa.large_string())
    return pa.array([_text(one) for one in column], pa.large_string())


def _text(cell: object) -> str:
    """Show a value as XLSX cells are shown."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return show_number(repr(cell))
    if isinstance(cell, datetime):
        plain = cell.replace(microsecond=0)
        return plain.isoformat(" ") if plain.time() != time() else plain.date().isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, second = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}"
    return "" if cell is None else str(cell)
