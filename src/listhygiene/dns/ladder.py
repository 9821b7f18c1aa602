"""The ladder of tries that every question climbs, whichever backend asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

WAITS = (0.3, 0.5, 1.0, 1.0)
"""How long each try waits, in parts of the timeout: the first is soon repeated."""
PAUSE = 0.2
"""The rest before servers that all refused are asked once more, in parts of the timeout."""
PAYLOAD = 1232
"""The size that UDP answers may have without fragments (DNS Flag Day 2020, RFC 9715)."""
FALLEN = 5
"""After so many silences in a row a server is asked after the others."""


class Kind(Enum):
    """What came of one try that gave no answer."""

    SILENCE = auto()
    REFUSAL = auto()
    """A reply that is no answer: SERVFAIL, REFUSED, and their like."""
    FORMAT = auto()
    """The server does not understand the extension EDNS (RFC 6891 7)."""
    CASE = auto()
    """The question came back in other letters than it was sent."""
    TRUNCATED = auto()
    """The answer does not fit into UDP (RFC 1035 4.2.1): ask over TCP."""
    FOREIGN = auto()
    """Not a reply to this question, or not readable: go on waiting."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A try without an answer; why: two or three words for a person."""

    kind: Kind
    why: str = ""


SILENCE = Fault(Kind.SILENCE, "timeout")
UNREACHABLE = Fault(Kind.REFUSAL, "server unreachable")
"""The port is closed, the network is down, or the connection was cut."""
FOREIGN = Fault(Kind.FOREIGN, "no usable answer")


@dataclass(frozen=True, slots=True)
class Try:
    """One transmission: to which server (its place in the list), how, and after what pause."""

    server: int
    wait: float
    pause: float = 0.0
    edns: bool = True
    mixed: bool = True
    tcp: bool = False


class Course:
    """The tries of one question: what comes next, and when to give up.

    A timeout, SERVFAIL or REFUSED goes to the next server; after a whole round of refusals there is
    a pause and one more round. EDNS, mixed letters and UDP are given up without counting as a try.
    """

    __slots__ = ("_edns", "_mixed", "_order", "_refusals", "_tcp", "_timeout", "_tried", "why")

    def __init__(self, order: Sequence[int], timeout: float, *, tcp: bool = False) -> None:
        self._order = order
        self._timeout = timeout
        self._tried = 0
        self._refusals = 0
        self._edns = True
        self._mixed = True
        self._tcp = tcp
        self.why = "timeout"

    def next(self) -> Try | None:
        """Return the next try, or None where nothing is left to try."""
        count = len(self._order)
        if self._tried >= max(len(WAITS), 2 * count) or self._refusals >= 2 * count:
            return None
        server = self._order[self._tried % count]
        wait = WAITS[min(self._tried, len(WAITS) - 1)] * self._timeout
        rested = self._refusals and self._refusals % count == 0
        pause = PAUSE * self._timeout if rested else 0.0
        return Try(server, wait, pause, self._edns, self._mixed, self._tcp)

    def learn(self, fault: Fault) -> None:
        """Take note of what came of the last try."""
        if fault.kind is Kind.FORMAT and self._edns:
            self._edns = False
        elif fault.kind is Kind.CASE and self._mixed:
            self._mixed = False
        elif fault.kind is Kind.TRUNCATED and not self._tcp:
            self._tcp = True
        else:
            self._tried += 1
            self._refusals += fault.kind is not Kind.SILENCE
            self.why = fault.why


class Health:
    """How the servers do: who fell silent is asked last, and when all are silent all is over."""

    def __init__(self, count: int, timeout: float, now: float) -> None:
        self._silences = [0] * count
        self._patience = 3 * timeout
        self._heard = now

    def resume(self, now: float) -> None:
        """Begin to wait anew after a rest; which servers have fallen silent stays known."""
        self._heard = now

    def order(self) -> list[int]:
        """Return the places of the servers in the order in which to ask them."""
        return sorted(range(len(self._silences)), key=lambda one: self._silences[one] >= FALLEN)

    def first(self) -> int:
        """Return the place of the server to ask first."""
        for server, silences in enumerate(self._silences):
            if silences < FALLEN:
                return server
        return 0

    def note(self, server: int, heard: bool, now: float) -> None:
        """Take note that a server replied, or let a try run out."""
        if heard:
            self._silences[server] = 0
            self._heard = now
        else:
            self._silences[server] += 1

    def is_over(self, now: float) -> bool:
        """Tell whether no server has replied for so long that asking on is useless."""
        silent = all(count >= 4 * FALLEN for count in self._silences)
        return silent and now - self._heard > self._patience
