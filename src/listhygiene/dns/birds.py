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

    plain: the question section in lower case. port, number: the message of the first try; more:
    those of later ones. serial: the try under way; replies to earlier ones count only if they
    answer. server, sent, span: of that try. forgiven: silences not held against it.
    """

    __slots__ = (
        "course",
        "done",
        "forgiven",
        "key",
        "more",
        "number",
        "plain",
        "port",
        "sent",
        "serial",
        "server",
        "span",
    )

    def __init__(self, key: Question, plain: bytes, server: int, sent: float, span: Span) -> None:
        self.key = key
        self.plain = plain
        self.server = server
        self.sent = sent
        self.span = span
        self.port: Port | None = None
        self.number = b""
        self.more: list[tuple[Port, bytes]] = []
        self.course: Course | None = None
        self.done = False
        self.serial = self.forgiven = 0

    def forget(self) -> None:
        """Wait for no message any more."""
        if self.port is not None:
            self.port.pending.pop(self.number, None)
        for port, number in self.more:
            port.pending.pop(number, None)
