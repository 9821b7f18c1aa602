"""What is known of servers' words and codes, read from the tables beside this file, and indexed.

phrases.csv outweighs the codes that stand beside the words; wide.csv and hints.csv are asked after
them; what wide.csv names is a failure for certain, what a hint names only where one is expected;
categories.csv is asked of a text that is nothing but the name of a category.
A phrase is lower case with single spaces. In it `@` stands for any address, `#` for digits (`##`
for the sign itself), `%` for a host name, `*` for up to 80 other characters, `~` for up to 40 of
the same sentence, `^` for up to two words, `{sender}` for any of the words of that name in
words.csv; it matches at word boundaries. A phrase of a host family is known from that family only.
Rows are tried from the top of the table, first the family's, then the others; so a narrow phrase
stands above a wide one.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WORD = re.compile(r"[a-z0-9\u00c0-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff]+")
WIDE = re.compile(r"[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]")
_HOST = r"[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}"
_SPECIAL = re.compile(r"(##|[@#*%~^]|\{\w+\})")
_SAME_SENTENCE = r"(?:(?![.;!?] |[\u3002\uff01\uff1f]).){0,40}?"
_TWO_WORDS = r" (?:(?:[^\s:;!?]+[^\s.:;!?] ){1,2}?)??"
_MEANING = {
    "@": "@",
    "#": r"\d+",
    "##": "#",
    "*": r".{0,80}?",
    "%": _HOST,
    "~": _SAME_SENTENCE,
    "^": _TWO_WORDS,
}
_OPEN = re.compile(r"\{\w+\}|[a-z0-9]*[#*%~^][a-z0-9]*")
_CLASS = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of phrases.csv; rank = its place among the rows (families come first).

    part: the longest that the text must hold letter by letter. needs: of each of these sets it must
    hold a word, unless it is written without spaces.
    """

    rank: int
    cause: str
    family: str
    words: str
    part: str = ""
    needs: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True, slots=True)
class Index:
    """The phrases by the word of each that is rarest among all, and those that cannot be so found.

    All of them by their rank. wide: in Japanese, which has no spaces. wordless: short ones such as
    a code with digits.
    """

    by_word: dict[str, dict[int, Phrase]]
    wide: dict[int, Phrase]
    wordless: dict[int, Phrase]


def rows_of(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines))


_BEFORE = r"(?<![a-z0-9])"
_AFTER = r"(?![a-z0-9])"


@cache
def pattern_of(words: str) -> re.Pattern[str]:
    """Return the pattern of a phrase; made when the phrase is first a candidate."""
    body = "".join(_meaning(part) for part in _SPECIAL.split(words) if part)
    left, right = _bounds(words)
    return re.compile(left + body + right)


def _bounds(words: str) -> tuple[str, str]:
    """Return what must stand before and after words that begin or end with a letter or digit."""
    left = _BEFORE if words[0].isascii() and words[0].isalnum() else ""
    right = _AFTER if words[-1].isascii() and words[-1].isalnum() else ""
    return left, right


def _meaning(part: str) -> str:
    if part.startswith("{"):
        return _any_of(part[1:-1])
    return _MEANING.get(part) or re.escape(part)


@cache
def _any_of(name: str) -> str:
    """Return the pattern of any of the words of a name: a tree of letters, tried once each."""
    groups: dict[tuple[str, str], list[str]] = {}
    for words in word_classes()[name]:
        groups.setdefault(_bounds(words), []).append(words)
    return (
        "(?:"
        + "|".join(f"{left}{_tree(them)}{right}" for (left, right), them in groups.items())
        + ")"
    )


def _tree(words: list[str]) -> str:
    """Return the pattern of any of these, the longer first where one begins with another."""
    rest: dict[str, list[str]] = {}
    for one in words:
        if one:
            rest.setdefault(one[0], []).append(one[1:])
    branches = [re.escape(first) + _tree(them) for first, them in sorted(rest.items())]
    if "" in words:
        return f"(?:{'|'.join(branches)})?" if branches else ""
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"


@cache
def word_classes() -> dict[str, tuple[str, ...]]:
    """Return the words of each name in words.csv; the longer ones first."""
    found: dict[str, list[str]] = {}
    for row in rows_of("words.csv"):
        found.setdefault(row["name"], []).extend(row["words"].split(" | "))
    return {name: tuple(sorted(them, key=len, reverse=True)) for name, them in found.items()}


@cache
def _whole_words(words: str) -> tuple[str, ...]:
    """List the words of a phrase that a text must hold whole for the phrase to match."""
    return tuple(WORD.findall(_OPEN.sub(" ", words)))


def _longest_part(words: str) -> str:
    return max(_SPECIAL.split(words)[::2], key=len)


def _needs(words: str) -> tuple[frozenset[str], ...]:
    return tuple(_telling_words(name) for name in dict.fromkeys(_CLASS.findall(words)))


@cache
def _telling_words(name: str) -> frozenset[str]:
    """Return the longest word of each wording of a class: "permitido" tells more than "no"."""
    spelled = (WORD.findall(one) for one in word_classes()[name])
    return frozenset(max(found, key=len) for found in spelled if found)


