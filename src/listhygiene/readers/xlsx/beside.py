"""Excel tables and pivot tables beside or below the list on its sheet, and no part of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...headers import HeaderPlace, role_of
from ...ooxml.around import Table
from ...ooxml.grid import Grid, Rows

EMAILS = ("email", "secondary_email")


def other_tables(
    tables: Sequence[Table],
    pivots: Sequence[Table],
    place: HeaderPlace,
    first: int,
    top: Sequence[Sequence[str]],
) -> tuple[Table, ...]:
    """Return the tables that are not the list, and the pivot tables that do not hold its header.

    place, top: the header among the first rows, which begin at sheet row `first`. The list is the
    table that begins in the header row, of several the first one with an e-mail column. A table
    without headers may be the list below a plain header row.
    """
    if place.named is None:
        return ()
    named = first + place.named
    cells = top[place.named]
    here = sorted((one for one in tables if one.range.top == named), key=lambda it: it.range.left)
    with_emails = (
        one
        for one in here
        if any(role_of(it)[0] in EMAILS for it in cells[one.range.left - 1 : one.range.right])
    )
    own = next(with_emails, here[0] if here else None)
    others = [one for one in tables if one.headers and one.range.top >= named and one != own]
    own_columns = "listhygiene_"  # an earlier run of ours may have put them beside a pivot table
    header = [
        column
        for column, cell in enumerate(cells, 1)
        if cell.strip() and not cell.startswith(own_columns)
    ]
    level = [one for one in pivots if one.range.top <= named <= one.range.bottom]
    if all(any(it.range.left <= column <= it.range.right for it in level) for column in header):
        pivots = [one for one in pivots if one not in level]
    others += [one for one in pivots if one.range.bottom >= named]
    return tuple(others)


def take_out(grid: Grid, others: Sequence[Table], header_rows: Sequence[int]) -> bool:
    """Take the columns out of a grid that hold nothing but other tables; tell whether any was."""
    gone = []
    for column, pieces in grid.columns.items():
        over = [one.range for one in others if one.range.left <= column <= one.range.right]
        if not over:
            continue
        filled = np.concatenate(
            [rows[pc.not_equal(text, "").to_numpy(zero_copy_only=False)] for rows, text in pieces]
        )
        outside = filled[filled >= header_rows[0]]
        for one in over:
            outside = outside[(outside < one.top) | (outside > one.bottom)]
        if not len(outside):
            gone.append(column)
    for column in gone:
        del grid.columns[column]
    return bool(gone)


def rows_within(
    below: Rows,
    columns: Sequence[int],
    texts: Sequence[pa.LargeStringArray],
    others: Sequence[Table],
) -> npt.NDArray[np.bool_]:
    """Tell which rows hold nothing outside another table: they are its rows, and no contacts."""
    found = np.zeros(len(below), bool)
    for one in others:
        inside = (below >= one.range.top) & (below <= one.range.bottom)
        for column, text in zip(columns, texts, strict=True):
            if not inside.any():
                break
            if not one.range.left <= column <= one.range.right:
                inside &= pc.equal(text, "").to_numpy(zero_copy_only=False)
        found |= inside
    return found
