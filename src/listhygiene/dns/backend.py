"""What a backend is: it answers questions, and knows nothing of mail, canaries or caches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from ..model.answer import Progress, Question, Records, Status
from .names import to_labels
from .servers import Server

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Limits:
    """How hard the servers may be asked; the defaults are polite to a home router.

    timeout: seconds that the longest try of a question waits. concurrency: questions under way
    (dnsmasq, which most routers run, forwards 150 at once and refuses more). rate: questions a
    second, None = as the servers take them (Google's public DNS throttles clients above 1,000).
    """

    timeout: float = 5.0
    concurrency: int = 100
    rate: float | None = 500.0


class Backend(Protocol):
    """One way to ask name servers."""

    def answer(
        self,
        questions: Sequence[Question],
        into: dict[Question, Records],
        seconds: float | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Answer distinct questions, each put into `into` as soon as it is known.

        seconds: the time for all of them; what is not answered then is UNKNOWN ("time is up").
        After KeyboardInterrupt `into` holds what was answered so far.
        """

    def close(self) -> None:
        """Release what is held."""


MakeBackend = Callable[[tuple[Server, ...], Limits, Clock], Backend]


def read_clock() -> datetime:
    """Return the present time, UTC."""
    return datetime.now(UTC)


def unknown(why: str, at: datetime | None = None) -> Records:
    """Make the answer that is none."""
    return Records(Status.UNKNOWN, why=why, at=at)


def set_aside(
    questions: Sequence[Question], into: dict[Question, Records], now: datetime
) -> list[Question]:
    """Answer what needs no server, and return the rest.

    Text of which no DNS name can be made (RFC 1035 2.3.4) names nothing: NXDOMAIN, provably. Text
    that is not ASCII was never turned into a name: UNKNOWN.
    """
    rest = []
    for question in questions:
        if to_labels(question[0]) is not None:
            rest.append(question)
        elif question[0].isascii():
            into[question] = Records(Status.NXDOMAIN, why="impossible name", at=now)
        else:
            into[question] = unknown("name not in ASCII", now)
    return rest
