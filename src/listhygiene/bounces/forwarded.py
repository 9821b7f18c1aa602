"""A bounce within a message: forwarded by a person, or returned once more by another system."""

from __future__ import annotations

import re
from dataclasses import replace
from types import ModuleType

from ..model.bounce import Kind
from . import (
    dsn,
    failed_header,
    labelled,
    listed,
    local_names,
    mentioned,
    returned,
    transcript,
)
from .addressing import find_addresses
from .delay import is_delay
from .failure import Failure
from .notice import Notice, lay_out
from .suspicion import comes_from_a_daemon, is_suspect, is_weak

ORDER = 35

_FROM = re.compile(
    r"(?im)^(?P<lead>[ \t>|]{0,6})\*?(?:from|von|de|da|van|från|差出人|送信者|发件人)\*?"
    r"[ \t]?[:：][^\n]{0,80}?(?:mailer-?daemon|mail-?daemon|post-?master|mail delivery"
    r"|mail ?system)"
)
MOST_FURTHER = 1_000
"""Bounces of a digest that are read."""

_STRUCTURED = (dsn, failed_header, listed)
_TEXTUAL = (dsn, failed_header, listed, transcript, labelled, mentioned, returned, local_names)


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients of the bounce that a message holds instead of an ordinary mail."""
    marked = _is_marked(notice)
    digest = notice.message.type == "multipart/digest"
    if not (marked or digest) and comes_from_a_daemon(notice):
        return []
    enclosed = notice.returned or _quoted(notice)
    if not enclosed:
        return []
    inner = lay_out(enclosed)
    if not marked and not is_suspect(inner):
        return []
    found = _failures(inner, _STRUCTURED if marked else _TEXTUAL)
    if not marked and is_weak(inner):
        found = [replace(one, kind=Kind.UNDECIDED) for one in found]
    for content in notice.further[:MOST_FURTHER] if found else ():
        another = lay_out(content)
        found += _failures(another, _STRUCTURED) if is_suspect(another) else []
    own = {one.lower() for one in find_addresses(notice.message.text_of("to"))}
    if found and all(one.address.lower() in own for one in found):
        return [Failure("", Kind.OTHER, "of the reader's own address", notice.words)]
    if found or notice.returned:
        return found
    return [Failure("", Kind.UNDECIDED, "a quoted notice", inner.words)]


def _failures(inner: Notice, asked: tuple[ModuleType, ...]) -> list[Failure]:
    """Return what the first of the sources that finds recipients says of an enclosed notice."""
    for source in asked:
        found = source.failures(inner)
        if found:
            late = source is not dsn and is_delay(inner)
            return [_enclosed(one, late) for one in found]
    return []


def _quoted(notice: Notice) -> bytes:
    """Return the notice that a person quotes in a mail, from its From line on; b'' if none."""
    begin = _FROM.search(notice.words[:8_192])
    if begin is None:
        return b""
    lead = begin["lead"]
    lines = notice.words[begin.start() :].split("\n")
    text = "\n".join(line.removeprefix(lead).removeprefix(lead.rstrip()) for line in lines)
    return text.encode("utf-8", "replace")


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
