"""The file of a sieve: a checksum, a line that says what it was made of, and its bits."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from ..files import replacing
from . import places
from .bloom import Sieve, Stamp

_CHECKSUM = 32


def place_of(path: Path) -> Path:
    """Return where the sieve of a blocklist lies."""
    return path.with_name(f"{path.name}-sieve")


def read(path: Path) -> Sieve | None:
    """Read a sieve; None where there is none, or it is not whole."""
    try:
        content = path.read_bytes()
        if (
            hashlib.blake2b(content[_CHECKSUM:], digest_size=_CHECKSUM).digest()
            != content[:_CHECKSUM]
        ):
            return None
        head, _, rest = content[_CHECKSUM:].partition(b"\n")
        told = json.loads(head)
        words = np.frombuffer(rest, "<u8")
        return Sieve(Stamp(**told["stamp"]), int(told["count"]), words)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, sieve: Sieve) -> None:
    """Write a sieve, whole or not at all; raises ListHygieneError or OSError."""
    head = json.dumps({"stamp": asdict(sieve.stamp), "count": sieve.count}).encode() + b"\n"
    content = head + sieve.words.astype("<u8").tobytes()
    with contextlib.suppress(FileExistsError):
        places.make_private_file(path)
    with replacing(path) as stream:
        stream.write(hashlib.blake2b(content, digest_size=_CHECKSUM).digest())
        stream.write(content)
