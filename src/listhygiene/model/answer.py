"""What DNS said: the records of one question, and what they mean for mail to a domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

Question = tuple[str, str]
"""A lower-case ASCII name without final dot, and a record type: ("example.com", "MX")."""


class Status(StrEnum):
    """How a question ended."""

    OK = "ok"
    NODATA = "nodata"
    NXDOMAIN = "nxdomain"
    UNKNOWN = "unknown"
    """No usable answer (timeout, SERVFAIL, REFUSED, garbage): neither good nor bad."""


class Answer(StrEnum):
    """What DNS says of mail to a domain (design, section 5)."""

    MX = "mx"
    IMPLICIT_MX = "implicit_mx"
    NULL_MX = "null_mx"
    NXDOMAIN = "nxdomain"
    NO_HOST = "no_host"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Records:
    """The answer to one question.

    texts: the records of the asked type in presentation form, sorted: "10 mx.example.com" (names
        lower-case, no final dot; the null MX is "0 ."), "192.0.2.1", the joined strings of a TXT.
    ttl: seconds it may be kept (negative: the smaller of the SOA's TTL and MINIMUM, RFC 2308).
    at: when it was answered (UTC). why: for UNKNOWN, the reason in two or three words.
    """

    status: Status
    texts: tuple[str, ...] = ()
    ttl: int = 0
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class MailAnswer:
    """What DNS says of mail to one domain.

    hosts: the MX targets, best first. why: of UNKNOWN, the reason.
    unroutable: True where every target points nowhere and none is unknown (D403), False where one
        can be reached, None where that is unknown or does not apply; detail says why.
    """

    domain: str
    answer: Answer
    hosts: tuple[str, ...] = ()
    unroutable: bool | None = None
    detail: str = ""
    why: str = ""


Progress = Callable[[int, int], None]
"""Called with how many are done and how many there are."""


class Lookup(Protocol):
    """A source of DNS answers; never raises for a question that failed (that is UNKNOWN)."""

    def query(
        self, questions: Iterable[Question], progress: Progress | None = None
    ) -> dict[Question, Records]:
        """Answer each distinct question once."""

    def mail(
        self, domains: Iterable[str], progress: Progress | None = None
    ) -> dict[str, MailAnswer]:
        """Say of each distinct domain whether and where mail goes (RFC 5321 5.1, RFC 7505)."""

    def failed(self) -> str:
        """Why the answers of this run cannot be trusted (a failed canary), or ''."""

    def close(self) -> None:
        """Store what may be kept, release sockets."""


@runtime_checkable
class Alike(Protocol):
    """A source that can tell beforehand of which domains it will say the very same."""

    def alike(self, domains: pa.Array) -> npt.NDArray[np.int64] | None:
        """Return for each distinct domain the place of the first of which `mail` says the same.

        domains: (large) texts. None where each is to be asked by itself.
        """


Recorded = Mapping[Question, Records]
