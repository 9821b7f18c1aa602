"""Fingerprints: 64 bits of a text, worked out for a whole column at once, the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..texts import bytes_of, offsets_of

VERSION = 1
"""Changes with the way in which fingerprints are made."""

_PART = 1 << 16
_MIX = np.uint64(0x9E3779B97F4A7C15)
_LAST = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)
_MASKS = np.array([(1 << 8 * octets) - 1 for octets in range(9)], np.uint64)

Prints = npt.NDArray[np.uint64]


def of_texts(texts: pa.Array) -> Prints:
    """Return the fingerprint of each (large) text: its octets by eights, multiplied and folded.

    Two texts may have the same one; nothing that matters may depend on that they do not.
    """
    found = np.empty(len(texts), np.uint64)
    for start in range(0, len(texts), _PART):
        part = texts.slice(start, _PART)
        found[start : start + len(part)] = _of_part(part)
    return found


def of_digests(digests: Sequence[bytes]) -> Prints:
    """Return the fingerprints of hashes: their first octets are as good as any."""
    return np.array([int.from_bytes(one[:8], "little") for one in digests], np.uint64)


def _of_part(texts: pa.Array) -> Prints:
    offsets = offsets_of(texts)
    octets = bytes_of(texts)[offsets[0] : offsets[-1]]
    padded = np.zeros(len(octets) + 8, np.uint8)
    padded[: len(octets)] = octets
    words: Prints = np.ndarray(len(octets) + 1, "<u8", padded, strides=(1,))  # at every octet
    starts, left = offsets[:-1] - offsets[0], np.diff(offsets)
    found = left.astype(np.uint64) * _MIX
    rows = np.arange(len(found))
    while len(rows):
        some = words[starts] & _MASKS[np.minimum(left, 8)]
        mixed = (found[rows] ^ some) * _MIX
        found[rows] = mixed ^ mixed >> _SHIFT
        more = left > 8
        rows, starts, left = rows[more], starts[more] + 8, left[more] - 8
    found *= _LAST
    return found ^ found >> _SHIFT
