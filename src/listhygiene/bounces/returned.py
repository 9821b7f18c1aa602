"""Recipients that only the returned mail names: its To, or the address it came back to (VERP)."""

from __future__ import annotations

from ..model.bounce import Kind
from .failure import Failure
from .notice import Notice
from .parties import receivers_of, senders_of, verp_of

ORDER = 90


def failures(notice: Notice) -> list[Failure]:
    """Return the recipient where exactly one is named; of several nobody knows which failed."""
    verp = verp_of(notice)
    if verp:
        return [Failure(address=verp, kind=Kind.BOUNCE, found="VERP", said=notice.words)]
    senders = senders_of(notice)
    named = [one for one in receivers_of(notice) if one.lower() not in senders]
    if len(named) != 1:
        return []
    found = "To of the original"
    return [Failure(address=named[0], kind=Kind.BOUNCE, found=found, said=notice.words)]
