"""Read receipts (RFC 8098): a displayed or deleted mail arrived, save where a filter refused it."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import clean_address
from .dates import read_date
from .failure import Failure
from .notice import Notice, fields_in

ORDER = 12

_RECEIVED = re.compile(r"(?i);\s*(?:displayed|deleted|processed|dispatched)")
_REFUSED = re.compile(
    r"(?i)automatically (?:rejected|refused)|was (?:rejected|refused) (?:by|because|for)"
    r"|quota exceeded"
)
"""What a mailbox's own filter or quota says (RFC 5429), as Dovecot and Cyrus send it."""


def failures(notice: Notice) -> list[Failure]:
    """Return whom a receipt is from; [] where the message is none."""
    found = []
    for text in notice.receipts:
        for group in fields_in(text):
            disposition = " ".join(group.get("disposition", ()))
            named = group.get("final-recipient") or group.get("original-recipient") or [""]
            refused = bool(_REFUSED.search(notice.words[:4_000]))
            received = bool(_RECEIVED.search(disposition))
            kind = Kind.DELIVERY if received else Kind.OTHER
            found.append(
                Failure(
                    address=clean_address(named[0]),
                    kind=Kind.BOUNCE if refused else kind,
                    found="Disposition",
                    said=notice.words if refused else f"Disposition: {disposition}",
                    at=read_date(notice.message.get("date")),
                )
            )
    return found[:1]
