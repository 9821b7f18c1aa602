"""Content: what the cells of a column look like, whatever its header says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .cores import abreast
from .guesses import guess
from .model.contacts import Role
from .texts import (
    Marks,
    are_ascii,
    are_empty,
    first_bytes,
    holding,
    join_columns,
    may_be_blank,
    offsets_of,
    taken_together,
    to_arrow,
)

Places = npt.NDArray[np.intp]

NOTHING = "nothing"
"""What a column looks like whose cells only say that there is nothing (なし, n/a, -)."""

ADDRESS_SHARE = 0.5
"""From this share of its filled cells on, a column with "@" is one of addresses."""

_SAMPLE = 400
"""How many distinct cells are looked at for what only suggests a role."""

_LONGEST = 1000
"""So much of a cell is looked at for that."""

_NONE = frozenset(
    {"na", "none", "null", "nil", "nan", "なし", "ナシ", "無し", "無", "不明", "未登録"}
)
_LONGEST_NONE = 8
"""More characters than a cell has that says "none"."""

_AT = re.compile(r"[^\s'@＠﹫][\s']*[@＠﹫]\s*[^\s@＠﹫]")


class Counts(NamedTuple):
    """Of a column or a part of one: how many cells are filled, have an at-sign, say "none"."""

    filled: int
    at: int
    none: int


class Sample(NamedTuple):
    """Cells taken from a column: of those with an at-sign, and of all that are filled."""

    at: list[str]
    filled: list[str]


def look(frame: pd.DataFrame, as_of: pd.Timestamp) -> list[tuple[int, str]]:
    """Return of each column how many cells are filled, and what they look like.

    The look is a role, "date", "nothing", or '' where it is not known. Addresses are counted in
    every cell; the rest is judged by cells taken evenly from the whole column, so that the same
    file always gives the same answer.
    """
    parts = taken_together(frame)
    surveyed = abreast(lambda part: _survey(frame, part), parts, len(frame))
    pairs = [pair for several in surveyed for pair in several]
    return conclude([one for one, _ in pairs], [one for _, one in pairs], as_of)


def _survey(frame: pd.DataFrame, places: range) -> list[tuple[Counts, Sample]]:
    """Count and sample columns that are taken together."""
    cells = join_columns(frame, places)
    shape = (len(places), len(frame))
    filled, at = _filled(cells).reshape(shape), _have_sign(cells).reshape(shape)
    sizes, signed = filled.sum(axis=1).tolist(), at.sum(axis=1).tolist()
    samples = zip(
        _take_each(cells, at, [evenly(one) for one in signed]),
        _take_each(cells, filled, [evenly(one) for one in sizes]),
        strict=True,
    )
    found = []
    for place, (with_at, some) in enumerate(samples):
        sample, counts = Sample(with_at, some), Counts(sizes[place], signed[place], 0)
        telling = not counts.at and not all(map(_says_none, some))
        # however many say "none", what is of addresses without them is so with them
        if not (telling or _settled(counts, sample) == Role.EMAIL):
            own = cells.slice(place * len(frame), len(frame))
            counts = _count(own, filled[place], at[place])
        found.append((counts, sample))
    return found


def _take_each(cells: pa.Array, marks: Marks, which: Sequence[Places]) -> list[list[str]]:
    """Take of each column's marked cells those at the given places; marks: a row a column."""
    begin = marks.shape[1]
    taken = [
        np.flatnonzero(row)[some] + begin * place
        for place, (row, some) in enumerate(zip(marks, which, strict=True))
    ]
    texts = cells.take(pa.array(np.concatenate(taken))).to_pylist()
    behind = np.cumsum([0, *map(len, taken)]).tolist()
    return [texts[start:stop] for start, stop in pairwise(behind)]


def count(texts: pd.Series) -> Counts:
    """Count the cells of a part of a column; the parts' counts add up."""
    return _count(*_marked(texts))


def take(texts: pd.Series, at: Places, filled: Places) -> Sample:
    """Take cells of a part: which of its cells with an at-sign, which of its filled cells."""
    return _take(*_marked(texts), at, filled)


def conclude(
    counts: Sequence[Counts], samples: Sequence[Sample], as_of: pd.Timestamp
) -> list[tuple[int, str]]:
    """Return what `look` does, of whole columns counted and sampled part by part."""
    looks = [_settled(*one) for one in zip(counts, samples, strict=True)]
    open_ = [place for place, one in enumerate(looks) if one is None]
    distinct = [_distinct(samples[place].filled) for place in open_]
    for place, one in zip(open_, guess(distinct, as_of), strict=True):
        looks[place] = one
    return [(one.filled, found or "") for one, found in zip(counts, looks, strict=True)]


