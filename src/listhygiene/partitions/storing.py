"""Storing: values on this machine's disk, looked at there instead of being read again."""

from __future__ import annotations

import mmap
import pickle
import threading
from pathlib import Path
from typing import Any

import numpy as np

from ..files import writing

_ALIGNED = 64
"""Bytes at a multiple of which arrays begin, as Arrow wants them."""


def put(path: Path, value: Any) -> None:
    """Write a value whole or not at all; its arrays stand in the file as they do in memory."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(one.raw() for one in buffers)]
    scratch = path.with_name(f"{path.name}.{threading.get_ident()}")
    with writing(path.parent):
        with scratch.open("wb") as stream:
            stream.write(np.array([len(parts), *(one.nbytes for one in parts)], "<i8").data)
            for one in parts:
                stream.write(bytes(-stream.tell() % _ALIGNED))
                stream.write(one)
        scratch.replace(path)


def get(path: Path) -> Any:
    """Return the value of a file; what it does not touch of the arrays is not read."""
    with path.open("rb") as stream:
        whole = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY))
    count = int(np.frombuffer(whole, "<i8", 1)[0])
    place, parts = 8 * (1 + count), []
    for size in np.frombuffer(whole, "<i8", count, 8).tolist():
        place += -place % _ALIGNED
        parts.append(whole[place : place + size])
        place += size
    return pickle.loads(parts[0], buffers=parts[1:])
