"""A steady pace: so many questions a second, with a small burst."""

from __future__ import annotations

BURST = 0.1
"""How many seconds' worth of questions may go out at once."""
FREE = 1 << 30


class Pace:
    """A token bucket; rate: questions a second, None = without limit."""

    __slots__ = ("_last", "_tokens", "rate")

    def __init__(self, rate: float | None, now: float) -> None:
        self.rate = rate
        self._tokens = max(1.0, (rate or 0.0) * BURST)
        self._last = now

    def count(self, now: float) -> int:
        """Return how many questions may go out now."""
        if self.rate is None:
            return FREE
        depth = max(1.0, self.rate * BURST)
        self._tokens = min(depth, self._tokens + (now - self._last) * self.rate)
        self._last = now
        return int(self._tokens)

    def take(self, count: int) -> None:
        """Take note that so many went out."""
        self._tokens -= count

    def wait(self) -> float:
        """Return how many seconds it takes until the next may go out."""
        if self.rate is None:
            return 0.0
        return max(0.0, (1.0 - self._tokens) / self.rate)

    def delay(self, now: float) -> float:
        """Take one, on credit where none is left; return how many seconds to wait for it."""
        if self.rate is None:
            return 0.0
        self.count(now)
        self._tokens -= 1.0
        return max(0.0, -self._tokens / self.rate)