def _settled(counts: Counts, sample: Sample) -> str | None:
    """Return the look that the counts settle; None where the cells must be read."""
    if not counts.filled:
        return ""
    # A handle ("@taro") has an "@" and is no address; a sample tells.
    like = sum(1 for text in sample.at if _AT.search(text))
    counted = counts.filled - counts.none
    if not counted:
        return NOTHING
    if counts.at * like / max(len(sample.at), 1) / counted >= ADDRESS_SHARE:
        return Role.EMAIL
    return None


def _distinct(texts: Sequence[str]) -> list[str]:
    return [_plain(text[:_LONGEST]) for text in list(dict.fromkeys(texts))[:_SAMPLE]]


def _marked(texts: pd.Series) -> tuple[pa.Array, Marks, Marks]:
    """Return the cells, which of them are filled, and which of them hold an at-sign."""
    cells = to_arrow(texts)
    return cells, _filled(cells), _have_sign(cells)


def _take(cells: pa.Array, filled: Marks, at: Marks, with_at: Places, which: Places) -> Sample:
    signed, some = np.flatnonzero(at)[with_at], np.flatnonzero(filled)[which]
    return Sample(cells.take(pa.array(signed)).to_pylist(), cells.take(pa.array(some)).to_pylist())


def _filled(cells: pa.Array) -> Marks:
    """Tell which cells hold anything but spaces and invisible characters."""
    filled = ~are_empty(cells)
    likely = may_be_blank(cells)  # few cells: the rest is not decoded
    if len(likely):
        filled[likely] = _filled_cells(cells.take(pa.array(likely)))
    return filled


def _filled_cells(cells: pa.Array) -> Marks:
    blank = pc.utf8_is_space(cells)
    # Arrow's spaces do not include the zero-width ones; only a short cell is made of such alone.
    short = pc.and_(pc.less_equal(pc.utf8_length(cells), 4), pc.invert(pc.string_is_ascii(cells)))
    words = pc.unique(cells.filter(short)).to_pylist()
    values = pa.array([word for word in words if not _plain(word)], type=pa.large_string())
    blank = pc.or_(blank, pc.is_in(cells, value_set=values))
    filled: Marks = ~blank.to_numpy(zero_copy_only=False)
    return filled


def _plain(text: str) -> str:
    """Bring width to one form, drop outer spaces and invisible characters."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if unicodedata.category(char) != "Cf").strip()


def _have_sign(cells: pa.Array) -> Marks:
    """Tell which cells hold an at-sign."""
    at = holding(cells, "@")
    if not are_ascii(cells):
        at |= holding(cells, "＠") | holding(cells, "﹫")
    return at


def _count(cells: pa.Array, filled: Marks, at: Marks) -> Counts:
    # Eight characters are at most 32 octets; those are counted without decoding.
    brief = filled & ~at & (np.diff(offsets_of(cells)) <= 32)
    brief &= _MAY_SAY_NONE[first_bytes(cells)]
    none = _count_none(cells.take(pa.array(np.flatnonzero(brief)))) if brief.any() else 0
    return Counts(int(filled.sum()), int(at.sum()), none)


def _count_none(cells: pa.Array) -> int:
    words = pc.value_counts(cells)
    words = words.filter(pc.less_equal(pc.utf8_length(words.field("values")), _LONGEST_NONE))
    return sum(word["counts"] for word in words.to_pylist() if _says_none(word["values"]))


_MAY_SAY_NONE = np.array(
    [not (chr(byte).isascii() and chr(byte).isalnum()) or chr(byte) in "Nn" for byte in range(0xE5)]
    + [byte not in (0xE5, 0xE8, 0xE9) for byte in range(0xE5, 256)]
)
"""First bytes (UTF-8) of cells that may say "none": any but the letters and digits with which no
such word begins, kanji of U+5000 to U+5FFF and U+8000 to U+9FFF among them."""


def _says_none(word: str) -> bool:
    if len(word) > _LONGEST_NONE:
        return False
    letters = "".join(char for char in _plain(word).lower() if char.isalnum() or char == "ー")
    return not letters.strip("ー") or letters in _NONE


def evenly(count: int) -> Places:
    """Return places spread evenly over a column, so that the same file gives the same sample."""
    if count <= _SAMPLE * 4:
        return np.arange(count)
    return np.linspace(0, count - 1, _SAMPLE * 4).astype(np.intp)
