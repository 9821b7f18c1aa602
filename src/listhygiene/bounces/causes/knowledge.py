"""What is known of servers' words and codes, read from the tables beside this file, and indexed.

phrases.csv outweighs the codes that stand beside the words; hints.csv is asked after them.
A phrase is lower case with single spaces. In it `@` stands for any address, `#` for digits (`##`
for the sign itself), `%` for a host name, `*` for up to 80 other characters; it matches
at word boundaries. A phrase of a host family is known from that family only. Rows are tried from
the top of the table, first the family's, then the others; so a narrow phrase stands above a wide
one.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WORD = re.compile(r"[a-z0-9\u00c0-\u024f\u0400-\u04ff]+")
WIDE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
_HOST = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}"
_SPECIAL = re.compile(r"(##|[@#*%])")
_MEANING = {"@": "@", "#": r"\d+", "##": "#", "*": r".{0,80}?", "%": _HOST}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of phrases.csv; rank = its place among the rows (families come first)."""

    rank: int
    cause: str
    family: str
    words: str


@dataclass(frozen=True, slots=True)
class Index:
    """The phrases by the word of each that is rarest among all, and those that cannot be so found.

    wide: in Japanese, which has no spaces. wordless: short ones such as a code with digits.
    """

    by_word: dict[str, tuple[Phrase, ...]]
    wide: tuple[Phrase, ...]
    wordless: tuple[Phrase, ...]


def _rows(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines))


@cache
def pattern_of(words: str) -> re.Pattern[str]:
    """Return the pattern of a phrase; made when the phrase is first a candidate."""
    body = "".join(_MEANING.get(part) or re.escape(part) for part in _SPECIAL.split(words) if part)
    left = r"(?<![a-z0-9])" if words[0].isascii() and words[0].isalnum() else ""
    right = r"(?![a-z0-9])" if words[-1].isascii() and words[-1].isalnum() else ""
    return re.compile(left + body + right)


def _whole_words(words: str) -> list[str]:
    """List the words of a phrase that a text must hold whole for the phrase to match."""
    cut = re.sub(r"[a-z0-9]*[#*%][a-z0-9]*", " ", words)
    return WORD.findall(cut)


@cache
def phrases(table: str = "phrases.csv") -> Index:
    """Return the index of the phrases of one table."""
    rows = _rows(table)
    rows.sort(key=lambda row: not row["family"])
    listed = [
        Phrase(rank, row["cause"], row["family"], row["phrase"]) for rank, row in enumerate(rows)
    ]
    frequency = Counter(word for one in listed for word in set(_whole_words(one.words)))
    by_word: dict[str, list[Phrase]] = {}
    wide, wordless = [], []
    for one in listed:
        words = _whole_words(one.words)
        if WIDE.search(one.words):
            wide.append(one)
        elif not words:
            wordless.append(one)
        else:
            key = min(words, key=lambda word: (frequency[word], -len(word), word))
            by_word.setdefault(key, []).append(one)
    found = {word: tuple(them) for word, them in by_word.items()}
    return Index(found, tuple(wide), tuple(wordless))


@cache
def families() -> dict[str, tuple[tuple[int, re.Pattern[str], str], ...]]:
    """Return the host families by the words that make one possible: (rank, pattern, family)."""
    found: dict[str, list[tuple[int, re.Pattern[str], str]]] = {}
    for rank, row in enumerate(_rows("families.csv")):
        for word in row["words"].split():
            found.setdefault(word, []).append((rank, re.compile(row["pattern"]), row["family"]))
    return {word: tuple(them) for word, them in found.items()}


@cache
def statuses() -> dict[tuple[str, str], str]:
    """Return (enhanced status or "x.2.2" for any class, family or '') -> cause (RFC 3463, 5248)."""
    return {(row["status"], row["family"]): row["cause"] for row in _rows("statuses.csv")}


@cache
def replies() -> dict[str, str]:
    """Return reply code, or its first digit -> cause, the last resort (RFC 5321 4.2)."""
    return {row["reply"]: row["cause"] for row in _rows("replies.csv")}
