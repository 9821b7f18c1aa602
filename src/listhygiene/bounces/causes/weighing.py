"""Weighing the words of a response: how much each speaks for each cause.

weights.csv holds what was learned (a softmax regression over the words present); what the tables of
phrases and codes know of the response is laid on the scale beside them. So words that no table
foresaw still speak, and a wide phrase that all the other words contradict gives way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import sqrt

from .knowledge import WORD, weight_rows

PHRASE, TABLE, ALONE, UNTOLD = 2.0, 2.5, 1.0, 5.0
"""What each word of a narrow phrase weighs, and a code or a short hint; how far words must
lead where nothing else is known, and where not even a code tells that they are a server's. All are
logarithms of odds: 2.5 stands for 12 to 1."""
RESPONSE, UNCODED = 600, 14
"""Up to how many letters, or spaces where no code stands beside it, a text is a response."""

SEEN = 3
"""How often a word was seen that tells enough to be a reason."""

_BEGINS = re.compile(r"\b(?:said|reply):\s*|(?:^|[>:;=(\]\"'])\s*(?=[45][0-5]\d[ \-:#])")
_ASIDES = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}\.?(?<=[a-z.])(?=[\s\])>:;,]|$)"
)
_FRAME = re.compile(r"\brecipient address rejected: (?!access denied)(?=[a-z]{3})")
"""Postfix says so of every recipient that it refuses for a policy, whatever the policy is."""
_WORD = re.compile(
    r"(?<![\w.])[245](\.\d{1,3}\.\d{1,3})\b|\b([45]\d\d)\b|([^\W\d_]+(?:'[^\W\d_]+)*)|@"
)
_COMMON = frozenset(
    "a an and at be by for from has have in is it of on or that the this to was"
    " hostname ipaddress".split()
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

    scores: cause -> log of its odds, but for what all have in common. words: the words that are
    known, each with what it adds for the causes that it speaks of. telling: how many of them are
    neither code nor common.
    """

    scores: dict[str, float]
    words: dict[str, dict[str, float]]
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

        def spoken(word: str) -> float:
            of = self.words[word]
            return of.get(cause, 0) - of.get(over, 0)

        told = [word for word in self.words if word.isalpha() and word not in _COMMON]
        return [word for word in sorted(told, key=spoken, reverse=True) if spoken(word) > 0][:3]


def weight_of(words: str, narrow: bool) -> float:
    """Return what a wording weighs: the more, the more words it has, and the more if narrow."""
    number = len(WORD.findall(words))
    return PHRASE * max(2, number) if narrow else max(TABLE, number)


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
        for match in _WORD.finditer(_ASIDES.sub(_named, _FRAME.sub(" ", flat)))
    }
    return sorted(found)


def _named(match: re.Match[str]) -> str:
    return " ipaddress " if match[0][0].isdigit() and match[0][-1].isdigit() else " hostname "


def weigh(flat: str) -> Scale:
    """Weigh the words of a flat text; of a long one each weighs less."""
    causes, table, telling = weights()
    known = {word: table[word] for word in words_of(flat) if word in table}
    scores = dict.fromkeys(causes, 0.0)
    share = 1 / sqrt(max(1, len(known)))
    for of in known.values():
        for cause, weight in of.items():
            scores[cause] += share * weight
    return Scale(scores, known, sum(1 for word in known if word in telling))


@cache
def weights() -> tuple[tuple[str, ...], dict[str, dict[str, float]], frozenset[str]]:
    """Return the causes, word -> cause -> weight, and the words that may be a reason.

    Those are no codes, not common, and were seen often enough.
    """
    table = {}
    telling = set()
    for word, seen, told in weight_rows():
        pairs = (one.partition(":") for one in told.split())
        table[word] = {cause: int(number) / 100 for cause, _, number in pairs}
        if int(seen) >= SEEN and word.isalpha() and word not in _COMMON:
            telling.add(word)
    causes = sorted({cause for of in table.values() for cause in of})
    return tuple(causes), table, frozenset(telling)
