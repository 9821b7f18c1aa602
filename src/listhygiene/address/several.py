"""More than one address in a cell (T205)."""

from __future__ import annotations

import re

from ..model.rule import Grade
from .characters import AT, COMMAS, SEMICOLONS, SPACE, count_at, narrow, trim, without_invisible
from .repair import Repair, reads
from .syntax import judge_one

_BETWEEN = re.compile(
    rf"[{SPACE}{COMMAS}{SEMICOLONS}:：<>＜＞()（）\[\]［］【】「」『』\"“”|｜／・、]+|mailto:|\?[a-z]+="
)
_GLUED = re.compile(r"([^@]+@[A-Za-z0-9.-]*[A-Za-z0-9])[/|&+=~#*_!?$%^{}'`]+(?=[^@]+@)")
_STOPS = "".join((COMMAS, SEMICOLONS, ".。．'`‘’*#/"))


def split_several(text: str) -> list[Repair]:
    """Find the addresses of a text that holds more than one at-sign (T205).

    One proposal an address, in their order: which of them is meant nobody but a person can say.
    The same address more than once, and nothing else, has one reading: safe.
    """
    plain = narrow_all(text)
    if len(re.findall(rf"[^{AT}{SPACE}][{AT}]+(?=[^{AT}{SPACE}])", plain)) < 2:
        return []
    pieces = [piece for piece in _pieces(plain) if piece]
    holders = [piece for piece in pieces if count_at(piece)]
    found = {_key(piece): piece for piece in reversed(holders) if reads(piece)}
    if len(found) != len({_key(piece) for piece in holders}):
        return [Repair(Grade.REFUSED, None, "several at-signs, and not all belong to addresses")]
    if len(found) == 1:
        only = next(iter(found.values()))
        if len(holders) < 2:
            return []
        grade = Grade.SAFE if len(pieces) == len(holders) else Grade.PROPOSED
        return [Repair(grade, only, "the same address more than once")]
    ordered = list(dict.fromkeys(_key(piece) for piece in holders))
    return [
        Repair(Grade.PROPOSED, found[key], f"address {place} of {len(ordered)}")
        for place, key in enumerate(ordered, start=1)
    ]


def narrow_all(text: str) -> str:
    """Fold full-width forms in the whole text, and take invisible characters out."""
    return trim(without_invisible(narrow(text)))


def _pieces(text: str) -> list[str]:
    """Cut a text at whatever cannot be inside an address, then at what only separates two."""
    pieces: list[str] = []
    for piece in _BETWEEN.split(text):
        if count_at(piece) > 1:
            piece = _GLUED.sub("\\1 ", piece)
        pieces += [part.strip(_STOPS) for part in piece.split()]
    return pieces


def _key(text: str) -> str:
    """Return the normal form, or the text itself where it is no address."""
    return judge_one(text).address
