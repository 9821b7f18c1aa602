"""Weave: a file's records with their changes and additions, in stretches, and the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..patch import PatchMaker, Sums
from .splice import BINARY, view_records
from .table import Dialect, Records

STRETCH = 1 << 16
"""How many records are woven in one go."""


@dataclass(frozen=True)
class Weave:
    """What becomes of each record of a file.

    keep: records that stay. changed: record -> its new bytes. suffixed: records that get the
    `suffixes`, raw fields with a value for each contact; rows: which records are the contacts.
    """

    keep: npt.NDArray[np.bool_]
    changed: Mapping[int, bytes]
    suffixed: npt.NDArray[np.bool_]
    suffixes: list[pa.LargeBinaryArray]
    rows: npt.NDArray[np.int64]


def weave(
    content: bytes, records: Records, plan: Weave, dialect: Dialect, patch: PatchMaker, sums: Sums
) -> Iterator[memoryview]:
    """Yield the new content in stretches; what leads back is put into `patch` and `sums`."""
    changed = np.array(sorted(plan.changed), dtype=np.int64)
    sums.begin(int(plan.keep.sum()))
    pending = 0
    for first in range(0, len(records.starts), STRETCH):
        last = min(first + STRETCH, len(records.starts))
        old, line_ends = view_records(content, records, first, last)
        here = changed[np.searchsorted(changed, first) : np.searchsorted(changed, last)]
        new = _replace(old, here - first, [plan.changed[one] for one in here.tolist()])
        new = _append(new, first, last, plan, dialect)
        keep = plan.keep[first:last]
        touched = np.zeros(last - first, dtype=bool)
        touched[here - first] = True
        pending = _note(patch, old, line_ends, new, keep, touched, pending)
        woven = pc.binary_join_element_wise(new, line_ends, _scalar(b""))
        yield sums.add(woven if keep.all() else woven.filter(pa.array(keep)))
    patch.step(pending)


def _replace(
    old: pa.LargeBinaryArray, places: npt.NDArray[np.int64], texts: list[bytes]
) -> pa.LargeBinaryArray:
    if not len(places):
        return old
    sources = np.arange(len(old))
    sources[places] = len(old) + np.arange(len(places))
    return pa.concat_arrays([old, pa.array(texts, type=BINARY)]).take(pa.array(sources))


def _append(
    old: pa.LargeBinaryArray, first: int, last: int, plan: Weave, dialect: Dialect
) -> pa.LargeBinaryArray:
    """Put the added fields behind the records of a stretch that get them."""
    if not plan.suffixes:
        return old
    begin, end = np.searchsorted(plan.rows, (first, last))
    places = plan.rows[begin:end] - first
    fields = [one.slice(begin, end - begin) for one in plan.suffixes]
    if len(places) < last - first:  # others stand between the contacts: no field for them
        lookup = np.full(last - first, -1, dtype=np.int64)
        lookup[places] = np.arange(len(places))
        index = pa.array(lookup, mask=lookup < 0)
        fields = [one.take(index).fill_null(b"") for one in fields]
    longer = pc.binary_join_element_wise(old, *fields, _scalar(dialect.cut))
    gets = plan.suffixed[first:last]
    return longer if gets.all() else pc.if_else(pa.array(gets), longer, old)


def _note(
    patch: PatchMaker,
    old: pa.LargeBinaryArray,
    line_ends: pa.LargeBinaryArray,
    new: pa.LargeBinaryArray,
    keep: npt.NDArray[np.bool_],
    touched: npt.NDArray[np.bool_],
    pending: int,
) -> int:
    """Write down how a stretch goes back; return how many bytes of its last line end are open.

    A record that only grew is copied and its new end skipped; a changed one is skipped and the
    old one inserted; one that was dropped is inserted with its line end.
    """
    size, tail = _sizes(old), _sizes(line_ends)
    grown = _sizes(new)
    same = keep & ~touched
    before = np.concatenate(([pending], np.where(keep, tail, 0)[:-1]))
    copies = before + np.where(same, size, 0)
    skips = np.where(same, grown - size, np.where(keep, grown, 0))
    inserts = np.where(same, 0, np.where(keep, size, size + tail))
    literal = b""
    if not same.all():
        lost = pa.array(np.flatnonzero(~same))
        ends = pc.if_else(pa.array(keep[~same]), _scalar(b""), line_ends.take(lost))
        both = pc.binary_join_element_wise(old.take(lost), ends, _scalar(b""))
        literal = b"".join(both.to_pylist())
    patch.steps(copies, skips, inserts, literal)
    return int(tail[-1]) if keep[-1] else 0


def _sizes(texts: pa.LargeBinaryArray) -> npt.NDArray[np.int64]:
    return np.asarray(pc.binary_length(texts), dtype=np.int64)


def _scalar(text: bytes) -> pa.Scalar:
    return pa.scalar(text, BINARY)
