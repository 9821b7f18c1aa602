"""A workbook read as one contact list: the sheet chosen, its cells as texts, what to know of it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ...headers import holds_address
from ...model.errors import UnreadableList, UsageError
from ...ooxml.archive import Archive, open_archive
from ...ooxml.around import Around, read_around
from ...ooxml.formats import read_formats
from ...ooxml.grid import Grid, read_grid
from ...ooxml.parts import Sheet, Workbook, read_workbook
from ...ooxml.shown import Texts
from ...ooxml.strings import read_strings
from .layout import Layout, facts_of, lay_out
from .notes import describe, linked_addresses
from .preflight import check_sizes

KEY = b"listhygiene"
LOOK_INTO = 256 << 10
_MOST_LOOKS = 30


@dataclass(frozen=True)
class Wish:
    """What the user said of the sheet and its columns; see `ReadOptions`."""

    sheet: str | None = None
    email_columns: tuple[str, ...] = ()
    skip_hidden: bool = False
    beside: tuple[str, ...] = ()


def load(path: Path, wish: Wish) -> pa.Table:
    """Read an XLSX or XLSM file: a row a contact, a column a position, texts as shown.

    The table's metadata (KEY) are the other fields of a Listing, as JSON; `lines` is a column.
    Raises UnreadableList, and UsageError for a sheet that is not there.
    """
    archive = open_archive(path)
    check_sizes(archive)
    workbook = read_workbook(archive)
    texts = texts_of(archive, workbook)
    sheet, grid, around, layout = _choose(archive, workbook, texts, wish)
    member = archive.find(sheet.part)
    assert member is not None
    facts = facts_of(layout, grid, around)
    facts["links"] = linked_addresses(layout, around)
    facts |= {"part": sheet.part, "place": sheet.place, "crc": member.crc, "size": member.size}
    notes = describe(layout, grid, around) + _of_workbook(
        archive, workbook, texts, {sheet.name, *wish.beside}, sheet
    )
    return pack(layout, "xlsx", sheet.name, notes, facts)


def pack(
    layout: Layout, kind: str, sheet: str, notes: Sequence[str], facts: dict[str, Any]
) -> pa.Table:
    """Make the table that crosses from the reading process to the one that asked."""
    meta = {
        "format": kind,
        "header": list(layout.header),
        "header_line": layout.named,
        "preamble": layout.preamble,
        "notes": list(notes),
        "sheet": sheet,
        "facts": facts,
    }
    names = [str(place) for place in range(len(layout.texts))]
    arrays = [*layout.texts, pa.array(layout.rows.astype(np.int64))]
    table = pa.table(arrays, names=[*names, "lines"])
    return table.replace_schema_metadata({KEY: json.dumps(meta).encode()})


def pick_sheet(names: Sequence[str], wanted: str, path: str) -> int:
    """Return the place of the sheet that the user named; raises UsageError."""
    for key in (str, _loose):
        for place, name in enumerate(names):
            if key(name) == key(wanted):
                return place
    raise UsageError(
        f"there is no sheet {wanted!r}",
        file=path,
        remedy=f"Its sheets are: {', '.join(names)}.",
    )


def nothing_there(path: Path, hidden: Sequence[str]) -> UnreadableList:
    """Make the error of a workbook whose visible sheets are all empty."""
    if hidden:
        return UnreadableList(
            "only hidden sheets hold anything",
            file=str(path),
            remedy=f"Name one with --sheet: {', '.join(hidden)}.",
        )
    return UnreadableList(
        "the workbook is empty",
        file=str(path),
        remedy="Check that the list was exported, and into this file.",
    )


def _choose(
    archive: Archive, workbook: Workbook, texts: Texts, wish: Wish
) -> tuple[Sheet, Grid, Around, Layout]:
    """Read the named sheet, else the first visible one that holds anything."""
    sheets = [sheet for sheet in workbook.sheets if sheet.worksheet]
    path = str(archive.path)
    if wish.sheet is not None:
        sheets = [sheets[pick_sheet([one.name for one in sheets], wish.sheet, path)]]
    hidden = []
    for sheet in sheets:
        if wish.sheet is None and sheet.state != "visible":
            hidden.append(sheet)
            continue
        member = archive.find(sheet.part)
        assert member is not None
        grid = read_grid(archive, member, texts)
        around = read_around(archive, sheet.part, grid.head, grid.tail)
        layout = lay_out(
            grid, wish.email_columns, around.tables, path, wish.skip_hidden, around.pivots
        )
        if layout is not None:
            return sheet, grid, around, layout
    raise nothing_there(archive.path, [one.name for one in hidden])


def texts_of(archive: Archive, workbook: Workbook) -> Texts:
    """Return what turns a workbook's raw values into texts."""
    return Texts(
        read_strings(archive, workbook.strings),
        read_formats(archive, workbook.styles),
        workbook.epoch1904,
    )


def _of_workbook(
    archive: Archive, workbook: Workbook, texts: Texts, judged: Container[str], chosen: Sheet
) -> list[str]:
    """Say what else the workbook holds that matters for a mailing or for its return."""
    notes = []
    others = [one for one in workbook.sheets if one.worksheet and one.name not in judged]
    with_contacts = [one for one in others[:_MOST_LOOKS] if _has_address(archive, one, texts)]
    if chosen.state != "visible":
        notes.append(f"The sheet {chosen.name} is hidden.")
    shown = [one.name for one in with_contacts if one.state == "visible"]
    if shown:
        notes.append(other_sheets(shown))
    hidden = [one.name for one in with_contacts if one.state != "visible"]
    if hidden:
        notes.append(f"Hidden sheets hold addresses and are not judged: {', '.join(hidden)}.")
    if workbook.signed:
        notes.append("The workbook is signed; the signature does not hold for a cleaned copy.")
    if workbook.shared:
        notes.append("The workbook is shared and keeps a history, which a cleaned copy lacks.")
    return notes


def other_sheets(names: Sequence[str]) -> str:
    """Say which sheets hold addresses beside the one that is read."""
    return (
        "Other sheets hold addresses too and are not judged (--sheet names them, or all): "
        f"{', '.join(names)}."
    )


def _has_address(archive: Archive, sheet: Sheet, texts: Texts) -> bool:
    """Look into the first rows of a sheet for an e-mail address."""
    member = archive.find(sheet.part)
    if member is None:
        return False
    try:
        grid = read_grid(archive, member, texts, most=LOOK_INTO)
    except UnreadableList:
        return False
    return any(
        holds_address(text)
        for pieces in grid.columns.values()
        for _, array in pieces
        for text in array.slice(0, 200).to_pylist()
    )


def _loose(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
