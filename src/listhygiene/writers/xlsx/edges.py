"""What must follow new columns around the rows: dimension, widths, filter, verdict colours."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...ooxml.cells import Range, parse_range
from ...ooxml.rows import attributes, masked
from .plan import VERDICT, Plan
from .styles import Colours

# The order of a worksheet's children (CT_Worksheet, ECMA-376 part 1, 18.3.1.99), behind the
# conditional formats; what is not listed here or stands before them is passed over.
_BEHIND_FORMATS = (
    b"dataValidations|hyperlinks|printOptions|pageMargins|pageSetup|headerFooter|rowBreaks"
    b"|colBreaks|customProperties|cellWatches|ignoredErrors|smartTags|drawing|drawingHF"
    b"|legacyDrawing|legacyDrawingHF|picture|oleObjects|controls|webPublishItems|tableParts|extLst"
)
_TAG = rb"""<%b%b(?=[\s/>])((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>"""
_REF = re.compile(rb"""(\sref\s*=\s*["'])([^"']*)""")
_WIDTHS = {VERDICT: 20, "listhygiene_codes": 20, "listhygiene_reason": 60}
_USUAL_WIDTH = 32


def change_head(head: bytes, plan: Plan) -> bytes:
    """Return a sheet's head with the dimension and the column widths of the new columns."""
    if plan.last_column is None:
        return head
    prefix = prefix_of(head, b"worksheet")
    head = _in_tag(head, prefix, b"dimension", lambda tag: _widen_dimension(tag, plan))
    return _set_widths(head, prefix, plan)


def change_tail(tail: bytes, plan: Plan, colours: Colours | None, prefix: bytes) -> bytes:
    """Return a sheet's tail with its filter widened and the verdicts coloured."""
    if plan.last_column is not None:
        end = masked(tail).find(b"<" + prefix + b"customSheetViews")
        front = tail if end < 0 else tail[:end]
        changed = _in_tag(front, prefix, b"autoFilter", lambda tag: widen_ref(tag, plan))
        tail = changed + tail[len(front) :]
    if colours is not None and plan.verdicts is not None:
        tail = _add_formats(tail, plan, colours, prefix)
    return tail


def prefix_of(part: bytes, root: bytes) -> bytes:
    """Return the namespace prefix of a part's root element, with its colon, or b""."""
    found = re.search(rb"<(?:([\w.\-]+):)?%b(?=[\s/>])" % root, masked(part))
    return found[1] + b":" if found and found[1] else b""


def widen_ref(tag: bytes, plan: Plan) -> bytes:
    """Return a tag whose `ref` takes the new columns in, if it begins in the list's header."""
    found = _REF.search(tag)
    place = parse_range(found[2].decode("ascii", "replace")) if found else None
    last = plan.last_column
    if found is None or place is None or last is None:
        return tag
    if place.top != plan.header_row or place.right >= last:
        return tag
    wider = str(Range(place.left, place.top, last, place.bottom)).encode()
    return tag[: found.start(2)] + wider + tag[found.end(2) :]


def _in_tag(part: bytes, prefix: bytes, name: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return a part with its first start tag of a name changed."""
    found = re.search(_TAG % (re.escape(prefix), name), masked(part))
    if found is None:
        return part
    return part[: found.start()] + change(part[found.start() : found.end()]) + part[found.end() :]


def _widen_dimension(tag: bytes, plan: Plan) -> bytes:
    found = _REF.search(tag)
    place = parse_range(found[2].decode("ascii", "replace")) if found else None
    if found is None or place is None or plan.last_column is None:
        return tag
    wider = Range(
        place.left,
        min(place.top, plan.first),
        max(place.right, plan.last_column),
        max(place.bottom, plan.last),
    )
    return tag[: found.start(2)] + str(wider).encode() + tag[found.end(2) :]


def _set_widths(head: bytes, prefix: bytes, plan: Plan) -> bytes:
    """Give the new columns a width, unless the sheet has columns of its own set there.

    A column that the sheet hides (often all the rest, to the last one) is shown again.
    """
    p = prefix
    seen = masked(head)
    wanted = {one.column: _WIDTHS.get(one.name, _USUAL_WIDTH) for one in plan.added}
    made: list[bytes] = []
    cursor = 0
    parts: list[bytes] = []
    for match in re.finditer(_TAG % (re.escape(p), b"col"), seen):
        parts.append(head[cursor : match.start()])
        parts.append(_split_column(match[0], match[1], wanted, p))
        cursor = match.end()
    head = b"".join(parts) + head[cursor:]
    made = [
        _column(p, column, column, b' width="%d" customWidth="1"' % width)
        for column, width in sorted(wanted.items())
    ]
    if not made:
        return head
    close = head.rfind(b"</" + p + b"cols")
    if close >= 0:
        return head[:close] + b"".join(made) + head[close:]
    if b"<" + p + b"cols" in head:
        return head
    start = head.rindex(b"<" + p + b"sheetData")
    body = b"<" + p + b"cols>" + b"".join(made) + b"</" + p + b"cols>"
    return head[:start] + body + head[start:]


def _split_column(tag: bytes, marks: bytes, wanted: dict[int, int], prefix: bytes) -> bytes:
    """Return a `<col>` without the new columns that it hides; others keep what it sets."""
    known = attributes(marks)
    first, last = int(known.get(b"min", b"0") or 0), int(known.get(b"max", b"0") or 0)
    inside = [column for column in wanted if first <= column <= last]
    widths = [(column, wanted.pop(column)) for column in inside]
    if not inside or known.get(b"hidden") not in (b"1", b"true"):
        return tag
    rest = re.sub(rb"""\s(?:min|max)\s*=\s*(?:"[^"]*"|'[^']*')""", b"", marks).rstrip().rstrip(b"/")
    parts = []
    if first < inside[0]:
        parts.append(_column(prefix, first, inside[0] - 1, rest))
    for column, width in widths:
        parts.append(_column(prefix, column, column, b' width="%d" customWidth="1"' % width))
    if inside[-1] < last:
        parts.append(_column(prefix, inside[-1] + 1, last, rest))
    return b"".join(parts)


def _column(prefix: bytes, first: int, last: int, marks: bytes) -> bytes:
    return b'<%bcol min="%d" max="%d"%b/>' % (prefix, first, last, marks)


def _add_formats(tail: bytes, plan: Plan, colours: Colours, prefix: bytes) -> bytes:
    """Insert conditional formats for the verdicts."""
    assert plan.verdicts is not None
    seen = masked(tail)
    numbers = re.findall(rb"""\spriority\s*=\s*["'](\d+)""", seen)
    priority = max(map(int, numbers), default=0)
    place = Range(plan.verdicts, plan.first, plan.verdicts, max(plan.first, plan.last))
    rules = []
    for step, (verdict, style) in enumerate(colours.styles.items(), start=1):
        rules.append(
            b'<%bcfRule type="cellIs" dxfId="%d" priority="%d" operator="equal">'
            b'<%bformula>"%b"</%bformula></%bcfRule>'
            % (prefix, style, priority + step, prefix, verdict.encode(), prefix, prefix)
        )
    body = b'<%bconditionalFormatting sqref="%b">%b</%bconditionalFormatting>' % (
        prefix,
        str(place).encode(),
        b"".join(rules),
        prefix,
    )
    start = _place_of_formats(seen, prefix)
    return tail[:start] + body + tail[start:]


def _place_of_formats(seen: bytes, prefix: bytes) -> int:
    """Return where conditional formats go: before the first of the elements that follow them."""
    p = re.escape(prefix)
    # An mc:AlternateContent in the tail wraps drawings or controls, which stand behind as well.
    found = re.search(
        rb"<(?:%b(?:%b)|[\w.\-]+:AlternateContent)(?=[\s/>])|</%bworksheet"
        % (p, _BEHIND_FORMATS, p),
        _without_views(seen, p),
    )
    return found.start() if found else len(seen)


def _without_views(seen: bytes, p: bytes) -> bytes:
    """Blank out custom views and the extensions of formats, which hold elements of these names."""
    for name in (b"customSheetViews", b"conditionalFormatting"):
        block = rb"<%b%b(?=[\s/>]).*?</%b%b\s*>" % (p, name, p, name)
        seen = re.sub(block, lambda match: b" " * len(match[0]), seen, flags=re.DOTALL)
    return seen
