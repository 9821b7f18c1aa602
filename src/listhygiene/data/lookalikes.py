"""Look-alike domains (Unicode TR 39): labels of mixed scripts, names like a provider's."""

from __future__ import annotations

import functools
import unicodedata

import numpy as np
import pandas as pd

from ..model.listing import TEXT
from .facts import facts
from .providers import provider_names, providers

FILE = "confusables.csv"

# UTS 39 5.2, "highly restrictive": scripts that are written together.
TOGETHER = (
    frozenset({"LATIN", "HIRAGANA", "KATAKANA", "HAN"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)
# How the Unicode character database names begin, where that is not the script.
SCRIPTS = {"CJK": "HAN", "IDEOGRAPHIC": "HAN"}
COMMON = {"DIGIT", "HYPHEN-MINUS", "KATAKANA-HIRAGANA", "COMBINING", "MIDDLE", "FULL", "ZERO"}


@functools.cache
def _replacements() -> dict[int, str]:
    return {int(row["character"][2:], 16): row["skeleton"] for row in facts(FILE)}


def skeleton(name: str) -> str:
    """Return what a name looks like: equal skeletons are mistaken for each other (UTS 39 4)."""
    folded = unicodedata.normalize("NFD", name).translate(_replacements())
    return unicodedata.normalize("NFD", folded)


@functools.cache
def _provider_skeletons() -> dict[str, str]:
    return {skeleton(row["domain"]): row["domain"] for row in reversed(providers())}


def looks_like(unicode: pd.Series) -> pd.Series:
    """Return the provider's domain that each distinct domain is mistaken for, '' where none."""
    names = unicode.fillna("").astype(TEXT)
    known = names.isin(provider_names().exact.to_pylist())
    # Without one of these a name looks like itself only: its m is an m, its l no provider's 1.
    odd = names.str.contains(r"[^\x00-\x7f]|\d|rn", regex=True) & ~known
    odd[odd] = _may_be_mistaken(names[odd])
    found = np.full(len(names), "", dtype=object)
    found[odd] = [_provider_skeletons().get(skeleton(name), "") for name in names[odd]]
    return pd.Series(found, index=unicode.index, dtype=TEXT)


def _may_be_mistaken(names: pd.Series) -> pd.Series:
    """Tell which names may have the skeleton of a provider's: of ASCII ones exactly these."""
    seen = names
    for sign, looks in _replacements().items():
        if sign < 128:
            seen = seen.str.replace(chr(sign), looks, regex=False)
    foreign = names.str.contains(r"[^\x00-\x7f]", regex=True)
    return foreign | seen.isin([*_provider_skeletons()])


def mixed_scripts(unicode: pd.Series) -> pd.Series:
    """Return the scripts that one label of each distinct domain mixes unusually, '' where none.

    Japanese, Chinese and Korean beside Latin are usual.
    """
    names = unicode.fillna("").astype(TEXT)
    foreign = names.str.contains(r"[^\x00-\x7f]", regex=True)
    found = np.full(len(names), "", dtype=object)
    found[foreign] = [_mixture(name) for name in names[foreign]]
    return pd.Series(found, index=unicode.index, dtype=TEXT)


def _mixture(name: str) -> str:
    for label in name.split("."):
        scripts = {_script(character) for character in label} - {""}
        if len(scripts) > 1 and not any(scripts <= together for together in TOGETHER):
            return ", ".join(sorted(scripts)).title()
    return ""


def _script(character: str) -> str:
    first = unicodedata.name(character, "UNKNOWN").split()[0]
    return "" if first in COMMON else SCRIPTS.get(first, first)
