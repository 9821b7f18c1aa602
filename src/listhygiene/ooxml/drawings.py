"""Drawings: the cells of a worksheet that charts, pictures and shapes lie over."""

from __future__ import annotations

from xml.etree import ElementTree

from .archive import Archive
from .cells import Range
from .parts import children, local, parse_part, relations

_COLUMN, _ROW = 609_600, 190_500
"""Size of a cell of usual width and height (64 by 20 pixels), in the units of a drawing (EMU)."""


def read_drawings(archive: Archive, part: str) -> tuple[Range, ...]:
    """Return what each drawing on a sheet covers (ECMA-376 part 1, 20.5.2: anchors).

    Where only a size is said, the cells are taken to be of the usual one.
    """
    parts = [one.target for one in relations(archive, part).values() if one.kind == "drawing"]
    return tuple(
        _covered(element)
        for one in parts
        if archive.find(one) is not None
        for element in parse_part(archive, one).iter()
        if local(element.tag) in ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
    )


def _covered(anchor: ElementTree.Element) -> Range:
    left, top = _corner(anchor, "from", 0)
    for _ in children(anchor, "to"):
        right, bottom = _corner(anchor, "to", -1)
        return Range(left, top, max(left, right), max(top, bottom))
    for place in children(anchor, "pos"):
        left, top = _whole(place.get("x")) // _COLUMN + 1, _whole(place.get("y")) // _ROW + 1
    wide, high = next(
        ((_whole(one.get("cx")), _whole(one.get("cy"))) for one in children(anchor, "ext")), (0, 0)
    )
    return Range(left, top, left + max(0, wide - 1) // _COLUMN, top + max(0, high - 1) // _ROW)


def _corner(anchor: ElementTree.Element, name: str, back: int) -> tuple[int, int]:
    """Return the column and row of a corner; back: what is added where it lies on their edge."""
    told = {local(one.tag): _whole(one.text) for corner in children(anchor, name) for one in corner}
    column = told.get("col", 0) + 1 + (0 if told.get("colOff") else back)
    row = told.get("row", 0) + 1 + (0 if told.get("rowOff") else back)
    return max(1, column), max(1, row)


def _whole(text: str | None) -> int:
    return int(text) if text is not None and text.strip().isdigit() else 0
