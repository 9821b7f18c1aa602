"""Recipients that a notice names by their local part alone, as of its own system: `User: ann`."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import clean_address, find_addresses
from .failure import Failure
from .notice import Notice
from .passages import MOST_LINES
from .suspicion import comes_from_a_daemon

ORDER = 95

_ANNOUNCING = re.compile(
    r"(?i)(?:following|these) (?:recipients?|users?|addressees?|members?)\b.*:"
    r"|\b(?:not|n't)(?: be)? delivered to(?: the following)?:"
)
_LABELLED = re.compile(
    r"(?i)^\s{0,8}(?:user|recipient|receiver|member|mailbox|screen name)"
    r"(?: not found| unknown)?\s{0,2}:\s{0,8}"
    r"([a-z0-9][\w.+-]{1,63})\s*$"
)
_ALONE = re.compile(
    r"(?i)^\s{1,16}[*<]{0,2}([a-z0-9][\w.+-]{1,63})[*>]{0,2}"
    r"(?:\s*$|(?:\t|\s\s)\s{0,20}(?:no such|unknown|invalid|not |user )[^\n]{0,80}$)"
)


def failures(notice: Notice) -> list[Failure]:
    """Return the named mailboxes at the domain of the daemon that says so; [] if unsure."""
    sent_by = find_addresses(notice.message.text_of("from"))
    if "@" in _without_senders(notice) or not sent_by or not comes_from_a_daemon(notice):
        return []
    domain = sent_by[0].rpartition("@")[2]
    found = dict.fromkeys(clean_address(f"{name}@{domain}") for name in _named(notice))
    return [
        Failure(
            address=address, kind=Kind.BOUNCE, found="local part in the text", said=notice.words
        )
        for address in found
        if address
    ]


def _without_senders(notice: Notice) -> str:
    """Return the words without the addresses that the notice was sent to."""
    words = notice.words[:8_192].lower()
    for address in find_addresses(notice.message.text_of("to")):
        words = words.replace(address.lower(), "")
    return words


def _named(notice: Notice) -> list[str]:
    """List the local parts, labelled or alone on the lines below an announcement."""
    found = []
    announced = False
    for line in notice.lines[:MOST_LINES]:
        match = _LABELLED.match(line[:200]) or (announced and _ALONE.match(line[:200]))
        if match:
            found.append(match[1])
        elif line.strip():
            announced = bool(_ANNOUNCING.search(line[:600]))
    return found
