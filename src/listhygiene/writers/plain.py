"""A new CSV of values, of a list that was read from a workbook or another table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from ..files import replacing
from ..formulas import escape_formula, find_formulas
from ..model.errors import ListHygieneError, UnwritableList
from ..model.listing import Edits, Listing
from .xlsx.new import edited

NAME = "plain"

DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}


def writes(listing: Listing, out: Path) -> bool:
    """Tell whether a list that was no delimited text goes to a name of such."""
    return listing.format != "csv" and out.suffix.lower() in DELIMITERS


def write(listing: Listing, edits: Edits, out: Path) -> dict[str, object]:
    """Write the list, with its edits, as UTF-8 with a mark, so that spreadsheets read it rightly.

    `edits.formulas` says what becomes of texts that were inert in the workbook and that a
    spreadsheet would execute here. Raises UnwritableList.
    """
    header, frame = edited(listing, edits)
    if edits.formulas == "refuse" and any(find_formulas(frame[one]).any() for one in frame):
        raise UnwritableList(
            "a spreadsheet would execute a cell of this list",
            file=str(out),
            remedy="Choose --csv-formulas escape or keep.",
        )
    escape = escape_formula if edits.formulas == "escape" else str
    with replacing(out) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        table = csv.writer(text, delimiter=DELIMITERS[out.suffix.lower()], lineterminator="\r\n")
        if any(header):
            table.writerow(header)
        for row in zip(*(frame[column] for column in frame.columns), strict=True):
            table.writerow([escape(cell) for cell in row])
        text.flush()
        text.detach()
    return {"new": True, "input": listing.path}


def restore(content: bytes, restoring: Mapping[str, object]) -> bytes:
    """Refuse: the original was left as it was, and is not in the new file."""
    raise ListHygieneError(
        "a new file of values was written, which does not hold the original",
        remedy=f"The original was not changed: {restoring.get('input')}.",
    )
