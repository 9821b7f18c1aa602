"""Notices whose header names the failed recipients: X-Failed-Recipients (Exim, Gmail, Mail.Ru)."""

from __future__ import annotations

from ..model.bounce import Kind
from .addressing import find_addresses, is_office
from .failure import Failure
from .listed import listed_in
from .notice import Notice
from .parties import senders_of
from .passages import passage_of

ORDER = 30

_NAMES = ("x-failed-recipients", "x-failed-recipient", "x-mailer-daemon-recipients")


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients of the header, each with the lines that speak of it."""
    found: dict[str, str] = {}
    for name in _NAMES:
        for value in notice.headers.get(name, ()):
            for address in find_addresses(value):
                found.setdefault(address.lower(), address)
    words = notice.words.lower()
    listed = listed_in(notice) if found and not any(one in words for one in found) else {}
    people = not any(is_office(one) for one in listed)
    if people and len(listed) == len(found) and not senders_of(notice) & set(listed):
        found = listed  # the text knows better than a header that it contradicts
    return [
        Failure(
            address=address,
            kind=Kind.BOUNCE,
            found="X-Failed-Recipients",
            said=passage_of(notice, address, set(found)),
        )
        for address in found.values()
    ]
