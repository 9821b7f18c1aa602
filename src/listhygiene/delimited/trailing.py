"""Trailing: delimiters at the end of every row, or of the header, that part off nothing."""

from __future__ import annotations

import dataclasses

import numpy as np

from ..model.quantity import quantity
from .lines import Lines, Marks
from .places import Top

_ALIKE = 0.9
"""Which share of the rows must have the same width for it to be meant."""


def settle_trailing(content: bytes, cut: bytes, top: Top, lines: Lines) -> tuple[Top, str]:
    """Give the header as many cells as the rows have, where only blank ones at the end differ.

    Programs that end every row with a delimiter often forget the header's, or the reverse. Returns
    the header to work with and what a person should know of it, '' where nothing was settled.
    """
    if not top.lines:
        return top, ""
    width = len(top.header)
    body = ~(lines.odd | lines.blank)
    body[: max(top.lines) + 1] = False
    widths = lines.widths[body]
    usual = int(np.bincount(widths).argmax()) if len(widths) else width
    alike = body & (lines.widths == usual)
    extra = abs(usual - width)
    if usual > width:
        alike &= _ends_with(content, cut, lines, extra)
        header = top.header + ("",) * extra
        note = (
            f"Rows end with {quantity(extra, 'delimiter')} more than the header: "
            "blank columns without a name."
        )
    elif usual < width and not any(top.header[usual:]):
        header = top.header[:usual]
        note = (
            f"The header ends with {quantity(extra, 'delimiter')} more than the rows: "
            "nothing is named by that."
        )
    else:
        return top, ""
    if alike.sum() < _ALIKE * body.sum():
        return top, ""
    return dataclasses.replace(top, header=header), note


def _ends_with(content: bytes, cut: bytes, lines: Lines, count: int) -> Marks:
    """Tell which lines end with so many delimiters: their last cells are blank."""
    view = np.frombuffer(content, dtype=np.uint8)
    marks = lines.ends - lines.starts >= count
    for back in range(1, count + 1):
        marks &= view[np.maximum(lines.ends - back, 0)] == cut[0]
    return marks
