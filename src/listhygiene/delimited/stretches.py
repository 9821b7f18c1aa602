"""Stretches: parts of a content as Arrow bytes, without a copy where they lie end to end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..texts import bytes_of, offsets_of

BINARY = pa.large_binary()
NOTHING = pa.scalar(b"", BINARY)

Places = npt.NDArray[np.int64]
Content = bytes | memoryview


def view(content: Content, bounds: Places) -> pa.LargeBinaryArray:
    """Return what stands from each bound to the next, without a copy."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(bounds)), pa.py_buffer(content)]
    return pa.LargeBinaryArray.from_buffers(BINARY, len(bounds) - 1, buffers)


def between(content: Content, starts: Places, stops: Places) -> pa.LargeBinaryArray:
    """Return copies of what stands between places that ascend."""
    bounds = np.empty(2 * len(starts), dtype=np.int64)
    bounds[0::2], bounds[1::2] = starts, stops
    if not len(bounds):
        return pa.array([], BINARY)
    return view(content, bounds).take(pa.array(np.arange(0, len(bounds) - 1, 2)))


def whole(texts: pa.LargeBinaryArray) -> memoryview:
    """Return the bytes of all texts, one behind the other."""
    offsets = offsets_of(texts)
    return bytes_of(texts).data[int(offsets[0]) : int(offsets[-1])]
