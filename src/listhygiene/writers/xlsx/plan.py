"""What is to change in a workbook, and where: decided whole before a byte is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...earlier import VERDICT as VERDICT
from ...model.errors import UnwritableList
from ...model.listing import Edits, Listing
from ...ooxml.archive import Archive
from ...ooxml.cells import MAX_COLUMN, MAX_ROW, MAX_TEXT, Range, letters

ELSEWHERE = "Write a new workbook of values instead (--values-only), or a CSV (-o OUT.csv)."


@dataclass(frozen=True)
class Added:
    """A column to be appended. codes: for each row of the frame the place of its text."""

    name: str
    column: int
    texts: tuple[str, ...]
    codes: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """What changes on the sheet.

    cells: sheet row -> sheet column -> new text. added: the new columns, left to right.
    rows: sheet rows of the frame, ascending. header_row: where the new headers go, None = nowhere.
    first, last: sheet rows of the list, header included. table: the part of the Excel table that
    is the list, to be widened. verdicts: the sheet column of the verdicts, None = no such column.
    place: of the sheet in the workbook. coloured: the verdicts have their colours already.
    """

    part: str
    cells: Mapping[int, Mapping[int, str]]
    added: tuple[Added, ...]
    rows: npt.NDArray[np.int64]
    header_row: int | None
    first: int
    last: int
    table: str | None
    verdicts: int | None
    place: int
    coloured: bool

    @property
    def last_column(self) -> int | None:
        """The rightmost column that is added."""
        return self.added[-1].column if self.added else None

    @property
    def empty(self) -> bool:
        """Whether nothing at all changes."""
        return not self.cells and not self.added


def make_plan(listing: Listing, edits: Edits, archive: Archive) -> Plan:
    """Decide what changes where; raises UnwritableList for what cannot be done safely in place."""
    facts = listing.facts
    if facts.get("disordered"):
        raise _unsafe(listing, "its rows are not in order")
    columns: Sequence[int] = facts["columns"]
    rows = np.asarray(listing.lines, np.int64)
    cells = _changed_cells(listing, edits, columns)
    known = _known_columns(listing, edits)
    for name, column in known.items():
        _replace_column(cells, listing, edits.columns[name], column)
    header_rows: Sequence[int] = facts["header_rows"]
    first = header_rows[0] if header_rows else int(rows[0]) if len(rows) else 1
    last = int(rows[-1]) if len(rows) else (header_rows[-1] if header_rows else 1)
    names = [name for name in edits.columns if name not in known]
    used = _used(listing)
    added = _add_columns(listing, edits, names, used)
    if facts["table"] is not None and edits.headers:
        raise _unsafe(listing, "the headers of an Excel table cannot be renamed")
    _check_texts(listing, cells, added)
    verdicts = next((one.column for one in added if one.name == VERDICT), None)
    if verdicts is None and VERDICT in known:
        verdicts = known[VERDICT]
    return Plan(
        part=facts["part"],
        cells=cells,
        added=added,
        rows=rows,
        header_row=facts["named_row"],
        first=first,
        last=last,
        table=_widened(listing, used, archive) if added else None,
        verdicts=verdicts,
        place=facts["place"],
        coloured=facts["coloured"],
    )


def remarks(listing: Listing, edits: Edits) -> list[str]:
    """Say what a person should know of where the appended columns will stand."""
    names = [name for name in edits.columns if name not in _known_columns(listing, edits)]
    first = _used(listing) + 1
    ours = Range(first, 1, first + len(names) - 1, MAX_ROW)
    drawn = [Range(*one) for one in listing.facts.get("drawn", ())]
    over = [str(one) for one in drawn if names and one.meets(ours)]
    if not over:
        return []
    return [f"Charts or pictures lie over the appended columns ({', '.join(over[:6])}): move them."]


def _used(listing: Listing) -> int:
    """Return the last column that the list takes; the new ones stand right beside it, where a sort
    in the spreadsheet program takes them along."""
    facts = listing.facts
    return max([*facts["columns"], *facts["formula_columns"], facts["reach"]], default=0)


def refused_cells(listing: Listing, edits: Edits) -> dict[tuple[int, int], str]:
    """Return the cells of `edits.cells` that the writer leaves alone, each with the reason."""
    fixed: Mapping[str, Mapping[str, Sequence[int]]] = listing.facts.get("fixed", {})
    kinds = {
        (int(position), row): f"the cell holds {kind}"
        for kind, by_position in fixed.items()
        for position, places in by_position.items()
        for row in places
    }
    return {
        (row, column): kinds[column, row] for row, column in edits.cells if (column, row) in kinds
    }


def _changed_cells(
    listing: Listing, edits: Edits, columns: Sequence[int]
) -> dict[int, dict[int, str]]:
    cells: dict[int, dict[int, str]] = {}
    refused = refused_cells(listing, edits)
    for (row, position), text in edits.cells.items():
        if (row, position) not in refused and listing.frame.iat[row, position] != text:
            cells.setdefault(int(listing.lines[row]), {})[columns[position]] = text
    named = listing.facts.get("named_row")
    for position, text in edits.headers.items():
        if named is not None and listing.header[position] != text:
            cells.setdefault(named, {})[columns[position]] = text
    return cells


def _known_columns(listing: Listing, edits: Edits) -> dict[str, int]:
    """Find the sheet columns that an earlier run appended."""
    columns: Sequence[int] = listing.facts["columns"]
    found = [name for name in edits.columns if name in listing.header]
    return {name: columns[listing.header.index(name)] for name in found}


def _replace_column(
    cells: dict[int, dict[int, str]], listing: Listing, new: pd.Series, column: int
) -> None:
    """Note the cells of an earlier run's column whose text is another now."""
    columns: Sequence[int] = listing.facts["columns"]
    after = new.to_numpy(dtype=object)
    before: object = ""
    if column in columns:
        before = listing.frame[columns.index(column)].to_numpy(dtype=object)
    for row in np.flatnonzero(before != after).tolist():
        cells.setdefault(int(listing.lines[row]), {})[column] = str(after[row])


