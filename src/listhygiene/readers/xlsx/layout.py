"""Where the list stands on its sheet: header, rows and columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...delimited.places import is_total
from ...earlier import COLUMNS, VERDICT, judged_from
from ...headers import LOOK_AHEAD, HeaderPlace, find_header, header_names, holds_address, role_of
from ...model.errors import UnreadableList
from ...ooxml.around import Around, Table
from ...ooxml.grid import Grid, Rows, dense
from .beside import EMAILS, other_tables, rows_within, take_out

_PREFIX = "listhygiene_"

_LOOK_AT = 200
_MOST_FOOTERS = 10
_MOST_CELLS = 300_000_000
_SPARSE = 100


@dataclass(frozen=True)
class Layout:
    """A list cut out of a sheet.

    header: as found. named: the sheet row that names the columns, None without headers;
    header_rows: all of them. columns: sheet column of each position. rows: sheet rows of contacts.
    texts: one array a position. preamble: rows with content above. repeats: rows that only repeat
    the header; totals: the totals row of a table, or total and what stands below it: no contacts.
    skipped: hidden rows that the user wants to be none either. tables: names of Excel tables that
    stand beside or below the list and are no part of it.
    """

    header: tuple[str, ...]
    named: int | None
    header_rows: tuple[int, ...]
    columns: tuple[int, ...]
    rows: Rows
    texts: tuple[pa.LargeStringArray, ...]
    preamble: int
    repeats: tuple[int, ...]
    totals: tuple[int, ...]
    skipped: int = 0
    tables: tuple[str, ...] = ()


def lay_out(
    grid: Grid,
    email_columns: Sequence[str],
    tables: Sequence[Table],
    path: str,
    skip_hidden: bool = False,
    pivots: Sequence[Table] = (),
) -> Layout | None:
    """Find the list on a sheet; None where the sheet holds nothing."""
    grid.columns = {column: pieces for column, pieces in grid.columns.items() if _filled(pieces)}
    rows = _used_rows(grid)
    if not len(rows):
        return None
    top = _top(grid, rows)
    place = find_header(top, (*email_columns, VERDICT))
    judged = None
    if place.row is None or not _is_header(top[place.row]):
        judged = judged_from(top[0 if place.row is None else place.row :])
    if judged is not None:
        place = HeaderPlace(None)
    first = int(rows[0])
    header_rows = () if place.row is None else _header_rows(place, first)
    others = other_tables(tables, pivots, place, first, top)
    if take_out(grid, others, header_rows):
        top = _top(grid, rows)
    below = rows if not header_rows else rows[rows > header_rows[-1]]
    columns = _columns(grid, place, top, below)
    if judged is not None:
        columns = tuple(range(min(columns), judged + len(COLUMNS) + 1))
    _check_area(len(below), len(columns), grid, path)
    found = header_names(top, place) if header_rows else ()
    header = tuple(found[c - 1] if c <= len(found) else "" for c in columns)
    if judged is not None:
        header = header[: -len(COLUMNS)] + COLUMNS
    texts = [dense(grid, column, below) for column in columns]
    totals = _totals(tables, header_rows) or _footers(below, texts, header)
    keep, repeats = _contacts(below, texts, header, totals)
    keep &= ~rows_within(below, columns, texts, others)
    hidden = keep & np.isin(below, grid.hidden) & skip_hidden
    keep &= ~hidden
    return Layout(
        header=header,
        named=None if place.named is None else first + place.named,
        header_rows=header_rows,
        columns=columns,
        rows=below[keep],
        texts=tuple(text.filter(pa.array(keep)) for text in texts),
        preamble=int(np.count_nonzero(rows < header_rows[0])) if header_rows else 0,
        repeats=repeats,
        totals=tuple(row for row in totals if row in set(below.tolist())),
        skipped=int(hidden.sum()),
        tables=tuple(one.name for one in others),
    )


def _is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row holds names, were it only among cells that look like a judged contact."""
    return VERDICT in cells or any(role_of(cell)[0] for cell in cells)


