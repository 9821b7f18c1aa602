"""Content: what the cells of a column look like, whatever its header says."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .dates import AMBIGUOUS, OK, read_dates
from .model.contacts import Role
from .model.listing import TEXT

DATE = "date"
"""What a column of days looks like; which day it is, no cell says."""

NOTHING = "nothing"
"""What a column looks like whose cells only say that there is nothing (なし, n/a, -)."""

ADDRESS_SHARE = 0.5
"""From this share of its filled cells on, a column with "@" is one of addresses."""

_SAMPLE = 400
"""How many distinct cells are looked at for what only suggests a role."""

_SPACE = r"^[\s\p{Z}\p{Cf}]*$"
_NO_ADDRESS = (
    r"(?i)^[\s\p{Z}\p{Cf}]*(?:[^\p{L}\p{N}]*|n/?a|none|null|nil|nan|なし|ナシ|無し?|不明|未登録)"
    r"[\s\p{Z}]*$"
)
_AT = r"[^\s@＠﹫][\s\p{Z}]*[@＠﹫][\s\p{Z}]*[^\s@＠﹫]"
_PHONE = re.compile(r"[+(]?\(?\d[\d\s().\-]{7,}(?:\s*(?:x|ext\.?)\s*\d+)?")
_JAPANESE_NAME = re.compile(
    r"[一-龥々ヶケぁ-んァ-ヴー]{1,5}[\s]*[一-龥々ヶケぁ-んァ-ヴー]{0,6}\s?(?:様|殿|さん)?"
)
_LATIN_NAME = re.compile(r"[^\W\d_]['’.\w-]*(?:\s+[^\W\d_]['’.\w-]*){0,3}")


def filled_cells(texts: pd.Series) -> npt.NDArray[np.bool_]:
    """Tell which cells hold anything but spaces and invisible characters."""
    cells = _arrow(texts)
    filled = pc.and_(pc.not_equal(cells, ""), pc.invert(pc.utf8_is_space(cells)))
    # Arrow's spaces do not include the zero-width ones; only a short cell is made of such alone.
    short = pc.and_(pc.less_equal(pc.utf8_length(cells), 4), pc.invert(pc.string_is_ascii(cells)))
    words = pc.unique(cells.filter(short))
    blank = words.filter(pc.match_substring_regex(words, _SPACE))
    if len(blank):
        filled = pc.and_(filled, pc.invert(pc.is_in(cells, value_set=blank)))
    return np.asarray(pc.fill_null(filled, False))


def share_of_addresses(texts: pd.Series) -> float:
    """Return the share of cells with an "@" inside, placeholders such as なし not counted.

    NaN where there is nothing but placeholders and blanks.
    """
    cells = _arrow(texts)
    at = pc.match_substring(cells, "@")
    if not pc.all(pc.string_is_ascii(cells)).as_py():
        at = pc.or_(at, pc.match_substring_regex(cells, "[＠﹫]"))
    with_at = cells.filter(at)
    # A handle ("@taro") has an "@" and is no address; a sample tells.
    sample = with_at.take(pa.array(_evenly(len(with_at))))
    like = int(pc.sum(pc.match_substring_regex(sample, _AT)).as_py() or 0)
    hold = len(with_at) * like / max(len(sample), 1)
    others = cells.filter(pc.invert(at))
    words = pc.unique(others)
    empty = words.filter(pc.match_substring_regex(words, _NO_ADDRESS))
    blank = int(pc.sum(pc.is_in(others, value_set=empty)).as_py() or 0)
    counted = len(with_at) + len(others) - blank
    return hold / counted if counted else float("nan")


def _evenly(count: int) -> npt.NDArray[np.intp]:
    """Return places spread evenly over a column, so that the same file gives the same sample."""
    if count <= _SAMPLE * 4:
        return np.arange(count)
    return np.linspace(0, count - 1, _SAMPLE * 4).astype(np.intp)


def content_role(texts: pd.Series, filled: npt.NDArray[np.bool_], as_of: pd.Timestamp) -> str:
    """Return what the cells look like: a role, "date", "nothing", or '' where that is not known.

    Addresses are counted in every cell; the rest is judged by cells taken evenly from the whole
    column, so that the same file always gives the same answer.
    """
    share = share_of_addresses(texts)
    if np.isnan(share):
        return NOTHING
    if share >= ADDRESS_SHARE:
        return Role.EMAIL
    sample = _sample(texts, filled)
    if not len(sample):
        return ""
    if _looks_like_dates(sample, as_of):
        return DATE
    plain = [unicodedata.normalize("NFKC", text).strip() for text in sample]
    return next((role for role, judge in _JUDGES if judge(plain)), "")


def _sample(texts: pd.Series, filled: npt.NDArray[np.bool_]) -> pd.Series:
    places = np.flatnonzero(filled)
    places = places[_evenly(len(places))]
    distinct = texts.iloc[places].drop_duplicates()
    return distinct.iloc[:_SAMPLE]


def _looks_like_dates(sample: pd.Series, as_of: pd.Timestamp) -> bool:
    # A number may be an identifier, a postal code or a day; it suggests nothing.
    words = sample[~sample.str.fullmatch(r"\d+(?:\.\d+)?")]
    if len(words) * 2 < len(sample) or not len(words):
        return False
    states = read_dates(words, None, as_of)[1]
    return bool(states.isin([OK, AMBIGUOUS]).mean() >= 0.8)


def _share(plain: Sequence[str], test: Callable[[str], object]) -> float:
    return sum(1 for text in plain if test(text)) / len(plain)


def _phones(plain: Sequence[str]) -> bool:
    return _share(plain, lambda text: _PHONE.fullmatch(text) and len(text) < 30) >= 0.8 and (
        _share(plain, lambda text: not text.isdigit() or text.startswith("0")) >= 0.5
    )


def _companies(plain: Sequence[str]) -> bool:
    words = _samples()["companies"]["words"]
    latin = "|".join(re.escape(word) for word in words if word.isascii() and word[0] != "(")
    other = "|".join(re.escape(word) for word in words if not word.isascii())
    form = re.compile(rf"{other}|(?<![^\W\d_])(?:{latin})\.?,?$", re.IGNORECASE)
    return _share(plain, form.search) >= 0.4


def _persons(plain: Sequence[str]) -> bool:
    surnames = tuple(_samples()["surnames"]["names"])
    given = frozenset(_samples()["given_names"]["names"])

    def frequent(text: str) -> bool:
        return text.startswith(surnames) or text.casefold().split(" ")[0] in given

    def shaped(text: str) -> bool:
        return len(text) <= 40 and bool(
            _JAPANESE_NAME.fullmatch(text) or _LATIN_NAME.fullmatch(text)
        )

    return _share(plain, shaped) >= 0.8 and _share(plain, frequent) >= 0.15


_JUDGES: tuple[tuple[str, Callable[[Sequence[str]], bool]], ...] = (
    (Role.PHONE, _phones),
    (Role.COMPANY, _companies),
    (Role.FULL_NAME, _persons),
)


def _arrow(texts: pd.Series) -> pa.Array:
    array = pa.array(texts.astype(TEXT), type=pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


@cache
def _samples() -> Mapping[str, Any]:
    file = resources.files("listhygiene") / "data" / "content_samples.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