def _add_columns(
    listing: Listing, edits: Edits, names: Sequence[str], used: int
) -> tuple[Added, ...]:
    if used + len(names) > MAX_COLUMN:
        raise _unsafe(listing, "no free columns are left beside the list")
    added = []
    for place, name in enumerate(names):
        codes, distinct = pd.factorize(edits.columns[name])
        if (codes < 0).any():
            distinct, codes = (
                distinct.append(pd.Index([""])),
                np.where(codes < 0, len(distinct), codes),
            )
        texts = tuple(str(text) for text in distinct)
        added.append(Added(name, used + 1 + place, texts, codes.astype(np.int64)))
    return tuple(added)


def _widened(listing: Listing, used: int, archive: Archive) -> str | None:
    """Return the part of the table that takes the new columns in; None where it cannot reach."""
    from .tables import is_fed

    table: Mapping[str, object] | None = listing.facts["table"]
    if table is None or table["right"] != used:
        return None
    part = str(table["part"])
    if is_fed(archive, part):
        raise _unsafe(listing, f"the table {table['name']} is fed by a query or an XML map")
    return part


def _check_texts(
    listing: Listing, cells: Mapping[int, Mapping[int, str]], added: Sequence[Added]
) -> None:
    """Refuse what a cell cannot hold; nothing is ever cut."""
    for row, by_column in cells.items():
        for column, text in by_column.items():
            if len(text) > MAX_TEXT:
                raise _too_long(listing, f"cell {letters(column)}{row}")
    for one in added:
        if any(len(text) > MAX_TEXT for text in one.texts):
            raise _too_long(listing, f"column {one.name}")


def _too_long(listing: Listing, place: str) -> UnwritableList:
    return UnwritableList(
        f"a text is longer than the {MAX_TEXT:,} characters that a cell holds",
        file=listing.path,
        place=place,
        remedy="Write the list as CSV (-o OUT.csv).",
    )


def _unsafe(listing: Listing, why: str) -> UnwritableList:
    return UnwritableList(
        f"the workbook cannot be changed safely in place: {why}",
        file=listing.path,
        place=f"sheet {listing.sheet}" if listing.sheet else None,
        remedy=ELSEWHERE,
    )
