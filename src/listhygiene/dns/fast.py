"""The fast backend: thousands of questions under way on a few sockets, in one loop."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..model.answer import Progress, Question, Records
from .backend import Clock, Limits, set_aside, unknown
from .flight import Flight
from .ladder import Health
from .live import Live
from .pace import Pace
from .quiet import without_collector
from .servers import Server
from .throttle import Throttle


class Fast:
    """Asks as `live` does and answers alike, at a fraction of the cost.

    Each try has a random number, one of several random ports and letters of random case; a reply
    counts only where all three come back. What the plain reader (`wire`) does not know dnspython
    reads; what does not fit into UDP is asked by the dnspython backend over TCP afterwards.
    """

    def __init__(self, servers: tuple[Server, ...], limits: Limits, clock: Clock) -> None:
        self._servers = servers
        self._limits = limits
        self._clock = clock
        self._pace = Pace(limits.rate, time.monotonic())
        self._throttles = [Throttle(limits.concurrency, time.monotonic()) for _ in servers]
        self._health = Health(len(servers), limits.timeout, time.monotonic())
        self._rest = Live(servers, limits, clock, tcp=True)
        self._odd = Live(servers, limits, clock)

    def answer(
        self,
        questions: Sequence[Question],
        into: dict[Question, Records],
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Answer distinct questions; see `Backend.answer`."""
        started = time.monotonic()
        wanted = list(questions)
        with without_collector():
            for throttle in self._throttles:
                throttle.resume(started)
            self._health.resume(started)
            flight = Flight(
                self._servers,
                self._limits,
                self._clock,
                self._pace,
                self._throttles,
                self._health,
                progress,
            )
            left = flight.fly(wanted, into, None if seconds is None else started + seconds)
        odd = set_aside(left.odd, into, self._clock())
        for backend, rest in ((self._rest, left.over_tcp), (self._odd, odd)):
            if rest:
                spent = time.monotonic() - started
                more = None if seconds is None else max(0.0, seconds - spent)
                backend.answer(rest, into, more, _shift(progress, len(wanted), len(rest)))
        for question in wanted:
            if question not in into:
                into[question] = unknown(left.why, self._clock())

    def close(self) -> None:
        """Nothing is held between calls."""


def _shift(progress: Progress | None, total: int, rest: int) -> Progress | None:
    """Count the last few within the whole."""
    if progress is None:
        return None
    return lambda done, _: progress(total - rest + done, total)
