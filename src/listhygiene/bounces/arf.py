"""Complaints of recipients: the Abuse Reporting Format (RFC 5965) and its extensions."""

from __future__ import annotations

import re
from datetime import datetime

from ..model.bounce import Kind
from .addressing import find_addresses
from .dates import read_date
from .decoding import decode_words
from .failure import Failure
from .message import Headers
from .notice import Notice, fields_in

ORDER = 10

_COMPLAINTS = {"abuse", "fraud", "virus", "other", "miscategorized", "spam", ""}
_REPORTED = re.compile(r"(?i)^\s*complaint about message from\b")
"""The subject of Outlook.com's complaints (JMRP), which hold the mail and no report."""
_CONSENT = {"opt-out", "opt-out-list", "unsubscribe"}


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients that complained; of other feedback (RFC 6430, 6591), what it is."""
    fields: Headers = {}
    for text in notice.feedback:
        for group in fields_in(text):
            for name, values in group.items():
                fields.setdefault(name, []).extend(values)
    if "feedback-type" not in fields:
        if not (notice.original and _REPORTED.match(notice.subject)):
            return []
        fields["feedback-type"] = ["abuse"]
    kind = kind_of(fields["feedback-type"][0])
    return [
        Failure(
            address=address,
            kind=kind,
            found=found,
            said=f"Feedback-Type: {fields['feedback-type'][0]}",
            at=_first_date(fields),
            cause="P8" if kind is Kind.COMPLAINT or is_forgery(fields) else "",
        )
        for address, found in _recipients(fields, notice)
    ]


def kind_of(feedback: str) -> Kind:
    """Say what a report of this type is: a complaint, withdrawn consent, or neither."""
    kind = feedback.strip().lower()
    if kind in _CONSENT:
        return Kind.UNSUBSCRIBE
    return Kind.COMPLAINT if kind in _COMPLAINTS else Kind.OTHER


def is_forgery(fields: Headers) -> bool:
    """Tell a report on mail that failed authentication (RFC 6591), often sent in one's name."""
    return fields["feedback-type"][0].strip().lower() == "auth-failure"


def _first_date(fields: Headers) -> datetime | None:
    names = ("arrival-date", "received-date", "date")
    return next((at for name in names for at in map(read_date, fields.get(name, ())) if at), None)


def _recipients(fields: Headers, notice: Notice) -> list[tuple[str, str]]:
    """List the recipients: those the report names, else whom the reported mail was sent to."""
    for name in ("original-rcpt-to", "removal-recipient"):
        named = [one for value in fields.get(name, ()) for one in find_addresses(value)]
        if named:
            return [(one, name.title()) for one in dict.fromkeys(named)]
    wrote = notice.original.get("from", [""])[0].lower()
    for name in ("x-hmxmroriginalrecipient", "to", "delivered-to", "x-original-to", "cc"):
        for value in notice.original.get(name, ()):
            found = [one for one in find_addresses(decode_words(value)) if _is_somebody(one, wrote)]
            if found:
                return [(one, f"original {name.title()}") for one in found]
    return [("", "no recipient named")]


def _is_somebody(address: str, wrote: str) -> bool:
    """Tell a recipient from a redacted one ("redacted@removed"), and from who wrote to himself."""
    return "." in address.partition("@")[2] and address.lower() not in wrote
