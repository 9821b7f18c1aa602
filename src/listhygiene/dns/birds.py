"""The questions of a flight, and those that it leaves to others."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model.answer import Question
from .ladder import Course
from .ports import Port
from .throttle import Span


@dataclass
class Left:
    """What a flight leaves to others, and why the rest has no answer."""

    over_tcp: list[Question] = field(default_factory=list)
    odd: list[Question] = field(default_factory=list)
    why: str = "time is up"


class Bird:
    """One question on its way.

    plain: the question section in lower case. numbers: the messages that are out for it, and where.
    serial: the try under way; replies to earlier ones count only if they answer.
    server, sent, span: of that try. forgiven: silences not held against it.
    """

    __slots__ = (
        "course",
        "done",
        "forgiven",
        "key",
        "numbers",
        "plain",
        "sent",
        "serial",
        "server",
        "span",
    )

    def __init__(self, key: Question, plain: bytes) -> None:
        self.key = key
        self.plain = plain
        self.numbers: list[tuple[Port, bytes]] = []
        self.course: Course | None = None
        self.done = False
        self.serial = self.forgiven = self.server = 0
        self.sent: float
        self.span: Span
