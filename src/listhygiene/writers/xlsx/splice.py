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
    split_sheet,
)
from .additions import Additions
from .edges import change_head, change_tail
from .plan import ELSEWHERE, Plan
from .styles import Colours

_SPANS = re.compile(rb"""(\sspans\s*=\s*["'][^"']*?:)(\d+)(\s*["'])""")
_PLACE = re.compile(rb"""\s*\$?([A-Za-z]{1,3})""")
_LAST = re.compile(rb"""(?=\s)[^<>]*?\sr\s*=\s*["']\s*([A-Za-z]{1,3})""")
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


_MOST_TAGS = 1000


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
        self._plan, self._path = plan, path
        self._additions = Additions(plan, names.prefix, ascii_only=ascii_only)
        self._rows = iter(plan.rows.tolist())
        self._next = next(self._rows, None)
        self._number = 0
        self._pending = set(plan.cells)
        self._first = plan.added[0].column if plan.added else 0
        self._left: dict[bytes, bool] = {}
        self._tags: dict[bytes, bytes] = {}
        self._cell_start = b"<" + names.prefix + b"c"

    def take(self, piece: bytes) -> bytes:
        """Return a piece of rows with its part of the plan carried out."""
        seen = masked(piece)
        usual = b"extLst" not in seen
        parts: list[bytes] = []
        cursor = 0
        for number, tag, close, end in each_row(seen, self.names, self._number, self._path):
            self._number = number
            added = b""
            if number == self._next:
                added = self._additions.next_row(number)
                self._next = next(self._rows, None)
            changes = self._plan.cells.get(number)
            header = number == self._plan.header_row and bool(self._plan.added)
            if not added and changes is None and not header:
                continue
            inside = tag.end()
            parts += (piece[cursor : tag.start()], self._start_tag(tag))
            if usual and changes is None and not header and self._fits(seen, inside, close):
                parts += (piece[inside:close], added)
            else:
                self._pending.discard(number)
                new = self._headers(number) if header else self._parted(added)
                row = _Row(number, piece[inside:close], seen[inside:close], changes or {}, new)
                parts.append(self._rewritten(row))
            parts.append(b"</%brow>" % self.names.prefix if tag[3] else piece[close:end])
            cursor = end
        parts.append(piece[cursor:])
        return b"".join(parts)

    def finish(self) -> None:
        """Make sure that every row of the plan was met."""
        if self._pending or self._next is not None:
            raise changed_since(self._path, min(self._pending, default=self._next))

    def _headers(self, number: int) -> dict[int, bytes]:
        make = self._additions.cell
        return {one.column: make(one.column, number, one.name) for one in self._plan.added}

    def _parted(self, added: bytes) -> dict[int, bytes]:
        """Take the appended cells of a row apart: column -> XML."""
        return {column: match[0] for match, column in cells_of(added, self.names)}

    def _fits(self, seen: bytes, start: int, close: int) -> bool:
        """Tell whether the row's last cell stands left of the new columns (they go to its end)."""
        place = seen.rfind(self._cell_start, start, close)
        if place < 0:
            return not seen[start:close].strip()
        found = _LAST.match(seen, place + len(self._cell_start), close)
        if found is None:
            return False
        name = found[1]
        if name not in self._left:
            self._left[name] = column_of(name.decode("ascii")) < self._first
        return self._left[name]

    def _start_tag(self, match: re.Match[bytes]) -> bytes:
        """Return a row's start tag with its spans widened, and open if it closed itself."""
        tag = match[0]
        last = self._plan.last_column
        if last is not None and b"spans" in tag:
            spans = match[2]
            if spans not in self._tags:
                if len(self._tags) > _MOST_TAGS:
                    self._tags.clear()
                self._tags[spans] = _SPANS.sub(
                    lambda one: b"%b%d%b" % (one[1], max(int(one[2]), last), one[3]), spans
                )
            tag = tag.replace(spans, self._tags[spans], 1)
        return tag[: tag.rindex(b"/")].rstrip() + b">" if match[3] else tag

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
            return self._additions.cell(column, row.number, row.changes[column], style)
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
