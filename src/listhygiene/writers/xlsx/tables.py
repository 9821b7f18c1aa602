"""Excel tables and the filter's defined name, widened to take new columns in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...ooxml.archive import Archive
from ...ooxml.cells import Range, letters, parse_range
from ...ooxml.parts import parse_part
from ...ooxml.rows import masked
from ...ooxml.text import decode_entities, encode_attribute
from .edges import prefix_of, widen_ref
from .plan import Plan

_TAG = rb"""<%b%b(?=[\s/>])((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>"""


def is_fed(archive: Archive, part: str) -> bool:
    """Tell whether a table is filled by a query or an XML map, which own its columns."""
    return parse_part(archive, part).get("tableType", "worksheet") != "worksheet"


def widen_table(part: bytes, plan: Plan) -> bytes:
    """Return a table part (UTF-8) with its range, filter and columns extended."""
    p = prefix_of(part, b"table")
    for name in (b"table", b"autoFilter"):
        found = re.search(_TAG % (re.escape(p), name), masked(part))
        if found is not None:
            tag = widen_ref(found[0], plan)
            part = part[: found.start()] + tag + part[found.end() :]
    return _add_columns(part, p, [one.name for one in plan.added])


def _add_columns(part: bytes, p: bytes, names: Sequence[str]) -> bytes:
    seen = masked(part)
    start = re.search(_TAG % (re.escape(p), b"tableColumns"), seen)
    close = seen.rfind(b"</" + p + b"tableColumns")
    if start is None or close < 0:
        return part
    inside = seen[start.end() : close]
    found = re.findall(rb"<%btableColumn\s[^<>]*?\bid\s*=\s*[\"'](\d+)" % re.escape(p), inside)
    numbers = [int(one) for one in found]
    last = max(numbers, default=0)
    made = b"".join(
        b'<%btableColumn id="%d" name="%b"/>'
        % (p, last + step, encode_attribute(name, ascii_only=True).encode())
        for step, name in enumerate(names, start=1)
    )
    count = b'count="%d"' % (len(numbers) + len(names))
    tag = re.sub(rb"""count\s*=\s*(?:"[^"]*"|'[^']*')""", count, start[0])
    return part[: start.start()] + tag + part[start.end() : close] + made + part[close:]


def widen_filter_name(part: bytes, place: int, plan: Plan) -> bytes:
    """Return a workbook part (UTF-8) whose filter's hidden name takes the new columns in.

    place: of the sheet (localSheetId). Excel keeps the range of a sheet's filter a second time as
    the name `_xlnm._FilterDatabase`.
    """
    p = prefix_of(part, b"workbook")
    pattern = rb"(<%bdefinedName(?=\s)([^<>]*)>)([^<]*)(</%bdefinedName)" % (p, p)
    for match in re.finditer(pattern, masked(part)):
        marks = match[2]
        if b"_xlnm._FilterDatabase" not in marks:
            continue
        if not re.search(rb"""localSheetId\s*=\s*["']%d["']""" % place, marks):
            continue
        wider = _widen_reference(match[3], plan)
        return part[: match.start(3)] + wider + part[match.end(3) :]
    return part


def _widen_reference(raw: bytes, plan: Plan) -> bytes:
    sheet, mark, cells = raw.rpartition(b"!")
    old = parse_range(decode_entities(cells.decode("utf-8", "replace")))
    last = plan.last_column
    if not mark or old is None or last is None or old.top != plan.header_row or old.right >= last:
        return raw
    new = Range(old.left, old.top, last, old.bottom)
    text = f"${letters(new.left)}${new.top}:${letters(new.right)}${new.bottom}"
    return sheet + mark + text.encode()