def _filled(pieces: list[tuple[Rows, pa.LargeStringArray]]) -> bool:
    return any(pc.any(pc.not_equal(texts, ""), min_count=0).as_py() for _, texts in pieces)


def _used_rows(grid: Grid) -> Rows:
    """Return the sheet rows that hold any text, ascending."""
    used = np.zeros(grid.last_row + 1, bool)
    for pieces in grid.columns.values():
        for rows, texts in pieces:
            filled = pc.not_equal(texts, "")
            used[rows[filled.to_numpy(zero_copy_only=False)]] = True
    return np.flatnonzero(used).astype(np.int32)


def _top(grid: Grid, rows: Rows) -> list[list[str]]:
    """Return the rows from the first used one on, blank ones included, as far as headers reach."""
    first = int(rows[0])
    near = np.arange(first, min(first + LOOK_AHEAD + 2, int(rows[-1]) + 1), dtype=np.int32)
    width = max((column for column in grid.columns if _reaches(grid, column, near)), default=0)
    table = [[""] * width for _ in near]
    for column in grid.columns:
        if column <= width:
            for line, text in zip(table, dense(grid, column, near).to_pylist(), strict=True):
                line[column - 1] = text
    return table


def _reaches(grid: Grid, column: int, near: Rows) -> bool:
    return any(bool(np.isin(rows[:64], near).any()) for rows, _ in grid.columns[column])


def _header_rows(place: HeaderPlace, first: int) -> tuple[int, ...]:
    assert place.row is not None
    return tuple(first + place.row + number for number in range(place.rows))


def _columns(grid: Grid, place: HeaderPlace, top: list[list[str]], below: Rows) -> tuple[int, ...]:
    """Return the list's columns: the header's used range, and others that hold texts below it."""
    with_text = {column for column in grid.columns if _has_text(grid, column, below)}
    if place.row is None:
        return tuple(range(min(with_text), max(with_text) + 1)) if with_text else ()
    lines = top[place.row : place.row + place.rows]
    named = [i + 1 for line in lines for i, cell in enumerate(line) if cell.strip()]
    between = set(range(min(named), max(named) + 1)) if named else set()
    return tuple(sorted(between | with_text))


def _has_text(grid: Grid, column: int, below: Rows) -> bool:
    if not len(below):
        return False
    for rows, texts in grid.columns[column]:
        inside = pa.array((rows >= below[0]) & (rows <= below[-1]))
        if pc.any(pc.and_(inside, pc.not_equal(texts, "")), min_count=0).as_py():
            return True
    return False


def _check_area(rows: int, columns: int, grid: Grid, path: str) -> None:
    """Refuse a few cells strewn over a huge area, which no memory holds as a table."""
    cells = sum(len(piece) for pieces in grid.columns.values() for piece, _ in pieces)
    if rows * columns > _MOST_CELLS and rows * columns > _SPARSE * cells:
        raise UnreadableList(
            f"is refused: {cells:,} cells are strewn over {rows:,} rows and {columns:,} columns",
            file=path,
            remedy="Copy the list itself into a new sheet and save it.",
        )


def _totals(tables: Sequence[Table], header_rows: tuple[int, ...]) -> tuple[int, ...]:
    """Return the totals rows of the table that is the list."""
    for table in tables:
        if table.totals and header_rows and table.range.top in header_rows:
            last = table.range.bottom
            return tuple(range(last - table.totals + 1, last + 1))
    return ()


def _footers(
    below: Rows, texts: Sequence[pa.LargeStringArray], header: tuple[str, ...]
) -> tuple[int, ...]:
    """Return the rows from a total near the end on; none of them may hold an address."""
    own = [text for text, name in zip(texts, header, strict=True) if not name.startswith(_PREFIX)]
    for number in range(len(below) - 1, max(len(below) - 1 - _MOST_FOOTERS, 0), -1):
        filled = [cell for text in own if (cell := text[number].as_py()).strip()]
        if any("@" in cell or "＠" in cell for cell in filled):
            break
        if len(own) > 1 and filled and is_total(filled[0]):
            return tuple(below[number:].tolist())
    return ()


