"""Changes: the cells of a list that a run changed, as columns, and one by one where wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, replace
from itertools import chain
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .cores import aside
from .model.listing import Listing
from .texts import LARGE

Places = npt.NDArray[np.int64]

AT_ONCE = 1 << 16
"""How many lines of a log are made in one go."""

_ESCAPED = r'[\x00-\x1f"\\]'
"""What JSON (RFC 8259, 7) has escaped in a string."""


@dataclass(frozen=True)
class Change:
    """One cell that was changed.

    row: of the frame, 0-based; -1 is the header. line: as a person looks it up. column: position;
    header: its name. rule: the codes that changed it, space-separated ("platform": a header).
    key: what the list's key column (head line, "key") says in that row. list: the member of an
    archive. sheet: the sheet, of a workbook that holds several lists.
    """

    row: int
    line: int
    column: int
    header: str
    before: str
    after: str
    rule: str
    key: str = ""
    list: str = ""
    sheet: str = ""


@dataclass(frozen=True, eq=False)
class Changes(Sequence[Change]):
    """Changed cells of one list, a value a cell in each array.

    headers: the list's header. Texts are Arrow large strings. list, sheet: see `Change`.
    """

    rows: Places
    lines: Places
    columns: Places
    headers: tuple[str, ...]
    before: pa.Array
    after: pa.Array
    rules: pa.Array
    keys: pa.Array
    list: str = ""
    sheet: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Change: ...
    @overload
    def __getitem__(self, place: slice) -> Changes: ...
    def __getitem__(self, place: int | slice) -> Change | Changes:
        if isinstance(place, slice):
            return self.take(np.arange(len(self))[place])
        found = range(len(self))[place]
        return next(iter(self.take(np.array([found]))))

    def __iter__(self) -> Iterator[Change]:
        texts = [one.to_pylist() for one in (self.before, self.after, self.rules, self.keys)]
        numbers = [one.tolist() for one in (self.rows, self.lines, self.columns)]
        for row, line, column, before, after, rule, key in zip(*numbers, *texts, strict=True):
            header = self.headers[column]
            yield Change(row, line, column, header, before, after, rule, key, self.list, self.sheet)

    def take(self, places: Places) -> Changes:
        """Return some of the changes."""
        index = pa.array(places)
        return replace(
            self,
            rows=self.rows[places],
            lines=self.lines[places],
            columns=self.columns[places],
            before=self.before.take(index),
            after=self.after.take(index),
            rules=self.rules.take(index),
            keys=self.keys.take(index),
        )

    def cells(self) -> dict[tuple[int, int], str]:
        """Return the new texts by row and column, as `Edits` has them."""
        places = zip(self.rows.tolist(), self.columns.tolist(), strict=True)
        return dict(zip(places, self.after.to_pylist(), strict=True))


def of_headers(listing: Listing, renamed: Mapping[int, str], sheet: str) -> list[Change]:
    """Return the changes that give columns other names. renamed: position -> new name."""
    line = listing.header_line or 1
    names = {at: (listing.header[at], new) for at, new in renamed.items()}
    return [
        Change(-1, line, at, old, old, new, "platform", sheet=sheet)
        for at, (old, new) in names.items()
    ]


def of_rows(changes: Sequence[Change], keep: npt.NDArray[np.bool_] | None) -> Sequence[Change]:
    """Return the changes of the rows that are kept, and of the header. keep: None for all."""
    if keep is None:
        return changes
    if isinstance(changes, Changes):
        return changes.take(np.flatnonzero((changes.rows < 0) | keep[changes.rows]))
    return [one for one in changes if one.row < 0 or keep[one.row]]


def in_member(changes: Sequence[Change], member: str) -> Sequence[Change]:
    """Return the changes of a list as those of a member of an archive."""
    if isinstance(changes, Changes):
        return replace(changes, list=member)
    return [replace(one, list=member) for one in changes]


def joined(parts: Sequence[Sequence[Change]]) -> Sequence[Change]:
    """Return the changes of several lists one after the other."""
    return next(iter(parts)) if len(parts) == 1 else tuple(chain.from_iterable(parts))


def json_lines(changes: Sequence[Change]) -> Iterator[bytes]:
    """Yield the lines of a change log, many at once."""
    if isinstance(changes, Changes):
        for start in range(0, len(changes), AT_ONCE):
            yield _spelt(changes[start : start + AT_ONCE])
        return
    for one in changes:
        entry = asdict(one)
        if not one.sheet:
            del entry["sheet"]
        yield _json(entry) + b"\n"


def begin_lines(changes: Sequence[Change]) -> Iterator[bytes]:
    """Begin to make the lines of a change log; the first of them are ready when asked for."""
    lines = json_lines(changes)
    return chain(map(Future.result, [aside(next, lines, b"")]), lines)


def _spelt(changes: Changes) -> bytes:
    """Spell changes as JSON, column by column: the same bytes as one by one."""
    headers = pa.array([_json(one) for one in changes.headers], pa.large_binary())
    parts: list[Any] = [
        '{"row": ', _numbers(changes.rows), ', "line": ', _numbers(changes.lines),
        ', "column": ', _numbers(changes.columns),
        ', "header": ', headers.take(pa.array(changes.columns)),
        ', "before": ', _texts(changes.before), ', "after": ', _texts(changes.after),
        ', "rule": ', _texts(changes.rules), ', "key": ', _texts(changes.keys),
        ', "list": ', _json(changes.list),
        *([', "sheet": ', _json(changes.sheet)] if changes.sheet else []), "}\n", b"",
    ]  # fmt: skip
    binary = pa.large_binary()
    columns = [pa.scalar(one, binary) if isinstance(one, str | bytes) else one for one in parts]
    lines = pc.binary_join_element_wise(*columns)
    whole = pa.LargeListArray.from_arrays(pa.array([0, len(lines)], pa.int64()), lines)
    joined: bytes = pc.binary_join(whole, pa.scalar(b"", binary))[0].as_py()
    return joined


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _numbers(numbers: Places) -> pa.Array:
    return pa.array(numbers).cast(LARGE).cast(pa.large_binary())


def _texts(texts: pa.Array) -> pa.Array:
    """Return texts as JSON strings; the few that have to be escaped by Python's own writer."""
    risky = pc.match_substring_regex(texts, _ESCAPED)
    quote = pa.scalar('"', LARGE)
    quoted = pc.binary_join_element_wise(quote, texts, quote, pa.scalar("", LARGE))
    some = [json.dumps(one, ensure_ascii=False) for one in texts.filter(risky).to_pylist()]
    return pc.replace_with_mask(quoted, risky, pa.array(some, LARGE)).cast(pa.large_binary())
