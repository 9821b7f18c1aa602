"""Columns of texts as Arrow holds them: looked at by their bytes wherever that is enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .model.listing import TEXT

Marks = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int32]
Places = npt.NDArray[np.intp]

LARGE = pa.large_string()

_FEW = 10_000
"""So many cells are worth a look of their own."""

_MASKS = np.array([(1 << 8 * octets) - 1 for octets in range(9)], np.uint64)

_SPARSE = 16
"""Where fewer than one text in so many holds a character, its places are looked up one by one."""

NO_BYTE = 255
"""What `first_bytes` gives for an empty text; no UTF-8 text begins so."""


_MAY_BE_BLANK = np.array(
    [byte <= 0x20 or 0x80 <= byte < 0xE4 or 0xED < byte < NO_BYTE for byte in range(256)]
)
"""First bytes (UTF-8) of cells that may be blank: neither visible ASCII nor U+4000 to U+DFFF,
where no white space and no invisible character stands."""


def to_arrow(texts: pd.Series) -> pa.Array:
    """Return the texts of a Series as one Arrow array of large strings, without a copy if it is."""
    found = pa.array(texts.array) if texts.dtype == TEXT else pa.array(texts, from_pandas=True)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks() if found.num_chunks != 1 else found.chunk(0)
    return found if pa.types.is_large_string(found.type) else found.cast(LARGE)


def from_arrow(texts: Any, index: pd.Index | None = None) -> pd.Series:
    """Return Arrow texts as a TEXT Series."""
    dtype: Any = TEXT
    return pd.Series(dtype.__from_arrow__(texts), index=index, dtype=TEXT)


def taken_together(frame: pd.DataFrame) -> list[range]:
    """Return the places of a frame's columns in parts that are looked at as one.

    Of short columns there may be thousands, and each look costs more than their cells.
    """
    together = max(1, _FEW // max(1, len(frame)))
    places = range(frame.shape[1])
    return [places[start : start + together] for start in places[::together]]


def join_columns(frame: pd.DataFrame, places: Iterable[int]) -> pa.Array:
    """Return columns of texts below each other as one Arrow array; of one column without a copy."""
    columns = [to_arrow(frame.iloc[:, place]) for place in places]
    return columns[0] if len(columns) == 1 else pa.concat_arrays(columns)


def give_back() -> None:
    """Give memory that was used on the way back to the system; it keeps it otherwise."""
    pa.default_memory_pool().release_unused()
    pa.system_memory_pool().release_unused()  # what numpy and Python freed


def offsets_of(cells: pa.Array) -> npt.NDArray[np.int64]:
    """Return where each of the (large) texts begins in their bytes, and where the last one ends."""
    found = np.frombuffer(cells.buffers()[1] or bytes(8), np.int64)
    return found[cells.offset : cells.offset + len(cells) + 1]


def bytes_of(cells: pa.Array) -> npt.NDArray[np.uint8]:
    """Return the bytes in which the (large) texts stand one behind the other."""
    return np.frombuffer(cells.buffers()[2] or b"", np.uint8)


def by_eights(
    cells: pa.Array,
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.uint64]]]:
    """Yield the octets of all (large) texts by eights, one number each: the first of every text,
    then the next of those that are longer, and so on.

    With them goes which texts they are of. An empty text has one of 0.
    """
    offsets = offsets_of(cells)
    octets = bytes_of(cells)[offsets[0] : offsets[-1]]
    padded = np.zeros(len(octets) + 8, np.uint8)
    padded[: len(octets)] = octets
    words: npt.NDArray[np.uint64] = np.ndarray(
        len(octets) + 1,
        "<u8",
        padded,
        strides=(1,),  # at every octet
    )
    starts, left, rows = offsets[:-1] - offsets[0], np.diff(offsets), np.arange(len(cells))
    while len(rows):
        yield rows, words[starts] & _MASKS[np.minimum(left, 8)]
        more = left > 8
        rows, starts, left = rows[more], starts[more] + 8, left[more] - 8


def first_bytes(cells: pa.Array) -> npt.NDArray[np.uint8]:
    """Return the first byte of each (large) text; NO_BYTE where it is empty."""
    offsets = offsets_of(cells)
    starts, empty = offsets[:-1], offsets[:-1] == offsets[1:]
    view = bytes_of(cells)
    if not len(view):
        return np.full(len(cells), NO_BYTE, np.uint8)
    found = view[np.minimum(starts, len(view) - 1)]
    found[empty] = NO_BYTE
    return found


def may_be_blank(cells: pa.Array) -> npt.NDArray[np.intp]:
    """Return the places of the cells that are not empty, and begin as blank ones do."""
    return np.flatnonzero(_MAY_BE_BLANK[first_bytes(cells)])


def are_empty(cells: pa.Array) -> Marks:
    """Tell which cells have no character at all."""
    offsets = offsets_of(cells)
    return np.asarray(offsets[:-1] == offsets[1:])


def are_ascii(cells: pa.Array) -> bool:
    """Say whether all characters of all (large) texts are ASCII."""
    offsets = offsets_of(cells)
    return not bool((bytes_of(cells)[offsets[0] : offsets[-1]] > 127).any())


def any_contains(cells: pa.Array, text: str) -> bool:
    """Say whether any of the (large) texts may hold a text: True where one does."""
    offsets = offsets_of(cells)
    view = bytes_of(cells)[offsets[0] : offsets[-1]]
    wanted = text.encode()
    if len(wanted) == 1 or not (view == wanted[0]).any():
        return bool((view == wanted[0]).any())
    return re.search(re.escape(wanted), view.data) is not None


def holding(cells: pa.Array, sign: str) -> Marks:
    """Tell which of the (large) texts hold a character, by a look at the bytes of all."""
    octets = sign.encode()
    offsets = offsets_of(cells)
    view = bytes_of(cells)[offsets[0] : offsets[-1]]
    marks = np.zeros(len(cells), dtype=bool)
    hit = view == octets[0]
    if not hit.any():
        return marks
    for place, octet in enumerate(octets[1:], start=1):
        hit[:-place] &= view[place:] == octet
        hit[-place:] = False
    if np.count_nonzero(hit) < len(cells) // _SPARSE:
        found = np.flatnonzero(hit) + offsets[0]
        marks[np.searchsorted(offsets, found, "right") - 1] = True
        return marks
    filled = np.flatnonzero(~are_empty(cells))  # a segment of `reduceat` has at least one
    marks[filled] = np.logical_or.reduceat(hit, offsets[filled] - offsets[0])
    return marks


def with_missing(cells: pa.Array, known: Marks) -> pa.Array:
    """Return the (large) texts with those missing that are not marked, without a copy of them."""
    marks = pa.py_buffer(np.packbits(known, bitorder="little"))
    offsets = pa.py_buffer(offsets_of(cells))
    return pa.Array.from_buffers(LARGE, len(cells), [marks, offsets, cells.buffers()[2]])


def merge_equal(values: pa.Array, changed: Marks) -> tuple[Ids, Marks]:
    """Find equal values where those that were not `changed` are known to be all different.

    Returns for each value its place among the distinct ones (in the order in which they first
    appear), and whether it is the first of its kind; a missing one has the place -1 and is none.
    Costs a hash table of the changed values only, where `factorize` would make one of all.
    """
    known = values.is_valid().to_numpy(zero_copy_only=False)
    if not changed.any() and known.all():
        return np.arange(len(values), dtype=np.int32), known
    few = pc.unique(values.filter(pa.array(changed & known)))
    met = pc.is_in(values, value_set=few).to_numpy(zero_copy_only=False)
    return number(values, np.flatnonzero((changed | met) & known), known)


def number(values: pa.Array, touched: Places, known: Marks) -> tuple[Ids, Marks]:
    """Number distinct values as `merge_equal` does, of which only the `touched` ones can be equal.

    known: which values there are; the others are none.
    """
    coded = values.take(pa.array(touched)).dictionary_encode()
    codes = coded.indices.to_numpy(zero_copy_only=False)
    firsts = np.empty(len(coded.dictionary), dtype=np.int64)
    firsts[codes[::-1]] = touched[::-1]  # written backwards: the first place stays
    ids = np.where(known, np.int32(0), np.int32(-1))
    first = known.copy()
    first[touched] = False
    first[firsts] = True
    numbers = np.cumsum(first, dtype=np.int32) - 1
    ids[first] = numbers[first]
    ids[touched] = numbers[firsts[codes]]
    return ids, first


def keep(texts: pa.Array, marks: Marks) -> pa.Array:
    """Return the marked texts; without a copy if these are all."""
    return texts if marks.all() else texts.filter(pa.array(marks))


def put(texts: pa.Array, where: Marks, found: pa.Array) -> pa.Array:
    """Put other (large) texts in the marked places."""
    return pc.if_else(pa.array(where), spread(where, found), texts)


def spread(where: Marks, found: pa.Array) -> pa.Array:
    """Return an array with the (large) texts in the marked places, in their order, '' elsewhere."""
    offsets = np.zeros(len(where) + 1, np.int64)
    behind = offsets_of(found)
    offsets[1:][where] = np.diff(behind)
    np.cumsum(offsets, out=offsets)
    offsets += behind[0]
    octets = found.buffers()[2] or pa.py_buffer(b"")
    return pa.Array.from_buffers(LARGE, len(where), [None, pa.py_buffer(offsets), octets])
