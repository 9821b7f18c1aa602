"""Combinations: the names that belong to one subject, joined; few differ, so each is made once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .texts import LARGE

Places = npt.NDArray[np.int64]

_WORD = 63
"""How many names are marked in one number."""
_MOST_KEYS = 1 << 62
"""More combinations than this do not fit one number."""


def join_names(
    subjects: npt.NDArray[Any], codes: npt.NDArray[Any], names: Sequence[str], size: int
) -> tuple[pa.Array, Places]:
    """Join the names of each subject by spaces, each once, in the order of `names`.

    subjects, codes: pairs of a subject (0..size-1) and the place of a name. Result: the distinct
    texts, and which of them each subject has ('' is the text of none).
    """
    texts, which = pa.array([""], LARGE), np.zeros(size, dtype=np.int64)
    for first in range(0, len(names), _WORD):
        here = (codes >= first) & (codes < first + _WORD)
        masks = _masks(subjects[here], codes[here] - first, size)
        some, place = _spell(masks, names[first : first + _WORD])
        texts, which = _paired(texts, which, some, place) if first else (some, place)
    return texts, which


def _masks(subjects: npt.NDArray[Any], codes: npt.NDArray[Any], size: int) -> Places:
    """Return for each subject a number whose bits are its names."""
    masks = np.zeros(size, dtype=np.int64)
    if len(subjects):
        if (np.diff(subjects) < 0).any():
            order = np.argsort(subjects, kind="stable")
            subjects, codes = subjects[order], codes[order]
        starts = np.flatnonzero(np.diff(subjects, prepend=-1))
        bits = np.left_shift(np.int64(1), codes.astype(np.int64))
        masks[subjects[starts]] = np.bitwise_or.reduceat(bits, starts)
    return masks


def _spell(masks: Places, names: Sequence[str]) -> tuple[pa.Array, Places]:
    """Return the distinct combinations as texts, and which of them each subject has."""
    coded = pa.array(masks).dictionary_encode()
    texts = [
        " ".join(name for place, name in enumerate(names) if mask >> place & 1)
        for mask in coded.dictionary.to_pylist()
    ]
    return pa.array(texts, LARGE), coded.indices.to_numpy().astype(np.int64)


def _paired(
    heads: pa.Array, head: Places, tails: pa.Array, tail: Places
) -> tuple[pa.Array, Places]:
    """Put two texts of each subject behind each other, again as distinct texts and places."""
    coded = pa.array(head * len(tails) + tail).dictionary_encode()
    both = coded.dictionary.to_numpy()
    ones, others = heads.take(pa.array(both // len(tails))), tails.take(pa.array(both % len(tails)))
    pairs = zip(ones.to_pylist(), others.to_pylist(), strict=True)
    texts = pa.array([f"{one} {other}".strip() for one, other in pairs], LARGE)
    return texts, coded.indices.to_numpy().astype(np.int64)


def combine(
    columns: Sequence[tuple[npt.NDArray[Any], int]], rows: int
) -> tuple[npt.NDArray[Any], list[Places]]:
    """Find the combinations of numbers that rows have in several columns.

    columns: a number for each row, and below what it is. Result: which combination each row has,
    counted by their first rows; and of each combination the numbers, an array a column.
    """
    which: npt.NDArray[Any] = np.zeros(rows, dtype=np.int64)
    found: list[Places] = []
    sizes: list[int] = []
    for codes, size in columns:
        if (len(found[0]) if found else 1) * math.prod(sizes) * size > _MOST_KEYS:
            which, found = _combined(which, found, sizes)
            sizes = []
        which = which * np.int64(size) + codes
        sizes.append(max(1, size))
    return _combined(which, found, sizes)


def _combined(
    keys: npt.NDArray[Any], found: Sequence[Places], sizes: Sequence[int]
) -> tuple[npt.NDArray[Any], list[Places]]:
    """Count the distinct keys, and take each apart again: which of the combinations `found` so
    far, and the numbers behind it, below sizes."""
    coded = pa.array(keys).dictionary_encode()
    rest = coded.dictionary.to_numpy()
    behind: list[Places] = []
    for size in reversed(sizes):
        rest, number = np.divmod(rest, size)
        behind.insert(0, number)
    return coded.indices.to_numpy(), [*(one[rest] for one in found), *behind]
