"""Cells as they stand in a row, and one expression for all that are written alike.

Spreadsheet programs write cell after cell of a column in the same form: the same type, style and
tags. Such an expression, made from the first of its kind, is as exact as reading the cells one by
one: what does not match to the last byte is taken apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .cells import MAX_COLUMN, column_of
from .rows import Grammar, attributes
from .strings import joined_text

_PLACE = re.compile(rb"""(\sr\s*=\s*["']\s*\$?[A-Za-z]{1,3}\$?)\d+""")
_LETTERS = re.compile(rb"\s*\$?([A-Za-z]{1,3})")
_MAY_BE_EMPTY = (b"str", b"inlineStr")
"""Cells that mean the same with an empty value as without one."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it stands in the file. raw: its value, still escaped; None where it has none."""

    column: int
    kind: bytes
    style: int
    raw: bytes | None
    formula: bool


def each_cell(row: bytes, names: Grammar) -> Iterator[Cell]:
    """Yield the cells of a row's content; one without `r` follows its left neighbour."""
    found = names.usual.findall(row)
    # No cell can hold another: as many finds as may begin there are all cells.
    if len(found) == row.count(b"<%bc" % names.prefix):
        for place, style, kind, value, inline in found:
            column = column_of(place.decode("ascii"))
            if column <= MAX_COLUMN:
                kind = b"inlineStr" if inline else kind or b"n"
                yield Cell(column, kind, int(style or 0), value or inline or None, False)
        return
    column = 0
    for match in names.cell.finditer(row):
        marks = attributes(match[1])
        place = _LETTERS.match(marks.get(b"r", b""))
        column = column_of(place[1].decode("ascii")) if place else column + 1
        if column > MAX_COLUMN:
            continue
        style = marks.get(b"s", b"0").strip()
        body = match[2] or b""
        kind = marks.get(b"t", b"n")
        yield Cell(
            column,
            kind,
            int(style) if style.isdigit() else 0,
            _raw(body, kind, names),
            b"f" in body and names.formula.search(body) is not None,
        )


def _raw(body: bytes, kind: bytes, names: Grammar) -> bytes | None:
    if kind == b"inlineStr" and (inline := names.inline.search(body)):
        return joined_text(inline[1], names.prefix)
    value = names.value.search(body)
    if value is None:
        return None
    return value[1] if value[1] is not None else value[2]


def cell_expression(match: re.Match[bytes], cell: Cell, names: Grammar) -> bytes | None:
    """Return the expression of a cell, whatever its row and value; None where it is too odd.

    Its groups: the formula where it has one, then the value where it has one.
    """
    body = _body_pattern(match[2], cell, names)
    place = _PLACE.search(match[1])
    if body is None or place is None:
        return None
    marks = re.escape(match[1][: place.end(1)]) + rb"\d+" + re.escape(match[1][place.end() :])
    return b"<" + re.escape(names.prefix) + b"c" + marks + body


def _body_pattern(body: bytes | None, cell: Cell, names: Grammar) -> bytes | None:
    """Return the expression for a cell's body, with a group for the value; None = too odd."""
    p = re.escape(names.prefix)
    end = rb"</%bc>" % p
    if body is None:
        return rb"/>"
    if not body:
        return rb">" + end
    empty = b"" if cell.kind in _MAY_BE_EMPTY else b"+"
    value = rb"<%bv>([^<]%b)</%bv>" % (p, empty or b"*", p)
    if re.fullmatch(value, body):
        return rb">" + value + end
    if cell.formula:
        formula = rb"(<%bf[\s>][^<]*(?:</%bf>)?)" % (p, p)
        return rb">" + formula + value + end if re.fullmatch(formula + value, body) else None
    inline = rb"<%bis><%bt(?: xml:space=\"preserve\")?>([^<]*)</%bt></%bis>" % (p, p, p, p)
    if cell.kind == b"inlineStr" and re.fullmatch(inline, body):
        return rb">" + inline + end
    return None
