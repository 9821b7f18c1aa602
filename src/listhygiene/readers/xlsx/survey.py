"""Which sheets of a workbook hold contacts, and which of them were asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ...model.errors import UnreadableList
from ...ooxml.archive import open_archive
from ...ooxml.around import read_around
from ...ooxml.grid import read_grid
from ...ooxml.parts import read_workbook
from .layout import holds_contacts, lay_out
from .preflight import check_sizes
from .workbook import KEY, LOOK_INTO, Wish, pick_sheet, texts_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A worksheet. contacts: whether it holds any."""

    name: str
    visible: bool
    contacts: bool


def survey(path: Path, kind: str, wanted: Sequence[str], every: str, wish: Wish) -> pa.Table:
    """Return a table of nothing whose metadata (KEY) name the sheets wanted, in their order.

    wanted: names, and `every` for all visible ones with contacts where none has that name.
    Raises UnreadableList, and UsageError for a sheet that is not there.
    """
    if kind == "xlsx":
        seen = list(_look(path, wish))
    else:
        from .calamine import look_other

        seen = [
            Seen(name, visible, holds_contacts(layout, wish.email_columns))
            for name, visible, layout in look_other(path, kind, wish)
        ]
    names = [one.name for one in seen]
    chosen: set[str] = set()
    for one in wanted:
        if one == every and one not in names:
            chosen |= {it.name for it in seen if it.visible and it.contacts}
        else:
            chosen.add(names[pick_sheet(names, one, str(path))])
    told = json.dumps({"sheets": [name for name in names if name in chosen]})
    return pa.table({}).replace_schema_metadata({KEY: told.encode()})


def _look(path: Path, wish: Wish) -> Iterator[Seen]:
    """Look at the first rows of each sheet."""
    archive = open_archive(path)
    check_sizes(archive)
    workbook = read_workbook(archive)
    texts = texts_of(archive, workbook)
    for sheet in workbook.sheets:
        member = archive.find(sheet.part)
        if not sheet.worksheet or member is None:
            continue
        layout = None
        try:
            grid = read_grid(archive, member, texts, most=LOOK_INTO)
            around = read_around(archive, sheet.part, grid.head, grid.tail)
            layout = lay_out(
                grid, wish.email_columns, around.tables, str(path), pivots=around.pivots
            )
        except UnreadableList:
            pass
        yield Seen(sheet.name, sheet.state == "visible", holds_contacts(layout, wish.email_columns))
