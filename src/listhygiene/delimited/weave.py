"""Weave: a file's records with their changes and additions, in stretches, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..patch import PatchMaker, Sums
from ..texts import bytes_of, offsets_of
from .pieces import Pool, Views, pool
from .stretches import Places, between, whole
from .table import Records

STRETCH = 1 << 14
"""How many records are woven in one go."""

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Weave:
    """What becomes of each record of a file.

    keep: records that stay. changed: records, ascending; texts: their new bytes. endings: what is
    put behind records, the first of them nothing; ending: which of them each record gets.
    """

    keep: Marks
    changed: Places
    texts: pa.LargeBinaryArray
    endings: pa.LargeBinaryArray
    ending: npt.NDArray[np.int32]


@dataclass(frozen=True)
class _Stretch:
    """Some records in a row: where they stand, and of the changed ones which texts they get."""

    content: bytes
    starts: Places
    ends: Places
    nexts: Places
    keep: Marks
    changed: Places
    texts: slice
    ending: npt.NDArray[np.int32]


@dataclass(frozen=True)
class _Pieces:
    """What is put together: the old content, and views of the new texts and of the endings."""

    pool: Pool
    texts: Views
    endings: Views


def weave(content: bytes, records: Records, plan: Weave, sums: Sums) -> Iterator[memoryview]:
    """Yield the new content in stretches; what tells of later edits is put into `sums`."""
    sums.begin(int(plan.keep.sum()))
    pieces = _pieces(content, plan)
    for one, grown in _stretches(content, records, plan):
        sizes = (grown + one.nexts - one.ends)[one.keep]
        yield sums.add(_join(one, pieces), sizes)


def lead_back(content: bytes, records: Records, plan: Weave) -> PatchMaker:
    """Return what makes the content out of what is woven of it."""
    patch = PatchMaker()
    pending = 0
    for one, grown in _stretches(content, records, plan):
        pending = _note(patch, one, grown, pending)
    patch.step(pending)
    return patch


def _stretches(content: bytes, records: Records, plan: Weave) -> Iterator[tuple[_Stretch, Places]]:
    """Yield stretches, and how long each record is in the new content, without its line end."""
    longer, news = np.diff(offsets_of(plan.endings)), np.diff(offsets_of(plan.texts))
    for first in range(0, len(records.starts), STRETCH):
        one = _cut(content, records, plan, first)
        grown = one.ends - one.starts
        grown[one.changed] = news[one.texts]
        grown += longer[one.ending]
        yield one, grown


def _pieces(content: bytes, plan: Weave) -> _Pieces:
    made = pool(content, bytes_of(plan.texts).data, bytes_of(plan.endings).data)
    texts, endings = offsets_of(plan.texts), offsets_of(plan.endings)
    return _Pieces(
        made, made.views(1, texts[:-1], texts[1:]), made.views(2, endings[:-1], endings[1:])
    )


def _cut(content: bytes, records: Records, plan: Weave, first: int) -> _Stretch:
    part = slice(first, min(first + STRETCH, len(records.starts)))
    begin, end = np.searchsorted(plan.changed, (part.start, part.stop)).tolist()
    following = [*records.starts[part.stop : part.stop + 1].tolist(), len(content)][0]
    return _Stretch(
        content,
        records.starts[part],
        records.ends[part],
        np.append(records.starts[first + 1 : part.stop], following),
        plan.keep[part],
        plan.changed[begin:end] - first,
        slice(begin, end),
        plan.ending[part],
    )


def _join(one: _Stretch, pieces: _Pieces) -> memoryview:
    """Return the stretch as it will stand in the new file."""
    if not one.keep.all():
        return _join_some(one, pieces)
    if not len(one.changed) and not one.ending.any():
        return memoryview(one.content)[one.starts[0] : one.nexts[-1]]
    # A record's piece begins with the line end before it; that of a changed one is nothing else.
    stops = one.ends.copy()
    stops[one.changed] = one.starts[one.changed]
    begins = np.concatenate((one.starts[:1], one.ends[:-1]))
    more = np.zeros(len(stops), np.int64)
    more[one.changed] = 1
    at = 2 * np.arange(len(stops)) + np.cumsum(more)
    views = np.empty((2 * len(stops) + len(one.changed) + 1, 2), np.uint64)
    views[at - more] = pieces.pool.views(0, begins, stops)
    views[at[one.changed]] = pieces.texts[one.texts]
    views[at + 1] = pieces.endings[one.ending]
    views[-1:] = pieces.pool.views(0, one.ends[-1:], one.nexts[-1:])
    return pieces.pool.join(views)


def _join_some(one: _Stretch, pieces: _Pieces) -> memoryview:
    """Return those records of the stretch that are kept, each with its own line end."""
    views = np.empty((len(one.starts), 3, 2), np.uint64)
    views[:, 0] = pieces.pool.views(0, one.starts, one.ends)
    views[one.changed, 0] = pieces.texts[one.texts]
    views[:, 1] = pieces.endings[one.ending]
    views[:, 2] = pieces.pool.views(0, one.ends, one.nexts)
    return pieces.pool.join(views[one.keep].reshape(-1, 2))


def _note(patch: PatchMaker, one: _Stretch, grown: Places, pending: int) -> int:
    """Write down how a stretch goes back; return how many bytes of its last line end are open.

    A record that only grew is copied and its new end skipped; a changed one is skipped and the
    old one inserted; one that was dropped is inserted with its line end.
    """
    size, tail = one.ends - one.starts, one.nexts - one.ends
    same = one.keep.copy()
    same[one.changed] = False
    before = np.concatenate(([pending], np.where(one.keep, tail, 0)[:-1]))
    copies = before + np.where(same, size, 0)
    skips = np.where(same, grown - size, np.where(one.keep, grown, 0))
    stops = np.where(one.keep, one.ends, one.nexts)
    inserts = np.where(same, 0, stops - one.starts)
    literal = b""
    if not same.all():
        literal = bytes(whole(between(one.content, one.starts[~same], stops[~same])))
    patch.steps(copies, skips, inserts, literal)
    return int(tail[-1]) if one.keep[-1] else 0
