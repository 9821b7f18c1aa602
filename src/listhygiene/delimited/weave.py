"""Weave: a file's records with their changes and additions, in stretches, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..patch import PatchMaker, Sums
from ..texts import offsets_of
from .stretches import NOTHING, Places, between, view, whole
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
    """Some records in a row: where they stand, and of the changed ones the new bytes."""

    content: bytes
    starts: Places
    ends: Places
    nexts: Places
    keep: Marks
    changed: Places
    texts: pa.LargeBinaryArray
    ending: npt.NDArray[np.int32]


def weave(
    content: bytes, records: Records, plan: Weave, patch: PatchMaker, sums: Sums
) -> Iterator[memoryview]:
    """Yield the new content in stretches; what leads back is put into `patch` and `sums`."""
    sums.begin(int(plan.keep.sum()))
    longer = np.diff(offsets_of(plan.endings))
    pending = 0
    for first in range(0, len(records.starts), STRETCH):
        one = _cut(content, records, plan, first)
        grown = one.ends - one.starts
        grown[one.changed] = np.diff(offsets_of(one.texts))
        grown += longer[one.ending]
        pending = _note(patch, one, grown, pending)
        sizes = (grown + one.nexts - one.ends)[one.keep]
        yield sums.add(_join(one, plan.endings), sizes)
    patch.step(pending)


def _cut(content: bytes, records: Records, plan: Weave, first: int) -> _Stretch:
    part = slice(first, min(first + STRETCH, len(records.starts)))
    begin, end = np.searchsorted(plan.changed, (part.start, part.stop))
    following = [*records.starts[part.stop : part.stop + 1].tolist(), len(content)][0]
    return _Stretch(
        content,
        records.starts[part],
        records.ends[part],
        np.append(records.starts[first + 1 : part.stop], following),
        plan.keep[part],
        plan.changed[begin:end] - first,
        plan.texts.slice(begin, end - begin),
        plan.ending[part],
    )


def _join(one: _Stretch, endings: pa.LargeBinaryArray) -> memoryview:
    """Return the stretch as it will stand in the new file."""
    if not one.keep.all():
        return _join_some(one, endings)
    if not len(one.changed) and not one.ending.any():
        return memoryview(one.content)[one.starts[0] : one.nexts[-1]]
    # Each piece but the first begins with the line end before it, so that they lie end to end.
    bounds = np.concatenate((one.starts[:1], one.ends, one.nexts[-1:]))
    pieces = view(one.content, bounds)
    if len(one.changed):
        heads = np.where(one.changed > 0, one.ends[one.changed - 1], one.starts[0])
        gaps = between(one.content, heads, one.starts[one.changed])
        mask = np.zeros(len(pieces), dtype=bool)
        mask[one.changed] = True
        new = pc.binary_join_element_wise(gaps, one.texts, NOTHING)
        pieces = pc.replace_with_mask(pieces, pa.array(mask), new)
    added = endings.take(pa.array(np.append(one.ending, 0)))
    return whole(pc.binary_join_element_wise(pieces, added, NOTHING))


def _join_some(one: _Stretch, endings: pa.LargeBinaryArray) -> memoryview:
    """Return those records of the stretch that are kept, each with its own line end."""
    left = np.flatnonzero(one.keep)
    old = between(one.content, one.starts, one.ends)
    if len(one.changed):
        mask = np.zeros(len(old), dtype=bool)
        mask[one.changed] = True
        old = pc.replace_with_mask(old, pa.array(mask), one.texts)
    tails = between(one.content, one.ends[left], one.nexts[left])
    added = endings.take(pa.array(one.ending[left]))
    return whole(pc.binary_join_element_wise(old.take(pa.array(left)), added, tails, NOTHING))


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
