"""Content: what the cells of a column look like, whatever its header says."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .dates import AMBIGUOUS, OK, read_dates
from .model.contacts import Role
from .model.listing import TEXT
from .texts import (
    Marks,
    are_empty,
    first_bytes,
    holding,
    may_be_blank,
    offsets_of,
    to_arrow,
)

Places = npt.NDArray[np.intp]

DATE = "date"
"""What a column of days looks like; which day it is, no cell says."""

NOTHING = "nothing"
"""What a column looks like whose cells only say that there is nothing (なし, n/a, -)."""

ADDRESS_SHARE = 0.5
"""From this share of its filled cells on, a column with "@" is one of addresses."""

_SAMPLE = 400
"""How many distinct cells are looked at for what only suggests a role."""

_NONE = frozenset(
    {"na", "none", "null", "nil", "nan", "なし", "ナシ", "無し", "無", "不明", "未登録"}
)
_LONGEST_NONE = 8
"""More characters than a cell has that says "none"."""

_AT = re.compile(r"[^\s@＠﹫]\s*[@＠﹫]\s*[^\s@＠﹫]")
_PHONE = re.compile(r"[+(]?\(?\d[\d\s().\-]{7,}(?:\s*(?:x|ext\.?)\s*\d+)?")
_JAPANESE_NAME = re.compile(
    r"[一-龥々ヶケぁ-んァ-ヴー]{1,5}[\s]*[一-龥々ヶケぁ-んァ-ヴー]{0,6}\s?(?:様|殿|さん)?"
)
_LATIN_NAME = re.compile(r"[^\W\d_]['’.\w-]*(?:\s+[^\W\d_]['’.\w-]*){0,3}")


class Counts(NamedTuple):
    """Of a column or a part of one: how many cells are filled, have an at-sign, say "none"."""

    filled: int
    at: int
    none: int


class Sample(NamedTuple):
    """Cells taken from a column: of those with an at-sign, and of all that are filled."""

    at: list[str]
    filled: list[str]


def look(texts: pd.Series, as_of: pd.Timestamp) -> tuple[int, str]:
    """Return how many cells are filled, and what they look like.

    The look is a role, "date", "nothing", or '' where it is not known. Addresses are counted in
    every cell; the rest is judged by cells taken evenly from the whole column, so that the same
    file always gives the same answer.
    """
    cells, filled, at = _marked(texts)
    size, signed = int(filled.sum()), int(at.sum())
    sample = _take(cells, filled, at, evenly(signed), evenly(size))
    found = conclude(Counts(size, signed, 0), sample, as_of)
    telling = not signed and not all(map(_says_none, sample.filled))
    if telling or found[1] == Role.EMAIL:  # however many say "none", the answer is the same
        return found
    return conclude(_count(cells, filled, at), sample, as_of)


def count(texts: pd.Series) -> Counts:
    """Count the cells of a part of a column; the parts' counts add up."""
    return _count(*_marked(texts))


def take(texts: pd.Series, at: Places, filled: Places) -> Sample:
    """Take cells of a part: which of its cells with an at-sign, which of its filled cells."""
    return _take(*_marked(texts), at, filled)


def conclude(counts: Counts, sample: Sample, as_of: pd.Timestamp) -> tuple[int, str]:
    """Return what `look` does, of a whole column counted and sampled part by part."""
    if not counts.filled:
        return 0, ""
    # A handle ("@taro") has an "@" and is no address; a sample tells.
    like = sum(1 for text in sample.at if _AT.search(text))
    counted = counts.filled - counts.none
    if not counted:
        return counts.filled, NOTHING
    if counts.at * like / max(len(sample.at), 1) / counted >= ADDRESS_SHARE:
        return counts.filled, Role.EMAIL
    distinct = [_plain(text) for text in list(dict.fromkeys(sample.filled))[:_SAMPLE]]
    return counts.filled, _guess(distinct, as_of)


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
    at = np.zeros(len(cells), dtype=bool)
    for sign in "@＠﹫":
        at |= holding(cells, sign)
    return at


def _count(cells: pa.Array, filled: Marks, at: Marks) -> Counts:
    # Eight characters are at most 32 octets; those are counted without decoding.
    brief = filled & ~at & (np.diff(offsets_of(cells)) <= 32)
    brief &= _MAY_SAY_NONE[first_bytes(cells)]
    words = pc.value_counts(cells.take(pa.array(np.flatnonzero(brief))))
    words = words.filter(pc.less_equal(pc.utf8_length(words.field("values")), _LONGEST_NONE))
    none = sum(word["counts"] for word in words.to_pylist() if _says_none(word["values"]))
    return Counts(int(filled.sum()), int(at.sum()), none)


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


def _guess(sample: list[str], as_of: pd.Timestamp) -> str:
    if _looks_like_dates(sample, as_of):
        return DATE
    return next((role for role, judge in _JUDGES if judge(sample)), "")


def _looks_like_dates(sample: list[str], as_of: pd.Timestamp) -> bool:
    # A number may be an identifier, a postal code or a day; it suggests nothing.
    words = [text for text in sample if re.search(r"\d\D|\D\d", text)]
    words = [text for text in words if not re.fullmatch(r"\d+\.\d+", text)]
    if len(words) < len(sample) * 0.5:
        return False
    states = read_dates(pd.Series(words, dtype=TEXT), None, as_of)[1]
    return bool(states.isin([OK, AMBIGUOUS]).mean() >= 0.8)


def _share(plain: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(1 for text in plain if test(text)) / len(plain)


def _phones(plain: Sequence[str]) -> bool:
    return _share(plain, lambda text: _PHONE.fullmatch(text) and len(text) < 30) >= 0.8 and (
        _share(plain, lambda text: not text.isdigit() or text.startswith("0")) >= 0.5
    )


def _companies(plain: Sequence[str]) -> bool:
    anywhere, at_end = _company_forms()
    return (
        _share(plain, lambda text: anywhere.search(text) or at_end.search(text[-_LONGEST_FORM:]))
        >= 0.4
    )


_LONGEST_FORM = 24
"""More characters than a legal form at the end of a name has, with the one before it."""


@cache
def _company_forms() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = _samples()["companies"]["words"]
    latin = "|".join(re.escape(word) for word in words if word.isascii() and word[0] != "(")
    other = "|".join(re.escape(word) for word in words if not word.isascii() or word[0] == "(")
    return (
        re.compile(other, re.IGNORECASE),
        re.compile(rf"(?<![^\W\d_])(?:{latin})\.?,?$", re.IGNORECASE),
    )


def _persons(plain: Sequence[str]) -> bool:
    surnames, given = _frequent_names()

    def frequent(text: str) -> bool:
        return text.startswith(surnames) or text.casefold().split(" ")[0] in given

    def shaped(text: str) -> bool:
        return len(text) <= 40 and bool(
            _JAPANESE_NAME.fullmatch(text) or _LATIN_NAME.fullmatch(text)
        )

    return _share(plain, shaped) >= 0.8 and _share(plain, frequent) >= 0.15


@cache
def _frequent_names() -> tuple[tuple[str, ...], frozenset[str]]:
    samples = _samples()
    return tuple(samples["surnames"]["names"]), frozenset(samples["given_names"]["names"])


_JUDGES: tuple[tuple[str, Callable[[Sequence[str]], bool]], ...] = (
    (Role.PHONE, _phones),
    (Role.COMPANY, _companies),
    (Role.FULL_NAME, _persons),
)


@cache
def _samples() -> Mapping[str, Any]:
    file = resources.files("listhygiene") / "data" / "content_samples.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
