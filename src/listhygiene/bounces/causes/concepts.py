"""What a text in another language speaks of, whatever its grammar: a recipient, a refusal.

The phrases know wordings; languages that bend their words have more of them than a table can hold.
So the beginnings of words are sought ("überschrit-", "переполн-"), and what is spoken of together
tells the cause. Asked where no wording decides.
"""

from __future__ import annotations

import re
from functools import cache

from .knowledge import rows_of

LONGEST = 400
"""Characters of a text that is read so; in a longer one too much is spoken of together."""
_RULES = (
    ("loop", "", "P7"),
    ("unproven", "", "P4"),
    ("by recipient", "refused", "P1"),
    ("by recipient", "off", "P1"),
    ("other domains", "", "P6"),
    ("relay", "refused", "P6"),
    ("relay", "accepts not", "P6"),
    ("relays not", "", "P6"),
    ("reverse name", "", "T3"),
    ("client", "blocklist", "T3"),
    ("connection", "blocklist", "T3"),
    ("sender", "blocklist", "P1"),
    ("recipient", "blocklist", "P1"),
    ("blocklist", "", "T3"),
    ("client", "refused", "T3"),
    ("client", "off", "T3"),
    ("client", "permission", "T3"),
    ("permission", "", "P1"),
    ("accepts only", "sender", "P1"),
    ("recipient", "accepts only", "P1"),
    ("client", "accepts not", "T3"),
    ("infection", "", "P8"),
    ("junk", "", "P8"),
    ("domain", "mail server", "P2"),
    ("sender", "refused", "P1"),
    ("sender", "accepts not", "P1"),
    ("sender", "unknown", "P1"),
    ("message", "big", "T4"),
    ("recipient", "full", "T4"),
    ("message", "full", "T4"),
    ("crowd", "", "T5"),
    ("domain", "unknown", "P2"),
    ("command", "unknown", "P5"),
    ("recipient", "unknown", "P3"),
    ("recipient", "off", "P9"),
    ("connection", "failed", "T5"),
    ("no answer", "", "T5"),
    ("queue", "", "T5"),
    ("temporary", "", "T5"),
    ("content", "refused", "T6"),
    ("content", "accepts not", "T6"),
    ("cipher", "", "P5"),
    ("syntax", "", "P5"),
    ("login", "", "P4"),
    ("policy", "refused", "P4"),
    ("recipient", "accepts not", "P1"),
    ("recipient", "refused", "P3"),
    ("message", "refused", "P4"),
)
"""Two concepts, or one, and the cause; the first that holds decides."""


def cause_of(flat: str) -> tuple[str, tuple[str, ...]]:
    """Return the cause that the concepts of a flat text tell, and the words; ('', ()) if none."""
    if len(flat) > LONGEST:
        return "", ()
    found = {name: match for name, pattern in _patterns() if (match := pattern.search(flat))}
    for first, second, cause in _RULES:
        if first in found and (not second or second in found):
            if (first, second) == ("domain", "unknown") and _is_of_recipient(found):
                cause = "P3"
            named = (found[name][0] for name in (first, second) if name)
            return cause, tuple(dict.fromkeys(named))
    return "", ()


def _is_of_recipient(found: dict[str, re.Match[str]]) -> bool:
    """Tell "no such user in this domain" from "the domain of the recipient does not exist"."""
    who = found.get("recipient")
    return who is not None and who.start() < found["domain"].start()


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    words: dict[str, list[str]] = {}
    for row in rows_of("concepts.csv"):
        words.setdefault(row["concept"], []).extend(row["words"].split(" | "))
    return tuple((name, _pattern(them)) for name, them in words.items())


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Return the pattern of any of these; "-" ends the beginning of a word."""
    spelled = "|".join(
        re.escape(one[:-1]) + r"[^\W\d_]*" if one.endswith("-") else re.escape(one) + r"(?!\w)"
        for one in words
    )
    return re.compile(rf"(?<!\w)(?:{spelled})".replace(r"\-\ ", r"[^\W\d_]*\ "))
