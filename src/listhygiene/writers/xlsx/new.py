"""A new workbook of values: one sheet, every cell a text, and it says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...files import replacing
from ...model.errors import UnwritableList
from ...model.listing import Edits, Listing
from ...ooxml.cells import MAX_COLUMN, MAX_ROW, MAX_TEXT
from ...ooxml.text import decode_entities, encode

DESCRIPTION = "A new workbook of values: the texts of the list, without formulas and formats."
_SHEET = "Contacts"


def write_new(lists: Sequence[tuple[Listing, Edits]], out: Path) -> None:
    """Write lists, with their edits, as a new XLSX workbook of texts, a sheet each.

    Each cell is typed text, so that `=1+1`, `+81 90` and `007` stay what they are. Preamble,
    footers and other sheets are not taken over. Raises UnwritableList for what a sheet cannot hold.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.title = Path(lists[0][0].path).name
    book.properties.description = DESCRIPTION
    book.properties.creator = "listhygiene"
    for listing, edits in lists:
        _add_sheet(book, listing, edits)
    with replacing(out) as stream:
        book.save(stream)


def _add_sheet(book: Any, listing: Listing, edits: Edits) -> None:
    header, frame = edited(listing, edits)
    _check(listing, header, frame)
    sheet = book.create_sheet(listing.sheet or _SHEET)
    sheet.freeze_panes = "A2" if any(header) else None

    def typed(texts: Iterable[str]) -> Iterator[Any]:
        for text in texts:
            yield text_cell(sheet, text) if text else None

    if any(header):
        sheet.append(typed(header))
    for row in zip(*(frame[column] for column in frame.columns), strict=True):
        sheet.append(typed(row))


def edited(listing: Listing, edits: Edits) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Return the header and the frame of a list with its edits carried out."""
    header = list(listing.header)
    for position, text in edits.headers.items():
        header[position] = text
    columns = {place: listing.frame[place].to_numpy(dtype=object).copy() for place in listing.frame}
    for (row, position), text in edits.cells.items():
        columns[position][row] = text
    for name, texts in edits.columns.items():
        if name in header:
            columns[header.index(name)] = texts.to_numpy(dtype=object)
        else:
            columns[len(header)] = texts.to_numpy(dtype=object)
            header.append(name)
    frame = pd.DataFrame(columns)
    if edits.keep is not None:
        frame = frame[np.asarray(edits.keep)]
    return tuple(header), frame


def text_cell(sheet: Any, text: str) -> Any:
    """Make a cell of typed text, whatever the text looks like.

    What XML cannot carry is escaped; openpyxl writes the markup characters itself.
    """
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, decode_entities(encode(text)))
    cell.data_type = "s"
    return cell


def check_grid(rows: int, columns: int, *, file: str, remedy: str) -> None:
    """Raise UnwritableList where rows below a header, or columns, do not fit on a sheet."""
    if rows >= MAX_ROW or columns > MAX_COLUMN:
        raise UnwritableList(
            f"a sheet holds {MAX_ROW:,} rows and {MAX_COLUMN:,} columns at most",
            file=file,
            remedy=remedy,
        )


def _check(listing: Listing, header: tuple[str, ...], frame: pd.DataFrame) -> None:
    remedy = "Split the list, or write it as CSV (-o OUT.csv)."
    check_grid(len(frame), len(header), file=listing.path, remedy=remedy)
    for column in frame.columns:
        lengths = frame[column].str.len()
        if len(lengths) and lengths.max() > MAX_TEXT:
            raise UnwritableList(
                f"a text is longer than the {MAX_TEXT:,} characters that a cell holds",
                file=listing.path,
                place=f"line {listing.lines[int(np.argmax(lengths))]}",
                remedy="Write the list as CSV (-o OUT.csv).",
            )
