"""Recipients that a notice names by their local part alone, as of its own system: `User: ann`."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import clean_address, find_addresses, is_office
from .failure import Failure
from .notice import Notice
from .parties import lists_of, senders_of
from .passages import MOST_LINES, addresses_by_line
from .suspicion import comes_from_a_daemon

ORDER = 95

_ANNOUNCING = re.compile(
    r"(?i)(?:following|these) (?:recipient|user|addresse|member|name|account|mailbox|person|people"
    r"|screen name)\w{0,3}\b.*:"
    r"|\b(?:(?:not|n't)(?: be)? delivered|undeliverable) to(?: the following)?\W{0,9}(?:$|:)"
)
_LABELLED = re.compile(
    r"(?i)^\s{0,8}(?:user|recipient|receiver|member|mailbox|screen name)"
    r"(?: not found| unknown)?\s{0,2}:\s{0,8}"
    r"([a-z0-9][\w.+-]{1,63})\s*$"
)
_ALONE = re.compile(
    r"(?i)^\s{1,16}[*<]{0,2}([a-z0-9][\w.+-]{1,63})[*>]{0,2}"
    r"(?:\s*$|\s{1,4}\([^()\n]{3,120}\)\s*$"
    r"|(?:\t|\s\s)\s{0,20}(?:[-–=:]\s{1,4})?[a-z][^\n]{2,100}$)"
)


def failures(notice: Notice) -> list[Failure]:
    """Return the named mailboxes at the domain of the daemon that says so; [] if unsure."""
    sent_by = find_addresses(notice.message.text_of("from"))
    if _names_somebody(notice) or not sent_by or not comes_from_a_daemon(notice):
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


def _names_somebody(notice: Notice) -> bool:
    """Tell whether the words hold an address that is neither a sender's nor a contact's."""
    senders = senders_of(notice) | lists_of(notice)
    return "@" in notice.words and any(
        address.lower() not in senders and not is_office(address)
        for _, address in addresses_by_line(notice)
    )


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
