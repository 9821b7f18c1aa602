"""What a person should know of a sheet before trusting what was read from it."""

from __future__ import annotations

from urllib.parse import unquote

from ...headers import holds_address
from ...model.quantity import quantity
from ...ooxml.around import Around
from ...ooxml.cells import letters
from ...ooxml.grid import Grid
from .layout import Layout, extent_of


def describe(layout: Layout, grid: Grid, around: Around) -> list[str]:
    """Say what a person should know of the sheet: hidden, merged, filtered, computed cells."""
    notes = []
    first, last = extent_of(layout)
    inside = {row for row in grid.hidden if first <= row <= last} & set(layout.rows.tolist())
    if inside:
        why = " (a filter is on)" if around.filter else ""
        notes.append(
            f"{quantity(len(inside), 'hidden row is', 'hidden rows are')} judged too{why}."
        )
    if layout.skipped:
        notes.append(f"{quantity(layout.skipped, 'hidden row is', 'hidden rows are')} skipped.")
    hidden = [letters(c) for c in layout.columns if _hidden(c, around)]
    if hidden:
        notes.append(f"Hidden columns are read too: {', '.join(hidden[:12])}.")
    if len(layout.header_rows) > 1:
        rows = " and ".join(str(row) for row in layout.header_rows)
        notes.append(f"The header takes two rows ({rows}).")
    notes += _merged(layout, around)
    formulas = sum(len(rows) for rows in grid.formulas.values())
    if formulas:
        notes.append(
            f"{quantity(formulas, 'cell is a formula', 'cells are formulas')}: "
            "the last value is read, never changed."
        )
    if grid.unsolved:
        notes.append(
            f"{quantity(grid.unsolved, 'formula holds', 'formulas hold')} no value: "
            "open the workbook in a spreadsheet program and save it."
        )
    errors = sum(len(rows) for rows in grid.errors.values())
    if errors:
        notes.append(f"{quantity(errors, 'cell shows', 'cells show')} an error such as #N/A.")
    if around.protected:
        notes.append("The sheet is protected; the cleaned copy is protected as well.")
    if layout.repeats:
        rows = quantity(len(layout.repeats), "row repeats", "rows repeat")
        notes.append(f"{rows} the header: no contacts.")
    if layout.totals:
        rows = ", ".join(str(row) for row in layout.totals)
        notes.append(f"Totals at the end are no contacts (rows {rows}).")
    if layout.tables:
        notes.append(f"Other tables on the sheet are not judged: {', '.join(layout.tables)}.")
    return notes + _other_addresses(layout, around)


def _hidden(column: int, around: Around) -> bool:
    return any(first <= column <= last for first, last in around.hidden_columns)


def _merged(layout: Layout, around: Around) -> list[str]:
    first, last = extent_of(layout)
    head = layout.header_rows[-1] if layout.header_rows else first - 1
    over = [str(one) for one in around.merged if one.meets_rows(first, head)]
    under = [str(one) for one in around.merged if one.meets_rows(head + 1, last)]
    notes = []
    if over:
        notes.append(f"Merged header cells: {', '.join(over[:6])}.")
    if under:
        notes.append(
            f"Merged cells among the contacts ({', '.join(under[:6])}): "
            "only the first cell of each holds the text."
        )
    return notes


def _other_addresses(layout: Layout, around: Around) -> list[str]:
    """Name the cells whose mailto: link goes to another address than the one they show."""
    lines = [
        int(layout.rows[row])
        for place, links in linked_addresses(layout, around).items()
        for row in links
        if "@" in layout.texts[place][row].as_py()
    ]
    if not lines:
        return []
    rows = ", ".join(str(row) for row in sorted(lines)[:10])
    found = quantity(len(lines), "cell shows", "cells show")
    return [f"{found} another address than the mailto: link has (rows {rows})."]


def linked_addresses(layout: Layout, around: Around) -> dict[int, dict[int, str]]:
    """Return the addresses of mailto: links that their cells do not show: position -> row -> it.

    A link to several addresses says nothing of the contact.
    """
    place_of = {column: place for place, column in enumerate(layout.columns)}
    line_of = {row: line for line, row in enumerate(layout.rows.tolist())}
    found: dict[int, dict[int, str]] = {}
    for link in around.links:
        scheme, _, target = link.target.partition(":")
        if scheme.strip().lower() != "mailto" or link.range.left not in place_of:
            continue
        line = line_of.get(link.range.top)
        if line is None:
            continue
        place = place_of[link.range.left]
        shown = layout.texts[place][line].as_py()
        linked = unquote(target.partition("?")[0]).strip()
        if holds_address(linked) and linked.casefold() not in shown.casefold():
            found.setdefault(place, {})[line] = linked
    return found
