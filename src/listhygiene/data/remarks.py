"""Remarks that people write beside an address, and that speak against mailing it."""

from __future__ import annotations

import functools
import re
import unicodedata

from .facts import facts

FILE = "remark_words.csv"

_EDGE = r"[\s\d./:,;!?()（）・、。-]*"


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Match a remark that holds such a word: as a whole, as words of its own, or anywhere."""
    words: dict[str, list[str]] = {"whole": [], "word": [], "within": []}
    for row in facts(FILE):
        words[row["match"]].append(re.escape(_plain(row["word"])))
    whole, word, within = ("|".join(words[kind]) for kind in words)
    return re.compile(rf"{_EDGE}(?:{whole}){_EDGE}\Z|.*(?:\b(?:{word})\b|{within})", re.DOTALL)


def speaks_against(remark: str) -> bool:
    """Tell whether a remark says that the person left, or that the address is not to be mailed."""
    return bool(remark.strip()) and _pattern().match(_plain(remark)) is not None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
