"""The sieve itself: bits that tell which addresses a blocklist cannot know, wherever they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cores import abreast
from ..texts import are_empty, to_arrow
from .fingerprints import Prints, of_digests, of_texts

Words = npt.NDArray[np.uint64]

ROOM = 12
"""Bits a mailbox at least; with the powers of two that follow, 12 to 24."""

_PART = 1 << 16


@dataclass(frozen=True)
class Stamp:
    """What a sieve was made of.

    last: the last event. trail: a hash of the keys of the last events. address: the greatest id of
    an address. hashed: how many up to there are known by their hash only. rules, fold, prints:
    the versions of what makes keys, states and fingerprints.
    """

    last: int
    trail: str
    address: int
    hashed: int
    rules: str
    fold: int
    prints: int


@dataclass(frozen=True)
class Sieve:
    """A Bloom filter in blocks of a word: three bits each of a mailbox's fingerprint."""

    stamp: Stamp
    count: int
    words: Words

    def passes(self, prints: Prints) -> npt.NDArray[np.bool_]:
        """Tell which fingerprints may be known; where it says no, none is."""
        bits = _bits(prints)
        return np.asarray(self.words[_places(prints, self.words)] & bits == bits)

    def add(self, prints: Prints) -> None:
        """Enter fingerprints."""
        np.bitwise_or.at(self.words, _places(prints, self.words), _bits(prints))

    def sift(self, wanted: pd.Series, mailboxes: pd.Series) -> pd.Series:
        """Return those of the addresses that may be known; one without a key may always be.

        mailboxes: their canonical keys, '' where there is none.
        """
        keys = pc.fill_null(to_arrow(mailboxes), "")
        parts = [keys.slice(start, _PART) for start in range(0, len(keys), _PART)]
        held = abreast(lambda part: self.passes(of_texts(part)), parts)
        passed = np.concatenate([np.zeros(0, bool), *held]) | are_empty(keys)
        if self.stamp.hashed:
            for texts in (pc.fill_null(to_arrow(wanted), ""), keys):
                rest = np.flatnonzero(~passed)
                asked = texts.take(pa.array(rest)).to_pylist()
                passed[rest] = self.passes(of_digests([_digest(one) for one in asked]))
        return wanted[passed]


def empty(stamp: Stamp, count: int) -> Sieve:
    """Return a sieve that holds nothing yet and has room for so many mailboxes."""
    words = 1 << max(10, (count * ROOM // 64).bit_length())
    return Sieve(stamp, 0, np.zeros(words, np.uint64))


def trail_of(keys: Iterable[bytes]) -> str:
    """Return what tells one past from another, of the keys of the last events."""
    return hashlib.sha256(b"".join(keys)).hexdigest()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _places(prints: Prints, words: Words) -> npt.NDArray[np.int64]:
    return (prints & np.uint64(len(words) - 1)).astype(np.int64)


def _bits(prints: Prints) -> Words:
    one, last = np.uint64(1), np.uint64(63)
    bits: Words = np.zeros(len(prints), np.uint64)
    for shift in (46, 52, 58):
        bits |= one << (prints >> np.uint64(shift) & last)
    return bits
