"""Recipients in the transcript of a session: `>>> RCPT To:<ann@example.com>`, `<<< 550 ...`."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import ADDRESS, clean_address
from .failure import Failure
from .notice import Notice
from .passages import MOST_LINES, is_of_sender, passage_of

ORDER = 60

_ASKED = re.compile(r"(?i)rcpt\s+to\s*:\s*<?([^<>\s]{1,320})")
_ANSWERED = re.compile(
    r"^[\s>|]{0,8}(?:[^<>=\n]{0,60}?(?:<<<|>>>|<--|-->|<-|->|<=|=>)"
    r"|R:|S:|reply:|response:|received:|server:|said:)?\s{0,4}([2345]\d\d)[ \-]",
    re.IGNORECASE,
)
"""A reply, behind the times and marks with which the logs of several systems begin its line."""
_ABOUT = re.compile(
    r"^[\s>|]{0,8}(?:<<<\s{0,4})?([45]\d\d)[ \-](?:[45]\.\d{1,3}\.\d{1,3}\s)?[<\"(']{0,2}"
    rf"({ADDRESS.pattern})"
)


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients whose RCPT was refused, or whom a refusing reply begins with."""
    found: dict[str, str] = {}
    asked = ""
    for line in notice.lines[:MOST_LINES]:
        about = _ABOUT.match(line[:600])
        if about and not is_of_sender(line, about.end(2)):
            _note(found, about[2])
            continue
        match = _ASKED.search(line[:600])
        if match:
            asked = match[1]
            continue
        answered = _ANSWERED.match(line[:600])
        if answered and asked:
            if answered[1][0] in "45":
                _note(found, asked)
            asked = ""
    if not found and asked:
        _note(found, asked)
    return [
        Failure(
            address=address,
            kind=Kind.BOUNCE,
            found="transcript of the session",
            said=passage_of(notice, address, set(found)),
        )
        for address in found.values()
    ]


def _note(found: dict[str, str], text: str) -> None:
    address = clean_address(text)
    if address:
        found.setdefault(address.lower(), address)
