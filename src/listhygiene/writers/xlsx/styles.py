"""The colours of the verdicts: three differential formats appended to the workbook's styles."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...ooxml.rows import masked

# The fills and fonts of Excel's own cell styles Good, Neutral and Bad.
_COLOURS = {
    "send": (b"FF006100", b"FFC6EFCE"),
    "review": (b"FF9C5700", b"FFFFEB9C"),
    "hold": (b"FF9C0006", b"FFFFC7CE"),
}
_BEHIND = rb"<%b(?:tableStyles|colors|extLst)(?=[\s/>])|</%bstyleSheet"


@dataclass(frozen=True)
class Colours:
    """styles: verdict -> the place of its differential format (dxfId)."""

    styles: dict[str, int]


def add_colours(part: bytes) -> tuple[bytes, Colours] | None:
    """Return a styles part (UTF-8) with the formats appended; None where it is none we know."""
    seen = masked(part)
    root = re.search(rb"<(?:([\w.\-]+):)?styleSheet(?=[\s/>])", seen)
    if root is None:
        return None
    p = root[1] + b":" if root[1] else b""
    made = b"".join(_format(p, font, fill) for font, fill in _COLOURS.values())
    block = re.search(
        rb"<%bdxfs(?=[\s/>])([^<>]*?)(?:/>|>(.*?)</%bdxfs\s*>)" % (p, p), seen, re.DOTALL
    )
    if block is None:
        behind = re.search(_BEHIND % (p, p), seen)
        if behind is None:
            return None
        body = b'<%bdxfs count="%d">%b</%bdxfs>' % (p, len(_COLOURS), made, p)
        return part[: behind.start()] + body + part[behind.start() :], _places(0)
    count = len(re.findall(rb"<%bdxf(?=[\s/>])" % p, block[2] or b""))
    inner = part[block.start(2) : block.end(2)] if block[2] is not None else b""
    start = b'<%bdxfs count="%d">' % (p, count + len(_COLOURS))
    body = start + inner + made + b"</%bdxfs>" % p
    return part[: block.start()] + body + part[block.end() :], _places(count)


def _places(first: int) -> Colours:
    return Colours({verdict: first + step for step, verdict in enumerate(_COLOURS)})


def _format(p: bytes, font: bytes, fill: bytes) -> bytes:
    return (
        b'<%bdxf><%bfont><%bcolor rgb="%b"/></%bfont>'
        b'<%bfill><%bpatternFill><%bbgColor rgb="%b"/></%bpatternFill></%bfill></%bdxf>'
    ) % (p, p, p, font, p, p, p, p, fill, p, p, p)
