"""A patch: what gives an original file back, byte for byte, from the file made of it."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .model.errors import ListHygieneError

Numbers = npt.NDArray[Any]
_MARK = b"LHP1"
_MOST_SUMS = 4096


@dataclass
class PatchMaker:
    """Collects, while a file is written from an original, how to go back.

    Each step says: copy so many bytes of the new file, skip so many of it, insert these.
    """

    _copies: list[Numbers] = field(default_factory=list)
    _skips: list[Numbers] = field(default_factory=list)
    _inserts: list[Numbers] = field(default_factory=list)
    _literal: list[bytes] = field(default_factory=list)

    def step(self, copy: int, skip: int = 0, insert: bytes = b"") -> None:
        """Add one step."""
        self.steps([copy], [skip], [len(insert)], insert)

    def steps(
        self,
        copies: Numbers | list[int],
        skips: Numbers | list[int],
        inserts: Numbers | list[int],
        literal: bytes = b"",
    ) -> None:
        """Add many steps; literal holds the inserted bytes of all of them, one after the other."""
        self._copies.append(np.asarray(copies, dtype="<u8"))
        self._skips.append(np.asarray(skips, dtype="<u8"))
        self._inserts.append(np.asarray(inserts, dtype="<u8"))
        if literal:
            self._literal.append(literal)

    def finish(self, level: int = 1) -> bytes:
        """Return the patch, compressed; level 0 is for what was inserted compressed already."""
        parts = [_joined(one) for one in (self._copies, self._skips, self._inserts)]
        return _MARK + zlib.compress(_pack(parts) + b"".join(self._literal), level)


def apply_patch(new: bytes, patch: bytes) -> bytes:
    """Return the original that a patch was made from; raises ListHygieneError if it cannot fit."""
    copies, skips, inserts, literal = _unpacked(patch)
    if int(copies.sum() + skips.sum()) != len(new) or int(inserts.sum()) != len(literal):
        raise ListHygieneError("the change log does not belong to this file")
    inserted = np.concatenate(([0], np.cumsum(inserts)))
    ends = np.cumsum(copies + skips)
    starts = ends - copies - skips
    stops = starts + copies
    view, text = memoryview(new), memoryview(literal)
    pieces: list[memoryview] = []
    for start, stop, here, there in zip(
        starts.tolist(), stops.tolist(), inserted[:-1].tolist(), inserted[1:].tolist(), strict=True
    ):
        pieces.append(view[start:stop])
        if there > here:
            pieces.append(text[here:there])
    return b"".join(pieces)


def fingerprint(content: bytes | memoryview) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@dataclass
class Sums:
    """Checksums of stretches of a file as it is written: they find where it was edited later."""

    _sizes: list[int] = field(default_factory=list)
    _sums: list[int] = field(default_factory=list)
    _group: int = 1

    def begin(self, records: int) -> None:
        """Say how many records will come; up to 4,096 of them get a checksum of their own."""
        self._group = records // _MOST_SUMS + 1

    def add(self, content: memoryview, sizes: Numbers) -> memoryview:
        """Take records as they are written, and the size of each; return their bytes."""
        offsets = np.concatenate(([0], np.cumsum(sizes)))
        bounds = [*offsets[: -1 : self._group].tolist(), int(offsets[-1])]
        for start, stop in pairwise(bounds):
            self._sizes.append(stop - start)
            self._sums.append(zlib.crc32(content[start:stop]))
        return content

    def finish(self) -> bytes:
        """Return the sums, compressed."""
        return zlib.compress(_pack([self._sizes, self._sums]))


def find_edited_lines(content: bytes, sums: bytes) -> tuple[int, int]:
    """Return the first and the last line (1-based) between which a file was edited."""
    try:
        body = zlib.decompress(sums)
        (sizes, checks), _ = _take(body, 2)
    except (ValueError, TypeError, IndexError, zlib.error) as error:
        raise ListHygieneError("the change log is damaged") from error
    start = 0
    for size, check in zip(sizes.tolist(), checks.tolist(), strict=True):
        if zlib.crc32(content[start : start + size]) != check or start + size > len(content):
            break
        start += size
    stop = len(content)
    for size, check in zip(sizes[::-1].tolist(), checks[::-1].tolist(), strict=True):
        if stop - size < start or zlib.crc32(content[stop - size : stop]) != check:
            break
        stop -= size
    ending = b"\n" if b"\n" in content else b"\r"  # the classic Mac's
    first = content.count(ending, 0, start) + 1
    return first, max(first, content.count(ending, 0, max(stop - 1, start)) + 1)


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.empty(0, dtype="<u8")


def _pack(arrays: Sequence[Numbers | list[int]]) -> bytes:
    """Pack arrays of one length, each as narrow as its numbers fit."""
    parts = [len(arrays[0]).to_bytes(8, "little")]
    for array in arrays:
        numbers = np.asarray(array, dtype="<u8")
        peak = int(numbers.max()) if len(numbers) else 0
        width = next(w for w in (1, 2, 4, 8) if peak < 1 << (8 * w))
        parts += [bytes([width]), numbers.astype(f"<u{width}").tobytes()]
    return b"".join(parts)


def _take(body: bytes, arrays: int) -> tuple[list[Numbers], bytes]:
    """Undo `_pack`; return the arrays and what stands behind them."""
    count, place = int.from_bytes(body[:8], "little"), 8
    taken = []
    for _ in range(arrays):
        width = body[place]
        part = np.frombuffer(body, f"<u{width}", count, place + 1)
        taken.append(part.astype(np.int64))
        place += 1 + width * count
    return taken, body[place:]


def _unpacked(patch: bytes) -> tuple[Numbers, Numbers, Numbers, bytes]:
    try:
        if not patch.startswith(_MARK):
            raise ValueError
        (copies, skips, inserts), literal = _take(zlib.decompress(patch[len(_MARK) :]), 3)
    except (ValueError, TypeError, IndexError, zlib.error) as error:
        raise ListHygieneError("the change log is damaged") from error
    return copies, skips, inserts, literal
