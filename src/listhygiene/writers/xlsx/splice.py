"""The sheet part rewritten as it streams by: changed cells and new columns, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...model.errors import UnwritableList
from ...ooxml.cells import column_of, letters
from ...ooxml.rows import (
    HEAD,
    ROWS,
    Grammar,
    attributes,
    each_row,
    grammar_of,
    masked,
    render_text,
    split_sheet,
)
from .edges import change_head, change_tail
from .plan import ELSEWHERE, Plan
from .styles import Colours

_SPANS = re.compile(rb"""(\sspans\s*=\s*["'][^"']*?:)(\d+)(\s*["'])""")
_PLACE = re.compile(rb"""\s*\$?([A-Za-z]{1,3})""")
_LAST = re.compile(rb"""[^<>]*?\sr\s*=\s*["']\s*([A-Za-z]{1,3})""")
_STYLE = re.compile(rb"""\ss\s*=\s*["'](\d+)["']""")


def splice_sheet(
    pieces: Iterable[bytes], plan: Plan, colours: Colours | None, path: Path, *, ascii_only: bool
) -> Iterator[bytes]:
    """Yield a sheet part (UTF-8) with a plan carried out.

    ascii_only: write characters outside ASCII as references (the part has an old encoding).
    """
    splicer: _Splicer | None = None
    for kind, piece in split_sheet(iter(pieces), path):
        if kind == HEAD:
            splicer = _Splicer(plan, grammar_of(piece), path, ascii_only=ascii_only)
            yield change_head(piece, plan)
        elif kind == ROWS and splicer is not None:
            yield splicer.take(piece)
        elif splicer is not None:
            splicer.finish()
            yield change_tail(piece, plan, colours, splicer.names.prefix)


@dataclass(frozen=True, slots=True)
class _Row:
    """A row to be rewritten. mask: its content without comments; changes, new: what is planned."""

    number: int
    content: bytes
    mask: bytes
    changes: Mapping[int, str]
    new: Mapping[int, bytes]


