"""Canaries: questions with known answers, which show whether the resolver tells the truth."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..model.answer import Question, Records, Status

DEFAULT = ("gmail.com", "outlook.com", "yahoo.co.jp")
"""Well-known mail domains that must have MX."""
_REAL_ENDS = ("com", "net", "org")
_NO_END = "invalid"
"""Reserved never to exist (RFC 6761 6.4)."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Trial:
    """One round of canaries: when, why it failed ('' = it passed), and how each question ended."""

    at: datetime
    failed: str
    statuses: Mapping[Question, Status]


@dataclass(frozen=True, slots=True)
class Canaries:
    """The questions of one round: domains that must have MX, names that must not exist."""

    positive: tuple[str, ...]
    negative: tuple[str, ...]

    def questions(self) -> list[Question]:
        """Return what to ask; of absent names both types, for an address is what gets faked."""
        absent = [(name, kind) for name in self.negative for kind in ("MX", "A")]
        return [*((name, "MX") for name in self.positive), *absent]

    def judge(self, answers: Mapping[Question, Records]) -> str:
        """Say why the answers of this run cannot be trusted, or ''."""
        found = sum(answers[name, "MX"].status is Status.OK for name in self.positive)
        need = math.ceil(len(self.positive) * 2 / 3)
        if found < need:
            return self._judge_positive(answers, found)
        ends = [{answers[name, kind].status for kind in ("MX", "A")} for name in self.negative]
        if any(Status.OK in end for end in ends):
            return "the resolver answers for names that do not exist"
        if any(Status.NODATA in end for end in ends):
            return "the resolver hides that a name does not exist"
        if sum(Status.UNKNOWN in end for end in ends) > 1:
            return "the resolver does not say whether a random name exists"
        return ""

    def _judge_positive(self, answers: Mapping[Question, Records], found: int) -> str:
        statuses = {answers[name, "MX"].status for name in self.positive}
        if statuses == {Status.UNKNOWN}:
            why = answers[self.positive[0], "MX"].why
            return f"the resolver gives no answers ({why})"
        return f"only {found} of {len(self.positive)} well-known mail domains have MX records"


def draw_canaries(domains: tuple[str, ...], chance: random.Random) -> Canaries | None:
    """Draw one round; None where no well-known domain is named: then nothing is tried."""
    if not domains:
        return None
    return Canaries(
        domains, tuple(f"{_draw_label(chance)}.{end}" for end in (*_REAL_ENDS, _NO_END))
    )


def _draw_label(chance: random.Random) -> str:
    return "".join(chance.choice(_LETTERS) for _ in range(chance.randint(14, 18)))
