"""T206: a word that stands for no address."""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..address.characters import AT, INVISIBLE, SPACE, trim, without_formatting
from ..address.repair import Repair, Told, find_repairs
from ..model.rule import Grade, Severity, rule

_DITTO = frozenset(("〃", "″", '"', "々", "仝"))
"""Marks that mean the cell above, not none."""

_MARKS = re.compile(rf"[^\w{AT}]*\Z")
_FRAME = re.compile(rf"(?s)[(<\[【「\"'][{SPACE}]*(.*?)[{SPACE}]*[)>\]】」\"']\Z")


@rule("T206", "placeholder-text", Severity.INFO)
def placeholder_text(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The text says that there is no address.

    Why: words like "none", "n/a" or なし fill a mandatory field: not a wrong address but none.
    Example: n/a
    Remedy: leave the cell empty, or ask the contact for an address.
    """
    return find_repairs(texts, rf"\A[^{AT}]+\z", _stands_for_none, _are_words)


def _are_words(texts: pa.Array) -> Told:
    """Say of texts that are one word, longer than any that stands for no address, nothing."""
    most = max(map(len, _words()))
    known = pc.match_substring_regex(
        texts, rf"\A[A-Za-z0-9][A-Za-z0-9._\-]{{{most},}}[A-Za-z0-9]\z"
    )
    marks, nothing = known.to_numpy(zero_copy_only=False), texts.slice(0, 0)
    return Told(marks, np.empty(0, np.intp), Grade.MISSING, nothing, nothing)


def _stands_for_none(text: str) -> list[Repair]:
    word = _fold(text)
    framed = _FRAME.match(word)
    if trim(text) in _DITTO:
        return []
    if _MARKS.match(word) or word in _words() or (framed and framed[1] in _words()):
        return [Repair(Grade.MISSING, None, "")]
    return []


def _fold(text: str) -> str:
    seen = trim(without_formatting(unicodedata.normalize("NFKC", trim(text))))
    return re.sub(rf"[{SPACE}{INVISIBLE}]+", " ", seen).casefold().rstrip(".。!！")


@functools.cache
def _words() -> frozenset[str]:
    place = resources.files("listhygiene.data").joinpath("placeholders.csv")
    rows = csv.DictReader(place.read_text(encoding="utf-8").splitlines())
    return frozenset(_fold(row["text"]) for row in rows)