def _contacts(
    below: Rows, texts: list[pa.LargeStringArray], header: tuple[str, ...], totals: tuple[int, ...]
) -> tuple[np.typing.NDArray[np.bool_], tuple[int, ...]]:
    """Tell which rows are contacts: neither the header again nor a total."""
    keep = ~np.isin(below, totals)
    own = [place for place, name in enumerate(header) if not name.startswith(_PREFIX)]
    if not any(header[place].strip() for place in own):
        return keep, ()
    same = np.ones(len(below), bool)
    for place in own:
        if not same.any():
            break
        same &= pc.equal(texts[place], header[place]).to_numpy(zero_copy_only=False)
    return keep & ~same, tuple(below[same & keep].tolist())


def holds_contacts(layout: Layout | None, email_columns: Sequence[str] = ()) -> bool:
    """Tell whether a list has rows and an e-mail column: by its header, else by half its cells."""
    if layout is None or not len(layout.rows):
        return False
    if any(role_of(name)[0] in EMAILS or name in email_columns for name in layout.header):
        return True
    for texts in layout.texts:
        filled = [one for one in texts.slice(0, _LOOK_AT).to_pylist() if one.strip()]
        if filled and 2 * sum(map(holds_address, filled)) >= len(filled):
            return True
    return False


def extent_of(layout: Layout) -> tuple[int, int]:
    """Return the first and the last sheet row of a list, header included."""
    rows = layout.rows
    first = layout.header_rows[0] if layout.header_rows else int(rows[0]) if len(rows) else 1
    return first, int(rows[-1]) if len(rows) else first


def facts_of(layout: Layout, grid: Grid, around: Around) -> dict[str, Any]:
    """Return what the writer needs to find the list in the sheet again, fit for JSON.

    reach: the last column that a merged range, a table or an array takes in the list's rows.
    drawn: left, top, right and bottom of the drawings over these rows.
    table: the Excel table that is the list. fixed: cells that are never written over, what they
    hold -> position -> rows of the frame. coloured: the verdicts of an earlier run have their
    colours. others: how many rows neither are contacts nor name the columns.
    """
    first, last = extent_of(layout)
    formulas = [c for c, rows in grid.formulas.items() if any(first <= r <= last for r in rows)]
    taken = [one.right for one in around.merged if one.meets_rows(first, last)]
    tables = (*around.tables, *around.pivots)
    taken += [one.range.right for one in tables if one.range.meets_rows(first, last)]
    taken += [one.right for one in grid.arrays if one.meets_rows(first, last)]
    fixed = {"a formula": grid.formulas, "an error": grid.errors}
    return {
        "columns": list(layout.columns),
        "header_rows": list(layout.header_rows),
        "named_row": layout.named,
        "formula_columns": sorted(formulas),
        "reach": max(taken, default=0),
        "drawn": [astuple(one) for one in around.drawings if one.meets_rows(first, last)],
        "table": _own_table(layout, around),
        "fixed": {kind: _places(layout, cells) for kind, cells in fixed.items()},
        "coloured": b'"hold"' in grid.tail.replace(b"&quot;", b'"'),
        "disordered": grid.disordered,
        "others": len(layout.repeats) + len(layout.totals) + max(layout.header_rows, default=1) - 1,
    }


def _own_table(layout: Layout, around: Around) -> dict[str, Any] | None:
    for table in around.tables:
        inside = table.range.left in layout.columns
        if table.headers and table.range.top == layout.named and inside:
            return {"part": table.part, "name": table.name, "right": table.range.right}
    return None


def _places(layout: Layout, cells: Mapping[int, Sequence[int]]) -> dict[str, list[int]]:
    """Turn sheet cells into places of the frame: position -> rows."""
    found = {}
    for position, column in enumerate(layout.columns):
        if column in cells:
            rows = np.array(sorted(cells[column]), np.int64)
            found[str(position)] = np.flatnonzero(np.isin(layout.rows, rows)).tolist()
    return {position: rows for position, rows in found.items() if rows}
