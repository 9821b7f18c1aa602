"""A patch: what gives an original file back, byte for byte, from the file made of it."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .model.errors import ListHygieneError

Numbers = npt.NDArray[Any]
_MARK = b"LHP1"


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

    def finish(self) -> bytes:
        """Return the patch, compressed."""
        parts = [_joined(one) for one in (self._copies, self._skips, self._inserts)]
        numbers = b"".join(_packed(part) for part in parts)
        body = len(parts[0]).to_bytes(8, "little") + numbers + b"".join(self._literal)
        return _MARK + zlib.compress(body, 1)


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


def _joined(parts: list[Numbers]) -> Numbers:
    return np.concatenate(parts) if parts else np.empty(0, dtype="<u8")


def _packed(numbers: Numbers) -> bytes:
    """Pack numbers as narrow as they fit, the width in the first byte."""
    peak = int(numbers.max()) if len(numbers) else 0
    width = next(w for w in (1, 2, 4, 8) if peak < 1 << (8 * w))
    return bytes([width]) + numbers.astype(f"<u{width}").tobytes()


def _unpacked(patch: bytes) -> tuple[Numbers, Numbers, Numbers, bytes]:
    try:
        if not patch.startswith(_MARK):
            raise ValueError
        body = zlib.decompress(patch[len(_MARK) :])
        count, place = int.from_bytes(body[:8], "little"), 8
        arrays = []
        for _ in range(3):
            width = body[place]
            part = np.frombuffer(body, f"<u{width}", count, place + 1)
            arrays.append(part.astype(np.int64))
            place += 1 + width * count
    except (ValueError, TypeError, IndexError, zlib.error) as error:
        raise ListHygieneError("the change log is damaged") from error
    return arrays[0], arrays[1], arrays[2], body[place:]
