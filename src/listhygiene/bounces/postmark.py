"""Postmark: webhooks, the bounce API, and the suppressions of a stream.

Fields: postmarkapp.com/developer, "bounce webhook", "bounce API" (its types) and "suppressions".
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from ..model.bounce import Event, Kind
from .entry import (
    Class,
    Document,
    Row,
    Words,
    first_text,
    is_true,
    make_event,
    moment_of,
    text_of,
)

NAME = "postmark"

_TYPES: dict[str, tuple[Kind, Class]] = {
    "HardBounce": (Kind.BOUNCE, Class(hint="P3", soft=False)),
    "Transient": (Kind.DELAY, Class(hint="T5", soft=True)),
    "Unsubscribe": (Kind.UNSUBSCRIBE, Class()),
    "Subscribe": (Kind.OTHER, Class()),
    "AutoResponder": (Kind.AUTO_REPLY, Class()),
    "AddressChange": (Kind.AUTO_REPLY, Class()),
    "DnsError": (Kind.BOUNCE, Class(cause="T1")),
    "SpamNotification": (Kind.BOUNCE, Class(cause="P8")),
    "OpenRelayTest": (Kind.OTHER, Class()),
    "Unknown": (Kind.BOUNCE, Class()),
    "SoftBounce": (Kind.BOUNCE, Class(soft=True)),
    "VirusNotification": (Kind.BOUNCE, Class(cause="T6")),
    "ChallengeVerification": (Kind.CHALLENGE, Class()),
    "BadEmailAddress": (Kind.BOUNCE, Class(cause="P3")),
    "SpamComplaint": (Kind.COMPLAINT, Class()),
    "ManuallyDeactivated": (Kind.BOUNCE, Class(cause="P9")),
    "Unconfirmed": (Kind.OTHER, Class()),
    "Blocked": (Kind.BOUNCE, Class(hint="P1")),
    "SMTPApiError": (Kind.BOUNCE, Class(hint="P5")),
    "InboundError": (Kind.OTHER, Class()),
    "DMARCPolicy": (Kind.BOUNCE, Class(cause="T3")),
    "TemplateRenderingFailed": (Kind.OTHER, Class()),
}
_REASONS = {
    "HardBounce": Kind.BOUNCE,
    "SpamComplaint": Kind.COMPLAINT,
    "ManualSuppression": Kind.UNSUBSCRIBE,
}


def recognises(document: Document) -> bool:
    """Tell whether an object is a webhook ("RecordType") or a bounce of the API."""
    if text_of(document.get("RecordType")):
        return "MessageID" in document or "ServerID" in document or "Email" in document
    return "Email" in document and ("TypeCode" in document or "BouncedAt" in document)


def events(document: Document) -> Iterator[Event]:
    """Read one record."""
    record = text_of(document.get("RecordType"))
    if record == "SubscriptionChange":
        yield _subscription(document)
        return
    name = text_of(document.get("Type")) or record
    if record == "Delivery":
        kind, told = Kind.DELIVERY, Class()
    else:
        kind, told = _TYPES.get(name, _unknown(record))
    at = first_text(document, "BouncedAt", "DeliveredAt", "ReceivedAt")
    own = text_of(document.get("ID"))
    message = text_of(document.get("MessageID"))
    held = name == "ManuallyDeactivated"
    said = [text_of(document.get(field)) for field in ("Details", "Description")]
    yield make_event(
        NAME,
        first_text(document, "Email", "Recipient"),
        kind,
        Class(name, told.cause, told.hint, told.soft),
        Words(text="\n".join(one for one in said if one)),
        at=moment_of(at),
        key=(own,) if own else (name, message, at),
        campaign=_campaign(document),
        message_id=message,
        final=held or is_true(document.get("Inactive")),
        counted=not held,
    )


def _unknown(record: str) -> tuple[Kind, Class]:
    """A type that Postmark has added since; of other records (Open, Click) nothing is a bounce."""
    return (Kind.BOUNCE if record in ("Bounce", "") else Kind.OTHER), Class()


def _campaign(document: Document) -> str:
    own = document.get("Metadata")
    named = first_text(own, "campaign", "campaign_id") if isinstance(own, dict) else ""
    return named or text_of(document.get("Tag"))


def _subscription(document: Document) -> Event:
    """Sending to a recipient was stopped, or allowed again."""
    reason = text_of(document.get("SuppressionReason"))
    stopped = is_true(document.get("SuppressSending"))
    at = text_of(document.get("ChangedAt"))
    message = text_of(document.get("MessageID"))
    kind = _kind(reason, text_of(document.get("Origin"))) if stopped else Kind.OTHER
    return make_event(
        NAME,
        document.get("Recipient"),
        kind,
        _held(reason),
        Words(f"suppressed: {reason}"),
        at=moment_of(at),
        key=("subscription", message, at),
        campaign=_campaign(document),
        message_id=message,
        final=True,
        counted=False,
    )


def _kind(reason: str, origin: str) -> Kind:
    """A manual entry is the recipient's will, unless the sender's people made it."""
    if reason == "ManualSuppression" and origin in ("Customer", "Admin"):
        return Kind.BOUNCE
    return _REASONS.get(reason, Kind.BOUNCE)


def _held(reason: str) -> Class:
    return Class(f"suppression {reason}".strip(), cause="P9", soft=False)


def recognises_row(columns: Set[str]) -> bool:
    """Tell the columns of the suppressions: EmailAddress, SuppressionReason, Origin, CreatedAt."""
    return {"emailaddress", "suppressionreason"} <= columns


def row_events(row: Row) -> Iterator[Event]:
    """Read one entry of a stream's suppressions; Postmark sends nothing to it any more."""
    reason, at = row["suppressionreason"], row.get("createdat", "")
    yield make_event(
        NAME,
        row["emailaddress"],
        _kind(reason, row.get("origin", "")),
        _held(reason),
        Words(f"suppressed: {reason}"),
        at=moment_of(at),
        key=("suppression", reason, at),
        final=True,
        counted=False,
    )
