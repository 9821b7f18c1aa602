"""KumoMTA: the records of its log and of its log hooks.

Fields: docs.kumomta.com/reference/log_record.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.bounce import Event, Kind
from . import arf
from .causes import name_cause
from .entry import (
    Class,
    Document,
    Words,
    first_text,
    list_of,
    make_event,
    mapping_of,
    moment_of,
    text_of,
)

NAME = "kumomta"

_KINDS = {
    "Bounce": Kind.BOUNCE,
    "OOB": Kind.BOUNCE,
    "Expiration": Kind.BOUNCE,
    "TransientFailure": Kind.DELAY,
    "Delivery": Kind.DELIVERY,
    "Feedback": Kind.COMPLAINT,
}
"""Of others ("Reception", "AdminBounce", "Rejection") the recipient's server said nothing."""
_UNTOLD = ("", "Uncategorized")


def recognises(document: Document) -> bool:
    """Tell whether an object is a record: type, recipient, queue, and the peer's response."""
    response = document.get("response")
    named = text_of(document.get("type"))[:1].isupper() and "recipient" in document
    return named and "queue" in document and "code" in mapping_of(response)


def events(document: Document) -> Iterator[Event]:
    """Read one record: an Event a recipient; of a complaint, whom the report names."""
    name = text_of(document.get("type"))
    kind = _KINDS.get(name, Kind.OTHER)
    feedback = mapping_of(document.get("feedback_report"))
    recipients = list_of(document.get("recipient"))
    if kind is Kind.COMPLAINT:
        kind = arf.kind_of(text_of(feedback.get("feedback_type")))
        recipients = _complaining(feedback)
    told = text_of(document.get("bounce_classification"))
    hint = "" if told in _UNTOLD else name_cause(told).code
    at = moment_of(document.get("event_time")) or moment_of(document.get("timestamp"))
    for recipient in recipients:
        yield make_event(
            NAME,
            recipient,
            kind,
            Class(
                f"{name} {'' if told in _UNTOLD else told}".strip(),
                hint="T5" if name == "Expiration" else hint,
                soft=True if name == "Expiration" else None,
            ),
            _words(document),
            at=at,
            key=(name, text_of(document.get("id")), text_of(document.get("timestamp"))),
            campaign=first_text(mapping_of(document.get("meta")), "campaign", "campaign_id"),
            message_id=text_of(document.get("id")),
        )


def _complaining(feedback: Document) -> list[object]:
    """Return the recipients of a report, else whom the sender's own trace header names."""
    named = list_of(feedback.get("original_rcpt_to"))
    return named or [mapping_of(feedback.get("supplemental_trace")).get("recipient")]


def _words(document: Document) -> Words:
    response = mapping_of(document.get("response"))
    parts = mapping_of(response.get("enhanced_code"))
    digits = [text_of(parts.get(one)) for one in ("class", "subject", "detail")]
    return Words(
        text=text_of(response.get("content")),
        status=".".join(digits) if all(digits) else "",
        reply=text_of(response.get("code")),
        host=text_of(mapping_of(document.get("peer_address")).get("name")).rstrip(".").lower(),
    )
