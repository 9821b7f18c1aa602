"""The appended cells of a row: rendered once for each combination of texts, not for each row."""

from __future__ import annotations

from collections.abc import Iterator

from ...ooxml.cells import letters
from ...ooxml.rows import render_text
from .plan import Plan

_NUMBER = b"\0"
"""Stands for the row's number in a rendered row; no other NUL can be in it (XML 1.0, 2.2)."""
_MOST_KEPT = 20_000


class Additions:
    """The new cells of the frame's rows, taken one row after the other.

    prefix: of the sheet's elements. ascii_only: write references outside ASCII.
    """

    def __init__(self, plan: Plan, prefix: bytes, *, ascii_only: bool) -> None:
        self._columns = [one.column for one in plan.added]
        self._prefix, self._ascii_only = prefix, ascii_only
        self._texts = [[self._body(text) for text in one.texts] for one in plan.added]
        rows = len(plan.rows)
        codes = (one.codes.tolist() for one in plan.added)
        self._codes: Iterator[tuple[int, ...]] = (
            zip(*codes, strict=True) if plan.added else iter([()] * rows)
        )
        self._kept: dict[tuple[int, ...], bytes] = {}

    def next_row(self, number: int) -> bytes:
        """Return the cells of the next row of the frame, which stands at a sheet row."""
        codes = next(self._codes)
        made = self._kept.get(codes)
        if made is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            made = b"".join(
                self._start(column, _NUMBER) + texts[code]
                for column, texts, code in zip(self._columns, self._texts, codes, strict=True)
                if texts[code]
            )
            self._kept[codes] = made
        return made.replace(_NUMBER, b"%d" % number)

    def cell(self, column: int, number: int, text: str, style: bytes = b"") -> bytes:
        """Return one cell; without a text it is blank. style: its number, b"" for none."""
        marks = self._start(column, b"%d" % number) + b'"'
        if style:
            marks += b' s="%b"' % style
        return marks + self._body(text)[1:] if text else marks + b"/>"

    def _start(self, column: int, number: bytes) -> bytes:
        return b'<%bc r="%b%b' % (self._prefix, letters(column).encode(), number)

    def _body(self, text: str) -> bytes:
        """Return what follows the row number of a text cell; b"" where there is no cell."""
        if not text:
            return b""
        body = render_text(text, self._prefix, ascii_only=self._ascii_only)
        return b'" t="inlineStr">%b</%bc>' % (body, self._prefix)
