"""A steady pace: so many questions a second, with a small burst."""

from __future__ import annotations

BURST = 0.1
"""How many seconds' worth of questions may go out at once."""


class Pace:
    """A token bucket; rate: questions a second, None = without limit."""

    __slots__ = ("_depth", "_last", "_tokens", "rate")

    def __init__(self, rate: float | None, now: float) -> None:
        self.rate = rate
        self._depth = max(1.0, (rate or 0.0) * BURST)
        self._tokens = self._depth
        self._last = now

    def delay(self, now: float) -> float:
        """Take one token, on credit where none is left; return how many seconds to wait for it."""
        if self.rate is None:
            return 0.0
        self._tokens = min(self._depth, self._tokens + (now - self._last) * self.rate) - 1.0
        self._last = now
        return max(0.0, -self._tokens / self.rate)
