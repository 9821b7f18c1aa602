"""Fingerprints: 64 bits of a text, worked out for a whole column at once, the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..texts import by_eights, offsets_of

VERSION = 1
"""Changes with the way in which fingerprints are made."""

_PART = 1 << 16
_MIX = np.uint64(0x9E3779B97F4A7C15)
_LAST = np.uint64(0xFF51AFD7ED558CCD)
_SHIFT = np.uint64(32)

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
    found = np.diff(offsets_of(texts)).astype(np.uint64) * _MIX
    for rows, some in by_eights(texts):
        mixed = (found[rows] ^ some) * _MIX
        found[rows] = mixed ^ mixed >> _SHIFT
    found *= _LAST
    return found ^ found >> _SHIFT
