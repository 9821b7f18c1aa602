"""Pieces: parts of several contents put one behind the other, each byte copied once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.errors import UnwritableList
from .stretches import BINARY, Content, Places, whole

Views = npt.NDArray[np.uint64]
"""A row a piece: where it stands, as Arrow's binary views say it (columnar format, 'Variable-size
binary view layout')."""

_SHORT = 12
"""A view holds a piece of up to so many bytes itself."""
_LONGEST = (1 << 31) - 1
_STEP = 1 << 30
"""A view names places and sizes below 2 GiB: a content is divided into buffers that begin so far
apart, and overlap."""


@dataclass(frozen=True)
class Pool:
    """Contents, and the buffers of which Arrow knows them. firsts: of each content its first."""

    contents: Sequence[Content]
    buffers: Sequence[pa.Buffer]
    firsts: Sequence[int]

    def views(self, which: int, starts: Places, stops: Places) -> Views:
        """Return the views of what stands in one content between places.

        Raises UnwritableList where that is 2 GiB or more in one piece.
        """
        sizes = stops - starts
        if sizes.max(initial=0) > _LONGEST:
            raise UnwritableList("a record is longer than 2 GiB")
        made = np.empty((len(starts), 2), np.uint64)
        made[:, 0] = sizes
        made[:, 1] = (starts & (_STEP - 1)) << 32 | (starts >> _STEP.bit_length() - 1)
        made[:, 1] += np.uint64(self.firsts[which])
        short = np.flatnonzero(sizes <= _SHORT)
        if len(short):
            made[short] = _inside(self.contents[which], starts[short], sizes[short])
        return made

    def join(self, views: Views) -> memoryview:
        """Return the bytes of all pieces, one behind the other."""
        known = [None, pa.py_buffer(np.ascontiguousarray(views)), *self.buffers]
        pieces = pa.Array.from_buffers(pa.binary_view(), len(views), known)
        return whole(pc.cast(pieces, BINARY))


def pool(*contents: Content) -> Pool:
    """Make contents ready to be cut to pieces."""
    buffers: list[pa.Buffer] = []
    firsts = []
    for one in contents:
        firsts.append(len(buffers))
        steps = range(0, max(1, len(one)), _STEP)
        buffers += [pa.py_buffer(memoryview(one)[at : at + _STEP + _LONGEST]) for at in steps]
    return Pool(contents, buffers, firsts)


def _inside(content: Content, starts: Places, sizes: Places) -> Views:
    """Return the views of pieces so short that these hold their bytes."""
    octets = np.frombuffer(content, np.uint8)
    made = np.zeros((len(starts), 16), np.uint8)
    made[:, 0] = sizes
    if len(octets):
        places = starts[:, None] + np.arange(_SHORT)
        found = octets[np.minimum(places, len(octets) - 1)]
        made[:, 4:] = np.where(np.arange(_SHORT) < sizes[:, None], found, 0)
    return made.view(np.uint64)