class _Splicer:
    """Carries a plan out row by row."""

    def __init__(self, plan: Plan, names: Grammar, path: Path, *, ascii_only: bool) -> None:
        self.names = names
        self._plan, self._path, self._ascii_only = plan, path, ascii_only
        self._rows = plan.rows.tolist()
        self._next = 0
        self._number = 0
        self._cell_tag = b"<" + names.prefix + b"c"
        self._open = [
            b'%b r="%b' % (self._cell_tag, letters(one.column).encode()) for one in plan.added
        ]
        self._texts = [[self._rendered(text) for text in one.texts] for one in plan.added]
        self._codes = [one.codes.tolist() for one in plan.added]
        self._first = plan.added[0].column if plan.added else 0
        self._pending = set(plan.cells)

    def take(self, piece: bytes) -> bytes:
        """Return a piece of rows with its part of the plan carried out."""
        seen = masked(piece)
        plain_end = b"extLst" not in seen
        parts: list[bytes] = []
        cursor = 0
        for number, tag, close, end in each_row(seen, self.names, self._number, self._path):
            self._number = number
            new = self._new_cells(number)
            changes = self._plan.cells.get(number)
            if not new and changes is None:
                continue
            start, inside = tag.start(), tag.end()
            parts += [piece[cursor:start], self._start_tag(piece[start:inside], bool(tag[2]))]
            simple = changes is None and plain_end and number != self._plan.header_row
            if simple and self._ends_before(seen, inside, close):
                parts += [piece[inside:close], *new.values()]
            else:
                self._pending.discard(number)
                row = _Row(number, piece[inside:close], seen[inside:close], changes or {}, new)
                parts.append(self._rewritten(row))
            parts.append(b"</%brow>" % self.names.prefix if tag[2] else piece[close:end])
            cursor = end
        parts.append(piece[cursor:])
        return b"".join(parts)

    def finish(self) -> None:
        """Make sure that every row of the plan was met."""
        if self._pending or self._next < len(self._rows):
            row = min(self._pending, default=self._rows[-1])
            raise changed_since(self._path, row)

    def _new_cells(self, number: int) -> dict[int, bytes]:
        """Return the cells to append to a row: column -> XML."""
        plan = self._plan
        if number == plan.header_row and plan.added:
            return {one.column: self._cell(one.column, number, one.name) for one in plan.added}
        place = self._next
        if place >= len(self._rows) or self._rows[place] != number:
            return {}
        self._next += 1
        shown = b"%d" % number
        cells = {}
        for one, opening, texts, codes in zip(
            plan.added, self._open, self._texts, self._codes, strict=True
        ):
            text = texts[codes[place]]
            if text:
                cells[one.column] = opening + shown + text
        return cells

    def _rendered(self, text: str) -> bytes:
        """Return what follows the row number of an inline string cell; b"" for no cell."""
        if not text:
            return b""
        body = render_text(text, self.names.prefix, ascii_only=self._ascii_only)
        return b'" t="inlineStr">' + body + b"</" + self.names.prefix + b"c>"

    def _cell(self, column: int, number: int, text: str, style: bytes = b"") -> bytes:
        marks = b'%b r="%b%d"' % (self._cell_tag, letters(column).encode(), number)
        if style:
            marks += b' s="%b"' % style
        return marks + self._rendered(text)[1:] if text else marks + b"/>"

    def _ends_before(self, seen: bytes, start: int, close: int) -> bool:
        """Tell whether the row's last cell stands left of the new columns (they go to its end)."""
        place = seen.rfind(self._cell_tag + b" ", start, close)
        if place < 0:
            return not seen[start:close].strip()
        found = _LAST.match(seen, place + len(self._cell_tag), close)
        return found is not None and column_of(found[1].decode("ascii")) < self._first

    def _start_tag(self, tag: bytes, closed: bool) -> bytes:
        """Return a row's start tag with its spans widened, and open if it closed itself."""
        last = self._plan.last_column
        if last is not None and b"spans" in tag:
            tag = _SPANS.sub(
                lambda match: b"%b%d%b" % (match[1], max(int(match[2]), last), match[3]), tag
            )
        return tag[: tag.rindex(b"/")].rstrip() + b">" if closed else tag

    def _rewritten(self, row: _Row) -> bytes:
        """Return a row's cells with some changed and some added, in the order of their columns."""
        waiting = sorted({*row.changes, *row.new})
        parts: list[bytes] = []
        cursor = end = 0
        style = b""
        for match, column in cells_of(row.mask, self.names):
            while waiting and waiting[0] < column:
                made = self._made(row, waiting.pop(0), style)
                parts += [row.content[cursor : match.start()], made]
                cursor = match.start()
            found = _STYLE.search(match[1])
            if waiting and waiting[0] == column:
                self._check_free(match, row.number, column)
                made = self._made(row, waiting.pop(0), found[1] if found else b"")
                parts += [row.content[cursor : match.start()], made]
                cursor = match.end()
            if found and row.number == self._plan.header_row:
                style = found[1]
            end = match.end()
        parts.append(row.content[cursor:end])
        parts += [self._made(row, column, style) for column in waiting]
        result = b"".join([*parts, row.content[end:]])
        self._check_row(row, result)
        return result

    def _made(self, row: _Row, column: int, style: bytes) -> bytes:
        """Return a planned cell; style: of the cell it replaces, or of the header to its left."""
        if column in row.changes:
            return self._cell(column, row.number, row.changes[column], style)
        cell = row.new[column]
        if not style:
            return cell
        return cell.replace(b'" t="inlineStr">', b'" s="%b" t="inlineStr">' % style, 1)

    def _check_free(self, match: re.Match[bytes], number: int, column: int) -> None:
        """Refuse to write over a formula or an error, whatever was planned."""
        body = match[2] or b""
        if self.names.formula.search(body) or attributes(match[1]).get(b"t") == b"e":
            raise UnwritableList(
                "the cell holds a formula or an error, which is never written over",
                file=str(self._path),
                place=f"cell {letters(column)}{number}",
                remedy="Replace it by its value in the spreadsheet program first.",
            )

    def _check_row(self, row: _Row, result: bytes) -> None:
        """Read a rewritten row again: the planned cells as planned, all others byte for byte."""
        before = {column: match[0] for match, column in cells_of(row.mask, self.names)}
        after = {column: match[0] for match, column in cells_of(masked(result), self.names)}
        planned = {column: self._made(row, column, b"") for column in {*row.changes, *row.new}}
        texts = {column: _body(cell) for column, cell in after.items() if column in planned}
        others = {column: cell for column, cell in after.items() if column not in planned}
        kept = {column: cell for column, cell in before.items() if column not in planned}
        if others != kept or texts != {column: _body(cell) for column, cell in planned.items()}:
            raise UnwritableList(
                "the workbook cannot be changed safely in place: a row is written unusually",
                file=str(self._path),
                place=f"row {row.number}",
                remedy=ELSEWHERE,
            )


def cells_of(mask: bytes, names: Grammar) -> Iterator[tuple[re.Match[bytes], int]]:
    """Yield the cells of a row's content with their columns."""
    column = 0
    for match in names.cell.finditer(mask):
        place = _PLACE.match(attributes(match[1]).get(b"r", b""))
        column = column_of(place[1].decode("ascii")) if place else column + 1
        yield match, column


def _body(cell: bytes) -> bytes:
    return cell[cell.index(b">") + 1 :]


def changed_since(path: Path, row: int | None = None) -> UnwritableList:
    """Make the error of a workbook that is no longer what was read."""
    return UnwritableList(
        "the workbook was changed while it was being cleaned",
        file=str(path),
        place=None if row is None else f"row {row}",
        remedy="Run again.",
    )
