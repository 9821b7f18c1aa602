"""A bounce within a message: forwarded by a person, or returned once more by another system."""

from __future__ import annotations

from dataclasses import replace

from . import dsn, failed_header, listed
from .failure import Failure
from .notice import Notice, lay_out

ORDER = 35


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients of the bounce that a message holds instead of an ordinary mail."""
    if not notice.returned or not _is_bounce(notice):
        return []
    inner = lay_out(notice.returned)
    for source in (dsn, failed_header, listed):
        found = source.failures(inner)
        if found:
            return [replace(one, found=f"{one.found} of the enclosed bounce") for one in found]
    return []


def _is_bounce(notice: Notice) -> bool:
    """Tell whether the returned mail is itself a report of a mail system."""
    inner = notice.original
    kind = (inner.get("content-type") or [""])[0].lower()
    return "delivery-status" in kind or "x-failed-recipients" in inner
