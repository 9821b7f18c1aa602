"""How fast a server may be asked: as fast as it delivers, found out from what it lets fall."""

from __future__ import annotations

from collections import deque

from .pace import Pace

SPAN = 0.2
"""Seconds whose questions are counted together."""
LOSS = 0.03
"""The share that may stay unanswered without the pace being blamed."""
FEWEST = 40
"""With fewer questions in a span nothing is concluded."""
MEMORY = 10.0
"""Seconds for which the best rate of delivery is remembered."""
GROWTH = 1.02
YIELD = 0.95


class Span:
    """The questions sent in one span of time, and how many of them have been answered."""

    __slots__ = ("answered", "end", "sent", "start")

    def __init__(self, start: float) -> None:
        self.start = start
        self.end = start + SPAN
        self.sent = 0
        self.answered = 0


class Throttle:
    """The pace and the open questions that one server bears.

    At first only the open questions are bounded, by a window that grows with each answer. When more
    than LOSS of a span stays unanswered for longer than answers usually take, the pace drops to
    what the server was seen to deliver, and creeps up again while nothing is lost. What is lost at
    any pace (dead domains) does so only by YIELD in MEMORY seconds.
    """

    def __init__(self, most: int, now: float) -> None:
        self.window = float(min(most, 64))
        self.pace = Pace(None, now)
        self.now = Span(now)
        self.lossy = now - 2 * MEMORY
        self._most = most
        self._past: deque[Span] = deque()
        self._delivered: deque[tuple[float, float]] = deque([(now, 0.0)])
        self._count = 0
        self._mean = 0.0
        self._spread = 0.1

    def resume(self, now: float) -> None:
        """Begin to count anew after a rest; what was learned of the server stays."""
        best = max((rate for _, rate in self._delivered), default=0.0)
        self._delivered = deque([(now, best)])
        self._past.clear()
        self._count = 0
        self.now = Span(now)

    def note_answers(self, count: int, delay: float) -> None:
        """Count answers that came in; delay: how long one of them took (RFC 6298 2)."""
        self._count += count
        self.window = min(self._most, self.window + count)
        if self._mean == 0.0:
            self._mean, self._spread = delay, delay / 2
            return
        self._spread += (abs(delay - self._mean) - self._spread) / 8
        self._mean += (delay - self._mean) / 16

    def turn(self, now: float) -> None:
        """Close the span when its time is over, and judge those that are old enough."""
        if now - self.now.start < SPAN:
            return
        length = now - self.now.start
        self._delivered.append((now, self._count / length))
        self._count = 0
        while now - self._delivered[0][0] > MEMORY:
            self._delivered.popleft()
        self.now.end = now
        self._past.append(self.now)
        self.now = Span(now)
        patience = min(max(0.25, self._mean + 6 * self._spread), 2.5)
        while self._past and now - self._past[0].end > patience:
            self._judge(self._past.popleft(), now)

    def is_overrun(self, now: float) -> bool:
        """Tell whether questions are being lost to the pace of late."""
        return now - self.lossy < MEMORY

    def _judge(self, span: Span, now: float) -> None:
        if span.sent < FEWEST:
            return
        if span.sent - span.answered > LOSS * span.sent:
            self.lossy = now
            best = max(rate for _, rate in self._delivered)
            self.pace.rate = max(best * YIELD, FEWEST / SPAN)
        elif self.pace.rate is not None:
            self.pace.rate *= GROWTH
