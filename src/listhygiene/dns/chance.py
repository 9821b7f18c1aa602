"""What nobody can guess: numbers of messages, and letters of questions in random case."""

from __future__ import annotations

import os

from .wire import draw_letters

_AT_ONCE = 2048
"""So many numbers are drawn together."""
_TABLES = 1024
"""How many ways of mixing letters are ready at a time."""
_FRESH = 64
"""How many of them are made with each draw; from then on as many old ones go."""


class Chance:
    """Random numbers from the system's source, drawn by the block."""

    __slots__ = ("_numbers", "_oldest", "_tables", "_ways")

    def __init__(self) -> None:
        self._numbers: list[bytes] = []
        self._ways: list[bytes] = []
        self._tables: list[bytes] = []
        self._oldest = 0

    def number(self) -> bytes:
        """Return two random bytes."""
        if not self._numbers:
            drawn = os.urandom(2 * _AT_ONCE)
            self._numbers = [drawn[place : place + 2] for place in range(0, len(drawn), 2)]
        return self._numbers.pop()

    def letters(self) -> bytes:
        """Return one of many random tables for `bytes.translate`; they are replaced by and by."""
        if not self._ways:
            self._ways = self._draw_ways()
        return self._ways.pop()

    def _draw_ways(self) -> list[bytes]:
        drawn = memoryview(os.urandom(4 * _FRESH)).cast("I")
        made, tables = [draw_letters(one) for one in drawn], self._tables
        if len(tables) < _TABLES:
            tables += made
            return made
        tables[self._oldest : self._oldest + _FRESH] = made
        self._oldest = (self._oldest + _FRESH) % _TABLES
        places = memoryview(os.urandom(2 * _AT_ONCE)).cast("H")
        return [tables[one % _TABLES] for one in places]