def _told_by(words: str) -> list[str]:
    """List the wordings that a text must hold one of: the phrase's own, or a class's in it."""
    named = _CLASS.findall(words)
    if _whole_words(words) or not named:
        return [words]
    fewest = min(named, key=lambda name: len(word_classes()[name]))
    return list(word_classes()[fewest])


@cache
def phrases(table: str = "phrases.csv") -> Index:
    """Return the index of the phrases of one table."""
    rows = rows_of(table)
    rows.sort(key=lambda row: not row["family"])
    listed = [
        Phrase(rank, row["cause"], row["family"], words, _longest_part(words), _needs(words))
        for rank, row in enumerate(rows)
        for words in [row["phrase"]]
    ]
    told_by = {one: _told_by(one.words) for one in listed}
    frequency = Counter(
        word for them in told_by.values() for words in them for word in set(_whole_words(words))
    )
    by_word: dict[str, dict[int, Phrase]] = {}
    wide: dict[int, Phrase] = {}
    wordless: dict[int, Phrase] = {}
    for one, wordings in told_by.items():
        for words in wordings:
            whole = _whole_words(words)
            if WIDE.search(words):
                wide[one.rank] = one
            elif not whole:
                wordless[one.rank] = one
            else:
                key = min(whole, key=lambda word: (frequency[word], -len(word), word))
                by_word.setdefault(key, {})[one.rank] = one
    return Index(by_word, wide, wordless)


@cache
def families() -> dict[str, tuple[tuple[int, re.Pattern[str], str], ...]]:
    """Return the host families by the words that make one possible: (rank, pattern, family)."""
    found: dict[str, list[tuple[int, re.Pattern[str], str]]] = {}
    for rank, row in enumerate(rows_of("families.csv")):
        for word in row["words"].split():
            found.setdefault(word, []).append((rank, re.compile(row["pattern"]), row["family"]))
    return {word: tuple(them) for word, them in found.items()}


LONGEST_CATEGORY = 60
"""Characters beyond which a text is no name of a category."""
_SEAMS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s_\-./:]+")


def spelled_out(text: str) -> str:
    """Return an identifier as words: "bad-mailbox", "NoMailbox" and "MAILBOX_FULL" alike."""
    return " ".join(_SEAMS.sub(" ", text).lower().split())


_NUMBERED = re.compile(r"\s*\d{1,2}[ :.-]+([^:]{3,60}):\s")
_KIND = re.compile(
    r"(?:(?:hard|soft|block|technical|transient|permanent|temporary|mail)"
    r"(?: (?:bounce|block|failure|error))?|bounce|err|error|reason) (?=.)"
)


def category_of(text: str) -> str:
    """Return the words of the category that a text is the name of; '' if it is none.

    "Soft Bounce - Mailbox Full" names "mailbox full", as does "22 Mailbox Full: The message ...".
    """
    numbered = _NUMBERED.match(text)
    if not numbered and len(text) > LONGEST_CATEGORY:
        return ""
    words = spelled_out(numbered[1] if numbered else text)
    for one in (words, _KIND.sub("", words, count=1)):
        if found := one if one in categories() else _unspaced().get(one.replace(" ", "")):
            return found
    return ""


@cache
def _unspaced() -> dict[str, str]:
    """Return the words of each category without spaces -> those words."""
    return {words.replace(" ", ""): words for words in reversed(categories())}


def category_among(text: str) -> tuple[str, str]:
    """Return the category that one of several lines is the name of, and its cause; '' if none."""
    for line in text.splitlines() if "\n" in text else ():
        if category := category_of(line):
            return f'category "{category}"', categories()[category]
    return "", ""


_FRAMED = re.compile(r"\brecipient address rejected: ([^.;()]{3,60}?) *(?=$|[.;(])")


def category_framed(flat: str) -> tuple[str, str]:
    """Return the category that is all Postfix says of a refused recipient, and its cause; or ''."""
    framed = _FRAMED.search(flat)
    category = category_of(framed[1]) if framed else ""
    return (f'category "{category}"', categories()[category]) if category else ("", "")


@cache
def categories() -> dict[str, str]:
    """Return the words by which platforms class bounces -> cause."""
    return {row["words"]: row["cause"] for row in rows_of("categories.csv")}


@cache
def statuses() -> dict[tuple[str, str], str]:
    """Return (enhanced status or "x.2.2" for any class, family or '') -> cause (RFC 3463, 5248)."""
    return {(row["status"], row["family"]): row["cause"] for row in rows_of("statuses.csv")}


@cache
def replies() -> dict[str, str]:
    """Return enhanced status or reply code -> cause, the last resort (RFC 5321 4.2)."""
    return {row["reply"]: row["cause"] for row in rows_of("replies.csv")}


@cache
def weight_rows() -> tuple[tuple[str, str, str], ...]:
    """Return the rows of weights.csv: (word, how often seen, "P3:120 T4:-31": hundredths)."""
    return tuple((row["word"], row["seen"], row["weights"]) for row in rows_of("weights.csv"))
