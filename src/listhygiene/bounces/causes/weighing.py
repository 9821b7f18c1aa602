"""Weighing the words of a response: how often each stands in responses of each cause.

weights.csv counts them (naive Bayes over the words present); what the tables of phrases and codes
know of the response is laid on the scale beside them. So words that no table foresaw still speak,
and a wide phrase that all the other words contradict gives way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import log

from .knowledge import weight_rows

ADDED = 0.05
"""Counted of every word for every cause, so that no word forbids one (Lidstone's smoothing)."""
LONGEST = 12
"""Words of a text beyond which each weighs less: a long text repeats itself, it knows no more."""
PHRASE, TABLE, ALONE, UNTOLD = 3.0, 4.0, 2.0, 5.0
"""What each word of a narrow phrase weighs, and a wide wording, hint or code; how far words must
lead where nothing else is known, and where not even a code tells that they are a server's."""
RESPONSE, UNCODED = 600, 14
"""Up to how many letters, or spaces where no code stands beside it, a text is a response."""

SEEN = 3
"""How often a word was seen that tells enough to be a reason."""

_BEGINS = re.compile(r"\b(?:said|reply):\s*|(?:^|[>:;=(\]\"'])\s*(?=[45][0-5]\d[ \-:#])")
_ASIDES = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}\.?(?<=[a-z.])(?=[\s\])>:;,]|$)"
)
_WORD = re.compile(
    r"(?<![\w.])[245](\.\d{1,3}\.\d{1,3})\b|\b([45]\d\d)\b|([^\W\d_]+(?:'[^\W\d_]+)*)|@"
)
_COMMON = frozenset(
    "a an and at be by for from has have in is it of on or that the this to was".split()
)
"""Words that weigh with the others, but are not told as the reason."""
_FOREIGN = re.compile(
    r"[^\x00-\x7f]|\b(?:el|la|los|las|le|les|des|du|un|une|der|die|das|den|dem|ist|nicht|wurde|ihre?|il|di"
    r"|lo|gli|os|da|dos|em|och|det|ikke|inte|een|het|niet|van|na|ne|nie|nu|se|je|jest|bir|nem|ei|w|z)\b"
)
"""What no English text holds; too few responses in other languages were collected to be weighed."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much the words of a text speak for each cause.

    scores: cause -> log of its likelihood, shortened where the text is long. words: the words
    that are known, each with what it adds for each cause in that order. telling: how many of them
    are neither code nor common.
    """

    scores: dict[str, float]
    words: dict[str, tuple[float, ...]]
    telling: int

    def best(self) -> str:
        """Return the cause that weighs most."""
        return max(self.scores, key=self.scores.__getitem__)

    def lead(self) -> float:
        """Return by how much the first cause leads the second."""
        first, second = sorted(self.scores.values(), reverse=True)[:2]
        return first - second

    def why(self, cause: str, over: str = "") -> list[str]:
        """List the words that speak most for a cause (over another), at most three."""

        causes = list(self.scores)
        place, beside = causes.index(cause), causes.index(over) if over else -1

        def spoken(word: str) -> float:
            of = self.words[word]
            return of[place] - (of[beside] if beside >= 0 else sum(of) / len(of))

        told = [word for word in self.words if word.isalpha() and word not in _COMMON]
        return [word for word in sorted(told, key=spoken, reverse=True) if spoken(word) > 0][:3]


def outweigh(flat: str, known: str, coded: bool, beside: float = TABLE) -> tuple[str, list[str]]:
    """Return the cause that the words speak for against what is known, and those words; '' if none.

    known: the cause that a table names, or ''. coded: a server's code stands beside the words.
    beside: what the table's word weighs. What stands before the reply code is not the server's.
    Nothing is weighed of a notice, a text written without spaces, or a single word.
    """
    begins = _BEGINS.search(flat)
    own = flat[begins.end() :] if begins else flat
    if not (coded or own.count(" ") < UNCODED) or len(own) > RESPONSE or _FOREIGN.search(own):
        return "", []
    scale = weigh(own)
    if scale.telling < 2:
        return "", []
    first = scale.best()
    lead, wanted = (
        (scale.scores[first] - scale.scores[known], beside)
        if known
        else (scale.lead(), ALONE if coded else UNTOLD)
    )
    return (first, scale.why(first, known)) if lead > wanted else ("", [])


def words_of(flat: str) -> list[str]:
    """List the words of a flat text once each: words, `@`, reply codes, status without class."""
    found = {
        f"x{match[1]}" if match[1] else match[2] or match[3] or "@"
        for match in _WORD.finditer(_ASIDES.sub(_named, flat))
    }
    return sorted(found)


def _named(match: re.Match[str]) -> str:
    return " ipaddress " if match[0][0].isdigit() and match[0][-1].isdigit() else " hostname "


def weigh(flat: str) -> Scale:
    """Weigh the words of a flat text."""
    causes, table = weights()
    known = {word: table[word] for word in words_of(flat) if word in table}
    telling = sum(1 for word in known if word in _often())
    share = min(1.0, LONGEST / max(1, len(known)))
    sums = map(sum, zip(*known.values(), strict=True)) if known else [0] * len(causes)
    scores = {cause: share * one for cause, one in zip(causes, sums, strict=True)}
    return Scale(scores, known, telling)


@cache
def _often() -> frozenset[str]:
    """Return the words that may be a reason: no code, not common, seen often enough."""
    return frozenset(
        word
        for word, told in weight_rows()
        if word.isalpha()
        and word not in _COMMON
        and sum(number for _, number in _counted(told)) >= SEEN
    )


@cache
def weights() -> tuple[tuple[str, ...], dict[str, tuple[float, ...]]]:
    """Return the causes, and word -> log of how likely a response of each cause holds the word."""
    counts = {word: dict(_counted(told)) for word, told in weight_rows()}
    causes = sorted({cause for of in counts.values() for cause in of})
    total = dict.fromkeys(causes, 0)
    for of in counts.values():
        for cause, number in of.items():
            total[cause] += number
    every = {cause: total[cause] + ADDED * len(counts) for cause in causes}
    return tuple(causes), {
        word: tuple(log((of.get(cause, 0) + ADDED) / every[cause]) for cause in causes)
        for word, of in counts.items()
    }


def _counted(told: str) -> Iterable[tuple[str, int]]:
    for one in told.split():
        cause, _, number = one.partition(":")
        yield cause, int(number)
