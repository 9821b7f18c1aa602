"""Guesses: what a column's cells look like by their shape and by frequent names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd

from .dates import shares_of_dates
from .model.contacts import Role

DATE = "date"
"""What a column of days looks like; which day it is, no cell says."""

_PHONE = re.compile(r"[+(]?\(?\d[\d\s().\-]{7,}(?:\s*(?:x|ext\.?)\s*\d+)?")
_JAPANESE_NAME = re.compile(
    r"[一-龥々ヶケぁ-んァ-ヴー]{1,5}[\s]*[一-龥々ヶケぁ-んァ-ヴー]{0,6}\s?(?:様|殿|さん)?"
)
_LATIN_NAME = re.compile(r"[^\W\d_]['’.\w-]*(?:\s+[^\W\d_]['’.\w-]*){0,3}")


def guess(columns: Sequence[list[str]], as_of: pd.Timestamp) -> list[str]:
    """Say of each column's distinct cells what they look like: a role, "date", '' = not known.

    The cells are in one form of width, without outer spaces; none is empty. as_of: bounds
    two-digit years.
    """
    dates = _look_like_dates(columns, as_of)
    return [
        DATE if dated else next((role for role, judge in _JUDGES if judge(sample)), "")
        for sample, dated in zip(columns, dates, strict=True)
    ]


def _look_like_dates(columns: Sequence[list[str]], as_of: pd.Timestamp) -> list[bool]:
    # A number may be an identifier, a postal code or a day; it suggests nothing.
    words = [
        [
            text
            for text in sample
            if re.search(r"\d\D|\D\d", text) and not re.fullmatch(r"\d+\.\d+", text)
        ]
        for sample in columns
    ]
    asked = [
        one if len(one) >= len(sample) * 0.5 else []
        for one, sample in zip(words, columns, strict=True)
    ]
    return [share >= 0.8 for share in shares_of_dates(asked, as_of)]


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
