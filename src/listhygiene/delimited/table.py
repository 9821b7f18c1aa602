"""Table: the records of a file, and what each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..model.quantity import quantity
from .lines import Lines, Places, survey
from .records import find_close, find_open_quote, read_field, split_record

CONTACT, BLANK, PREAMBLE, HEADER, REPEATED, FOOTER = range(6)
"""What a record can be."""

OPEN_QUOTE = "a quote is left open"
FOREIGN_BYTES = "bytes that are not {encoding}"
WIDTH = "{cells}, the header has {columns}"


@dataclass(frozen=True)
class Dialect:
    """How a file is written.

    encoding: Python's name for it, as shown to people; bom: the bytes before everything else.
    codec: the encoding of the content that is worked on: the file's own where commas, quotes and
        line ends are single bytes that mean nothing else in it, else UTF-8.
    spaced: spaces may stand before an opening quote.
    """

    encoding: str
    codec: str
    delimiter: str
    bom: bytes = b""
    spaced: bool = False

    @property
    def cut(self) -> bytes:
        """The delimiter as a byte of the content."""
        return self.delimiter.encode("ascii")


class Odd(NamedTuple):
    """A record that had to be read by itself: its raw fields, and what is wrong with it or ''."""

    fields: list[bytes]
    fault: str


@dataclass(frozen=True)
class Records:
    """The records of a content in their order: record i is content[starts[i]:ends[i]].

    lines: 0-based line of the file where a record starts. odd: records that are not `width` plain
    fields by themselves.
    """

    starts: Places
    ends: Places
    lines: Places
    kinds: npt.NDArray[np.uint8]
    odd: dict[int, Odd]
    width: int


def find_records(
    content: bytes, dialect: Dialect, width: int, found: Lines, broken: Places
) -> Records:
    """Divide a content into records.

    width: how many fields the header has. broken: lines that hold bytes foreign to the encoding.
    """
    strange = found.odd | (found.widths != width)
    strange[broken] = True
    reader = _Reader(content, dialect, width, found)
    foreign = foreign_bytes(dialect)
    heads = np.ones(len(found.starts), dtype=bool)
    ends = found.ends.copy()
    odd: dict[int, Odd] = {}
    behind = 0
    broken_lines = set(broken.tolist())
    for line in np.flatnonzero(strange).tolist():
        if line < behind:
            continue
        behind, one = reader.read(line)
        heads[line + 1 : behind] = False
        ends[line] = found.ends[behind - 1]
        if not broken_lines.isdisjoint(range(line, behind)):
            one = Odd(one.fields, foreign)
        odd[line] = one
    places = np.flatnonzero(heads)
    kinds = np.where(found.blank[places], BLANK, CONTACT).astype(np.uint8)
    numbers = np.searchsorted(places, np.fromiter(odd, dtype=np.int64, count=len(odd)))
    records = Records(
        found.starts[places],
        ends[places],
        places,
        kinds,
        dict(zip(numbers.tolist(), odd.values(), strict=True)),
        width,
    )
    _check_blank(records, content, dialect)
    return records


def foreign_bytes(dialect: Dialect) -> str:
    """Say what is wrong with a record whose bytes are not of the file's encoding."""
    return FOREIGN_BYTES.format(encoding=dialect.encoding.upper())


def fields_of(content: bytes, records: Records, number: int, dialect: Dialect) -> list[bytes]:
    """Return the raw fields of a record."""
    one = records.odd.get(number)
    if one is not None:
        return one.fields
    record = content[records.starts[number] : records.ends[number]]
    return split_record(record, dialect.cut, dialect.spaced)


def first_records(content: bytes, dialect: Dialect, count: int) -> list[tuple[int, list[bytes]]]:
    """Return the first records of a content: line and raw fields, a blank line as one empty field.

    Whether a quote was left open is judged as if every width were right.
    """
    found = survey(content, dialect.cut)
    reader = _Reader(content, dialect, None, found)
    out: list[tuple[int, list[bytes]]] = []
    line = 0
    while line < len(found.starts) and len(out) < count:
        behind, one = reader.read(line)
        out.append((line, one.fields))
        line = behind
    return out


