"""Notifications of Amazon SES that come by e-mail: SNS sends its JSON as the text of a message."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..model.bounce import Kind
from .addressing import clean_address
from .arf import kind_of
from .causes import name_cause
from .dates import read_moment
from .failure import Failure
from .notice import Notice

ORDER = 18

_WRAPPED = re.compile(r"!?\n ")
"""Where a relay broke a line of more than 998 octets (RFC 5322 2.1.1), as sendmail does it."""
_LISTS = {
    "bounce": "bouncedRecipients",
    "complaint": "complainedRecipients",
    "delivery": "recipients",
    "deliverydelay": "delayedRecipients",
}
_TYPED = {
    ("Permanent", "NoEmail"): "P3",
    ("Permanent", "Suppressed"): "P9",
    ("Permanent", "OnAccountSuppressionList"): "P9",
    ("Transient", "MailboxFull"): "T4",
    ("Transient", "MessageTooLarge"): "T4",
    ("Transient", "CustomTimeoutExceeded"): "T5",
    ("Transient", "ContentRejected"): "T6",
    ("Transient", "AttachmentRejected"): "T6",
}
"""What SES's own types say where the diagnostic says nothing (notification contents, SES guide)."""


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients of a notification, [] where the text holds none."""
    text = notice.words.lstrip()
    if not text.startswith("{") or ("notificationType" not in text and "eventType" not in text):
        return []
    for one in (text, _WRAPPED.sub("", text)):
        try:
            told, _ = json.JSONDecoder(strict=False).raw_decode(one)
            if isinstance(told.get("Message"), str):
                told = json.JSONDecoder(strict=False).raw_decode(told["Message"])[0]
            found = list(_recipients(told))
        except (ValueError, AttributeError, TypeError, RecursionError):
            continue
        if found:
            return found
    return []


def _recipients(told: dict[str, Any]) -> Iterator[Failure]:
    name = str(told.get("notificationType") or told.get("eventType") or "").lower()
    body = told.get(name if name != "deliverydelay" else "deliveryDelay")
    if name not in _LISTS or not isinstance(body, dict):
        return
    for one in body.get(_LISTS[name]) or ():
        row = one if isinstance(one, dict) else {"emailAddress": one}
        address = clean_address(str(row.get("emailAddress") or ""))
        if address:
            yield _failure(name, body, row, address)


def _failure(name: str, body: dict[str, Any], row: dict[str, Any], address: str) -> Failure:
    said = str(row.get("diagnosticCode") or body.get("smtpResponse") or "")
    said = said.removeprefix("smtp;").strip()
    kinds = (str(body.get("bounceType") or ""), str(body.get("bounceSubType") or ""))
    kind, cause = _KINDS[name], ""
    if name == "complaint":
        kind = kind_of(str(body.get("complaintFeedbackType") or "abuse"))
        cause = "P8" if kind is Kind.COMPLAINT else ""
    elif kinds == ("Permanent", "UnsubscribedRecipient"):
        kind = Kind.UNSUBSCRIBE
    elif name == "bounce" and not name_cause(said).code:
        cause = _TYPED.get(kinds, "P9" if kinds[0] == "Permanent" else "")
    return Failure(
        address=address,
        kind=kind,
        found=f"SES {name}",
        said=said or "/".join(part for part in kinds if part) or f"SES {name}",
        status=str(row.get("status") or ""),
        action=str(row.get("action") or "").lower(),
        at=read_moment(str(body.get("timestamp") or "")),
        cause=cause,
    )


_KINDS = {
    "bounce": Kind.BOUNCE,
    "complaint": Kind.COMPLAINT,
    "delivery": Kind.DELIVERY,
    "deliverydelay": Kind.DELAY,
}
