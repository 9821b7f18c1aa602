"""Places: where in a table the header stands, and what above, amid and below is no contact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..earlier import COLUMNS, VERDICT, is_our_row, is_verdict, judged_width
from ..headers import LOOK_AHEAD, HeaderPlace, find_header, header_names, role_of
from .lines import Lines, Places
from .records import read_field
from .table import (
    BLANK,
    CONTACT,
    FOOTER,
    HEADER,
    OPEN_QUOTE,
    PREAMBLE,
    REPEATED,
    Dialect,
    Records,
    fields_of,
    find_records,
    first_records,
    foreign_bytes,
)

_TOTAL = re.compile(
    r"\s*(?:総?合計|小計|総計|累計|計|件数|合計件数|以上|(?:grand |sub-?)?totals?|sum|count|"
    r"summe|gesamt(?:summe)?|total général|totale?s?|suma)\s*(?:[:：(（].*|\d.*)?",
    re.IGNORECASE | re.DOTALL,
)
_FOOTERS = 10
"""How many records from the end may be footers."""


@dataclass(frozen=True)
class Top:
    """The header of a file.

    header: its cells, '' where blank; as many blanks as the rows have cells where there is none.
    lines: the lines (0-based) of its one or two rows. named: the line that names the columns.
    """

    header: tuple[str, ...]
    lines: tuple[int, ...]
    named: int | None


def find_top(content: bytes, dialect: Dialect, email_columns: Sequence[str] = ()) -> Top:
    """Find the header among the first records."""
    part = content[: _end_of_lines(content, LOOK_AHEAD * 50)]
    first = first_records(part, dialect, LOOK_AHEAD + 1)
    if len(part) < len(content) and len(first) <= LOOK_AHEAD:
        first = first_records(content, dialect, LOOK_AHEAD + 1)
    if first and is_separator_line(b"".join(first[0][1]) if len(first[0][1]) == 1 else b""):
        first = first[1:]
    rows = [_texts(fields, dialect) for _, fields in first]
    place = find_header(rows[:LOOK_AHEAD], email_columns)
    judged = judged_width(rows)
    if judged is not None and not _is_header(rows, place, *judged):
        return Top(("",) * (judged[0] - len(COLUMNS)) + COLUMNS, (), None)
    if place.row is None:
        widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
        width = max(set(widths), key=lambda one: (widths.count(one), one)) if widths else 1
        return Top(("",) * width, (), None)
    lines = tuple(first[place.row + i][0] for i in range(place.rows))
    named = first[place.row if place.named is None else place.named][0]
    return Top(header_names(rows, place), lines, named)


def _is_header(rows: Sequence[Sequence[str]], place: HeaderPlace, judged: int, sure: bool) -> bool:
    """Tell whether what may be the header is it, above contacts that an earlier run judged."""
    if place.row is None:
        return False
    cells = rows[place.row if place.named is None else place.named]
    named = VERDICT in cells or (not sure and any(role_of(cell)[0] for cell in cells))
    return named or (len(cells) == judged and not is_our_row(cells))


def is_separator_line(line: bytes) -> bool:
    """Tell whether a line is Excel's own `sep=;`, which names the delimiter."""
    return re.fullmatch(rb'"?sep=.?"?', line, re.IGNORECASE) is not None


def find_places(
    content: bytes, dialect: Dialect, top: Top, lines: Lines, broken: Places
) -> Records:
    """Divide a content into records and say what each of them is."""
    records = find_records(content, dialect, len(top.header), lines, broken)
    _mark_top(records, content, top)
    _mark_repeated(records, content, dialect)
    ours = top.header.index(VERDICT) if VERDICT in top.header else None
    if (records.width if ours is None else ours) > 1:
        _mark_footers(records, content, dialect, ours)
    return records


def _mark_top(records: Records, content: bytes, top: Top) -> None:
    kinds = records.kinds
    if len(kinds) and is_separator_line(content[records.starts[0] : records.ends[0]]):
        kinds[0] = PREAMBLE
    if not top.lines:
        return
    numbers = np.searchsorted(records.lines, top.lines)
    above = kinds[: numbers[0]]
    above[above != BLANK] = PREAMBLE
    kinds[numbers] = HEADER


def _mark_repeated(records: Records, content: bytes, dialect: Dialect) -> None:
    """Mark the rows that are the header once more, byte for byte (glued exports).

    Where the header has columns of an earlier run of ours, they are those before them.
    """
    headers = np.flatnonzero(records.kinds == HEADER)
    sizes = records.ends - records.starts
    lines = [content[records.starts[one] : records.ends[one]] for one in headers.tolist()]
    ours = re.compile(re.escape(dialect.cut) + rb'"?' + VERDICT.encode())
    lines += [line[: found.start()] for line in lines if (found := ours.search(line))]
    for line in lines:
        alike = (sizes == len(line)) & (records.kinds == CONTACT)
        alike[: headers[-1] + 1] = False
        for number in np.flatnonzero(alike).tolist():
            if content.startswith(line, int(records.starts[number])):
                records.kinds[number] = REPEATED


def _mark_footers(records: Records, content: bytes, dialect: Dialect, ours: int | None) -> None:
    """Mark the last rows that are no contacts: totals, remarks, "end of report"."""
    waiting: list[int] = []
    below = False
    for number in range(len(records.kinds) - 1, max(len(records.kinds) - 1 - _FOOTERS, -1), -1):
        kind = records.kinds[number]
        what = "parting" if kind == BLANK else ""
        if kind == CONTACT:
            what = _footer_kind(records, content, dialect, number, ours)
        if not what:
            return
        waiting.append(number)
        if what == "perhaps":  # a lone remark is none before a total or a blank line parts it off
            continue
        if what == "below":  # several cells without an address are none but below a total
            below = True
            continue
        if what == "parting" and below:
            continue
        below = False
        records.kinds[[one for one in waiting if records.kinds[one] == CONTACT]] = FOOTER
        waiting = []


def _footer_kind(
    records: Records, content: bytes, dialect: Dialect, number: int, ours: int | None
) -> str:
    """Tell whether a record is a footer: "surely", "perhaps", "below" a total, or '' for no.

    ours: where the verdict of an earlier run stands; what has one was no footer then.
    """
    fields = fields_of(content, records, number, dialect)
    odd = records.odd.get(number)
    if odd is not None and odd.fault in (OPEN_QUOTE, foreign_bytes(dialect)):
        return ""
    if len(fields) > 64 or records.ends[number] - records.starts[number] > 4096:
        return ""
    cells = _texts(fields, dialect)
    filled = [cell for cell in cells if cell.strip()]
    judged = ours is not None and is_verdict("".join(cells[ours : ours + 1]))
    if judged or not filled or any("@" in cell or "＠" in cell for cell in filled):
        return ""
    if is_total(filled[0]):
        return "surely"
    if len(filled) > 1:
        return "below"
    return "surely" if len(fields) == 1 else "perhaps"


def is_total(text: str) -> bool:
    """Tell whether the first text of a row says that the row is a total: "合計", "Total: 12"."""
    return _TOTAL.fullmatch(text) is not None


def _texts(fields: Sequence[bytes], dialect: Dialect) -> list[str]:
    return [
        read_field(one, dialect.spaced).decode(dialect.codec, errors="replace") for one in fields
    ]


def _end_of_lines(content: bytes, count: int) -> int:
    """Return where the first `count` lines end, or the content's end."""
    place = 0
    for _ in range(count):
        place = content.find(b"\n", place) + 1
        if not place:
            return len(content)
    return place
