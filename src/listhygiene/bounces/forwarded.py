"""A bounce within a message: forwarded by a person, or returned once more by another system."""

from __future__ import annotations

from dataclasses import replace

from ..model.bounce import Kind
from . import dsn, failed_header, labelled, listed, mentioned, transcript
from .delay import is_delay
from .failure import Failure
from .notice import Notice, lay_out
from .suspicion import comes_from_a_daemon, is_suspect

ORDER = 35

_STRUCTURED = (dsn, failed_header, listed)
_TEXTUAL = (dsn, failed_header, listed, transcript, labelled, mentioned)


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients of the bounce that a message holds instead of an ordinary mail."""
    if not notice.returned:
        return []
    marked = _is_marked(notice)
    if not marked and (comes_from_a_daemon(notice) or not _may_be_a_notice(notice)):
        return []
    inner = lay_out(notice.returned)
    if not marked and not is_suspect(inner):
        return []
    for source in _STRUCTURED if marked else _TEXTUAL:
        found = source.failures(inner)
        if found:
            late = source is not dsn and is_delay(inner)
            return [_enclosed(one, late) for one in found]
    return []


def _enclosed(one: Failure, late: bool) -> Failure:
    found = f"{one.found} of the enclosed bounce"
    if late:
        return replace(one, found=found, kind=Kind.DELAY, action="delayed")
    return replace(one, found=found)


def _is_marked(notice: Notice) -> bool:
    """Tell whether the returned mail's own headers say that it is a report of a mail system."""
    inner = notice.original
    kind = (inner.get("content-type") or [""])[0].lower()
    return "delivery-status" in kind or "x-failed-recipients" in inner


def _may_be_a_notice(notice: Notice) -> bool:
    """Tell whether the returned mail's headers are those of a daemon's mail."""
    sender = (notice.original.get("from") or [""])[0].lower()
    empty = (notice.original.get("return-path") or [""])[0].strip() == "<>"
    return empty or "daemon" in sender or "postmaster" in sender or "delivery" in sender
