"""Sums of cells: a number for each text of a table, kept so that edited cells can be named."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .texts import bytes_of, offsets_of

Sums = npt.NDArray[np.uint32]
Marks = npt.NDArray[np.bool_]

_WINDOW = 1 << 15
"""How many bytes are summed in one go; a longer text gets its CRC-32 instead."""
_MOST_BLOCKS = 4096
"""Of so many blocks of rows each column has a sum: rows by themselves, up to so many."""

_BASE, _BY_COLUMN, _BY_ROW, _BY_SIZE = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F
"""Odd numbers without a pattern (xxHash's primes): every power of them has an inverse."""


def sum_texts(texts: pa.LargeStringArray) -> Sums:
    """Return a number for each text: a polynomial of its bytes modulo 2^32, and of its size.

    The sums of all prefixes of a window are made at once; what stands before a text is taken off.
    """
    offsets, view = offsets_of(texts), bytes_of(texts)
    sizes = np.diff(offsets)
    made = sizes.astype(np.uint32) * np.uint32(_BY_SIZE)
    powers, inverses = _powers(_BASE, _WINDOW), _powers(pow(_BASE, -1, 1 << 32), _WINDOW + 1)
    prefix = np.zeros(_WINDOW + 1, np.uint32)
    first = 0
    while first < len(sizes):
        start = offsets[first]
        last = int(np.searchsorted(offsets, start + _WINDOW, side="right")) - 1
        if last <= first:
            made[first] = zlib.crc32(view[start : offsets[first + 1]].data)
            first += 1
            continue
        terms = view[start : offsets[last]].astype(np.uint32)
        terms *= powers[: len(terms)]
        np.cumsum(terms, dtype=np.uint32, out=prefix[1 : len(terms) + 1])
        places = offsets[first : last + 1] - start
        found = np.diff(prefix[places])
        found *= inverses[places[:-1]]
        made[first:last] += found
        first = last
    made ^= made >> np.uint32(15)
    made *= np.uint32(_BY_SIZE)  # so that every bit comes to the upper half, which is kept
    return made


@dataclass(frozen=True)
class Edited:
    """Cells of a stretch of rows that are others than before.

    rows, columns: their places, of which every pair may be one; either is empty where it is not
    known.
    """

    rows: tuple[int, ...]
    columns: tuple[int, ...]


def pack_sums(columns: Iterable[Sums], width: int, judged: Marks) -> dict[str, object]:
    """Pack the sums of a table's cells so far as `find_edited` needs them, fit for JSON.

    columns: of each of `width` the sums of its texts, asked for one by one. judged: rows that a
    reader will find as they are; the others are left out. A row takes two bytes, and a column two
    for each block of rows.
    """
    rows, blocks = _summed(columns, width, judged)
    marks = zlib.compress(np.packbits(judged).tobytes())
    return {
        "count": len(judged),
        "width": width,
        "rows": _text(rows.tobytes()),
        "blocks": _text(blocks.tobytes()),
        "judged": _text(marks),
    }


def find_edited(columns: Sequence[Sums], packed: Mapping[str, Any]) -> list[Edited]:
    """Return which cells of a table differ from those whose sums were packed, block by block.

    The table has as many rows and columns as the other one had. Raises ValueError or KeyError
    where the packed sums are damaged.
    """
    count = int(packed["count"])
    bits = np.frombuffer(zlib.decompress(_bytes(packed["judged"])), np.uint8)
    judged = np.unpackbits(bits, count=count).astype(bool)
    rows, blocks = _summed(columns, len(columns), judged)
    was_rows = np.frombuffer(_bytes(packed["rows"]), "<u2")
    was_blocks = np.frombuffer(_bytes(packed["blocks"]), "<u2").reshape(blocks.shape)
    other_rows = np.flatnonzero((rows != was_rows) & judged)
    other_blocks = blocks != was_blocks
    size = _block_size(count)
    homes = set((other_rows // size).tolist()) | set(np.flatnonzero(other_blocks.any(0)).tolist())
    bounds = np.searchsorted(other_rows, np.arange(blocks.shape[1] + 1) * size)
    return [
        Edited(
            tuple(other_rows[bounds[home] : bounds[home + 1]].tolist()),
            tuple(np.flatnonzero(other_blocks[:, home]).tolist()),
        )
        for home in sorted(homes)
    ]


def _summed(
    columns: Iterable[Sums], width: int, judged: Marks
) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """Return a number for each row, and for each column one for each block of rows."""
    size = _block_size(len(judged))
    starts = np.arange(0, len(judged), size)
    by_row = np.resize(_powers(_BY_ROW, size + 1)[1:], len(judged)) * judged
    rows = np.zeros(len(judged), np.uint32)
    blocks = np.zeros((width, len(starts)), np.uint32)
    for place, (weight, sums) in enumerate(
        zip(_powers(_BY_COLUMN, width + 1)[1:], columns, strict=True)
    ):
        rows += sums * weight
        blocks[place] = np.add.reduceat(sums * by_row, starts)
    return _upper(rows), _upper(blocks)


def _upper(sums: Sums) -> npt.NDArray[np.uint16]:
    """Return the upper halves, to which every bit of what was summed has come."""
    return (sums >> np.uint32(16)).astype("<u2")


def _block_size(rows: int) -> int:
    return max(1, -(-rows // _MOST_BLOCKS))


@cache
def _powers(base: int, count: int) -> Sums:
    return np.multiply.accumulate(
        np.concatenate(([1], np.full(count - 1, base))).astype(np.uint32), dtype=np.uint32
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: object) -> bytes:
    return base64.b64decode(str(text), validate=True)