class _Reader:
    """Reads single records where lines alone don't tell where they end."""

    def __init__(self, content: bytes, dialect: Dialect, width: int | None, lines: Lines) -> None:
        self._content, self._width, self._lines = content, width, lines
        self._cut, self._spaced = dialect.cut, dialect.spaced
        # Looking for the end of quotes that never close must stay linear in the file's size.
        self._budget = 4 * len(content) + (1 << 26)

    def read(self, line: int) -> tuple[int, Odd]:
        """Read the record that starts at a line; return the line behind it, and the record."""
        start, end = int(self._lines.starts[line]), int(self._lines.ends[line])
        record = self._content[start:end]
        opening = find_open_quote(record, self._cut, self._spaced)
        if opening is None:
            return line + 1, self._judge(split_record(record, self._cut, self._spaced), "")
        last = self._find_last_line(line, start + opening)
        if last is not None:
            whole = self._content[start : int(self._lines.ends[last])]
            fields = split_record(whole, self._cut, self._spaced)
            if not self._is_swallowed(line, last, len(fields)):
                return last + 1, self._judge(fields, "")
        return line + 1, self._judge(split_record(record, self._cut, self._spaced), OPEN_QUOTE)

    def _judge(self, fields: list[bytes], fault: str) -> Odd:
        if not fault and self._width is not None and len(fields) != self._width:
            fault = WIDTH.format(cells=quantity(len(fields), "cell"), columns=self._width)
        return Odd(fields, fault)

    def _find_last_line(self, line: int, opening: int) -> int | None:
        """Return the line on which a record with an open quote ends, or None: it never closes.

        Behind a quote that closes on a later line only a delimiter or the line's end may stand.
        """
        while True:
            limit = min(len(self._content), opening + max(self._budget, 1 << 16))
            close = find_close(self._content, opening, limit)
            self._budget -= (close or limit) - opening
            if close is None:
                return None
            if self._content[close : close + 1] not in (self._cut, b"\r", b"\n", b""):
                return None
            last = int(np.searchsorted(self._lines.starts, close - 1, side="right")) - 1
            rest = self._content[close : int(self._lines.ends[last])]
            again = find_open_quote(rest[1:], self._cut, self._spaced) if rest else None
            if again is None:
                return last
            opening = close + 1 + again

    def _is_swallowed(self, line: int, last: int, cells: int) -> bool:
        """Tell whether the lines taken into a quoted field are rather rows of their own.

        They are where the record has the wrong width but each line behind the first has the right
        one; or where all lines have it and each holds an address, as rows of contacts do.
        """
        if self._width is None or self._width < 2:
            return False
        texts = [
            self._content[int(self._lines.starts[i]) : int(self._lines.ends[i])]
            for i in range(line, last + 1)
        ]
        if any(text.count(self._cut) + 1 != self._width for text in texts[1:]):
            return False
        if cells != self._width:
            return True
        first = texts[0].count(self._cut) + 1 == self._width
        return first and all(b"@" in text for text in texts)


def _check_blank(records: Records, content: bytes, dialect: Dialect) -> None:
    """Settle which records are blank: no field says anything."""
    kinds, blank = records.kinds, np.flatnonzero(records.kinds == BLANK)
    sizes = records.ends[blank] - records.starts[blank]
    for number in blank[sizes >= records.width].tolist():
        if any(one not in (b"", b'""') for one in fields_of(content, records, number, dialect)):
            kinds[number] = CONTACT
    for number, one in records.odd.items():
        empty = not any(read_field(raw, dialect.spaced).strip() for raw in one.fields)
        kinds[number] = BLANK if empty else CONTACT
