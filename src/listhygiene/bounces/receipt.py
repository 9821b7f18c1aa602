"""Read receipts (RFC 8098): who displays or deletes a mail has received it."""

from __future__ import annotations

import re

from ..model.bounce import Kind
from .addressing import clean_address
from .dates import read_date
from .failure import Failure
from .notice import Notice, fields_in

ORDER = 12

_RECEIVED = re.compile(r"(?i);\s*(?:displayed|deleted|processed|dispatched)")


def failures(notice: Notice) -> list[Failure]:
    """Return whom a receipt is from; [] where the message is none."""
    found = []
    for text in notice.receipts:
        for group in fields_in(text):
            disposition = " ".join(group.get("disposition", ()))
            named = group.get("final-recipient") or group.get("original-recipient") or [""]
            received = bool(_RECEIVED.search(disposition))
            found.append(
                Failure(
                    address=clean_address(named[0]),
                    kind=Kind.DELIVERY if received else Kind.OTHER,
                    found="Disposition",
                    said=f"Disposition: {disposition}",
                    at=read_date(notice.message.get("date")),
                )
            )
    return found[:1]
