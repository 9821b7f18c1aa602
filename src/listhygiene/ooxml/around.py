"""What stands around the rows of a worksheet: merged ranges, filters, links, tables, protection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .archive import Archive
from .cells import Range, parse_range
from .drawings import read_drawings
from .parts import children, local, parse_part, relations, truth
from .rows import attributes
from .text import decode_entities


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table on the sheet (ECMA-376 part 1, 18.5). headers, totals: how many such rows."""

    part: str
    name: str
    range: Range
    headers: int
    totals: int


@dataclass(frozen=True, slots=True)
class Link:
    """A hyperlink of a cell, with its target outside the workbook ('' where it is inside)."""

    range: Range
    target: str


@dataclass(frozen=True)
class Around:
    """What the head and the tail of a worksheet say of its rows.

    hidden_columns: their numbers up to the last used one are of interest only. pivots: the pivot
    tables, each with its filters above it. drawings: what each chart, picture or shape covers.
    """

    merged: tuple[Range, ...]
    filter: Range | None
    links: tuple[Link, ...]
    tables: tuple[Table, ...]
    protected: bool
    hidden_columns: tuple[tuple[int, int], ...]
    drawings: tuple[Range, ...]
    pivots: tuple[Table, ...] = ()


def read_around(archive: Archive, part: str, head: bytes, tail: bytes) -> Around:
    """Read what a sheet's head and tail (plain, UTF-8) say, and the tables it refers to."""
    filters = [parse_range(_text(marks.get(b"ref"))) for marks in elements(tail, b"autoFilter")]
    merged = [parse_range(_text(marks.get(b"ref"))) for marks in elements(tail, b"mergeCell")]
    known = relations(archive, part)
    targets = {key: one.target for key, one in known.items() if one.external}
    return Around(
        merged=tuple(one for one in merged if one is not None),
        filter=next((one for one in filters if one is not None), None),
        links=tuple(_links(tail, targets)),
        tables=tuple(
            table
            for one in known.values()
            if one.kind == "table" and (table := _table(archive, one.target)) is not None
        ),
        protected=any(
            truth(_text(marks.get(b"sheet"))) for marks in elements(tail, b"sheetProtection")
        ),
        hidden_columns=tuple(_hidden_columns(head)),
        drawings=read_drawings(archive, part),
        pivots=tuple(
            table
            for one in known.values()
            if one.kind == "pivotTable" and (table := _pivot(archive, one.target)) is not None
        ),
    )


def elements(text: bytes, name: bytes) -> Iterator[dict[bytes, bytes]]:
    """Yield the attributes of the elements of a name, whatever their prefix."""
    tag = rb"""<(?:[\w.\-]+:)?%b(?=[\s/>])((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>""" % name
    return (attributes(match[1]) for match in re.finditer(tag, text))


def _links(tail: bytes, targets: dict[str, str]) -> Iterator[Link]:
    for marks in elements(tail, b"hyperlink"):
        place = parse_range(_text(marks.get(b"ref")))
        key = next((value for name, value in marks.items() if name.endswith(b":id")), b"")
        if place is not None:
            yield Link(place, targets.get(_text(key), ""))


def _hidden_columns(head: bytes) -> Iterator[tuple[int, int]]:
    for marks in elements(head, b"col"):
        if truth(_text(marks.get(b"hidden"))):
            first, last = _text(marks.get(b"min")), _text(marks.get(b"max"))
            if first.isdigit() and last.isdigit():
                yield int(first), int(last)


def _table(archive: Archive, part: str) -> Table | None:
    if archive.find(part) is None:
        return None
    tree = parse_part(archive, part)
    place = parse_range(tree.get("ref", ""))
    if local(tree.tag) != "table" or place is None:
        return None
    return Table(
        part=part,
        name=tree.get("displayName", tree.get("name", "")),
        range=place,
        headers=_count(tree.get("headerRowCount"), 1),
        totals=_count(tree.get("totalsRowCount"), 0),
    )


def _pivot(archive: Archive, part: str) -> Table | None:
    """Read where a pivot table stands (18.10.1.49 location); a blank row parts it from filters."""
    if archive.find(part) is None:
        return None
    tree = parse_part(archive, part)
    for one in children(tree, "location"):
        place = parse_range(one.get("ref", ""))
        if place is not None:
            if place.left == place.right:  # nothing is in it yet: Excel draws an empty frame
                place = Range(place.left, place.top, place.left + 2, place.top + 17)
            filters = _count(one.get("rowPageCount"), 0)
            top = max(1, place.top - filters - 1) if filters else place.top
            whole = Range(place.left, top, place.right, place.bottom)
            return Table(part, tree.get("name", ""), whole, headers=1, totals=0)
    return None


def table_columns(archive: Archive, part: str) -> list[str]:
    """Return the names of a table's columns, as its part says them."""
    tree = parse_part(archive, part)
    return [
        column.get("name", "")
        for group in children(tree, "tableColumns")
        for column in children(group, "tableColumn")
    ]


def _count(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isdigit() else default


def _text(raw: bytes | None) -> str:
    return "" if raw is None else decode_entities(raw.decode("utf-8", "replace"))
