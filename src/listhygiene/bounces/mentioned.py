"""The only address that a notice mentions, wherever it stands in the text."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import NEXT_ADDRESS, find_addresses, is_office
from .failure import Failure
from .notice import Notice
from .parties import lists_of, receivers_of, senders_of
from .passages import addresses_by_line, passage_of
from .suspicion import comes_from_a_daemon

ORDER = 80

_ASIDE = re.compile(rf"(?i)\bfrom[\s:<\[\"']{{1,4}}(?-i:{NEXT_ADDRESS})")


def failures(notice: Notice) -> list[Failure]:
    """Return the address where there is but one beside senders and offices; [] otherwise.

    Where the returned mail says whom it went to, the address must be one of those.
    """
    senders = senders_of(notice) | lists_of(notice)
    found = {}
    if comes_from_a_daemon(notice):
        found = {one.lower(): one for one in find_addresses(_ASIDE.sub("", notice.subject))}
    if len(found) != 1 or senders & set(found):
        found = {address.lower(): address for _, address in addresses_by_line(notice)}
        found = {key: one for key, one in found.items() if "." in key.rpartition("@")[2]} or found
    named = {key: one for key, one in found.items() if key not in senders and not is_office(one)}
    sent_to = {one.lower() for one in receivers_of(notice)}
    if len(named) != 1 or (sent_to and not sent_to & set(named)):
        return []
    return [
        Failure(
            address=address,
            kind=Kind.BOUNCE,
            found="the only address in the text",
            said=passage_of(notice, address, set(named)) or notice.words,
        )
        for address in named.values()
    ]
