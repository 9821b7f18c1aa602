"""Amazon SES: notifications and events through SNS, and the account's suppression list.

Fields: docs.aws.amazon.com/ses/latest/dg, "notification contents" and "event publishing contents".
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from ..model.bounce import Event, Kind
from .arf import kind_of
from .entry import (
    Class,
    Document,
    Row,
    Words,
    first_text,
    list_of,
    make_event,
    make_key,
    mapping_of,
    moment_of,
    text_of,
    words_of,
)

NAME = "ses"

_RECIPIENTS = {
    "bounce": "bouncedRecipients",
    "complaint": "complainedRecipients",
    "delivery": "recipients",
    "deliveryDelay": "delayedRecipients",
}
_KINDS = {
    "bounce": Kind.BOUNCE,
    "complaint": Kind.COMPLAINT,
    "delivery": Kind.DELIVERY,
    "deliveryDelay": Kind.DELAY,
    "subscription": Kind.UNSUBSCRIBE,
}
_HELD = {"Suppressed", "OnAccountSuppressionList", "EmailValidationSuppressed"}
_NOT_SENT = _HELD - {"Suppressed"}
"""SES counts an address of its global list as a bounce, one of the account's own list not."""
_CLASSES = {
    ("Permanent", "Suppressed"): Class(cause="P9", soft=False),
    ("Permanent", "OnAccountSuppressionList"): Class(cause="P9", soft=False),
    ("Permanent", "EmailValidationSuppressed"): Class(cause="P9", soft=False),
    ("Permanent", "NoEmail"): Class(hint="P3", soft=False),
    ("Transient", "MailboxFull"): Class(cause="T4", soft=True),
    ("Transient", "MessageTooLarge"): Class(cause="T4", soft=True),
    ("Transient", "CustomTimeoutExceeded"): Class(hint="T5", soft=True),
    ("Transient", "ContentRejected"): Class(cause="T6", soft=True),
    ("Transient", "AttachmentRejected"): Class(cause="T6", soft=True),
    ("Undetermined", "Undetermined"): Class(),
}
_DELAYS = {
    "MailboxFull": "T4",
    "SpamDetected": "T6",
    "RecipientServerError": "T5",
    "IPFailure": "T3",
    "TransientCommunicationFailure": "T5",
    "InternalFailure": "T5",
}


def recognises(document: Document) -> bool:
    """Tell whether an object is a notification ("notificationType") or an event ("eventType")."""
    named = text_of(document.get("notificationType")) or text_of(document.get("eventType"))
    return (bool(named) and isinstance(document.get("mail"), dict)) or _is_housekeeping(document)


def _is_housekeeping(document: Document) -> bool:
    """Tell what SNS and SES say of the subscription itself; it is about no mail."""
    if document.get("notificationType") == "AmazonSnsSubscriptionSucceeded":
        return True
    if "TopicArn" not in document or "Message" not in document:
        return False
    return not text_of(document.get("Message")).startswith(("{", "["))


def events(document: Document) -> Iterator[Event]:
    """Read one notification or event: an Event a recipient."""
    named = text_of(document.get("notificationType")) or text_of(document.get("eventType"))
    name = named[:1].lower() + named[1:].replace(" ", "")
    if _is_housekeeping(document):
        yield make_event(NAME, "", Kind.OTHER, Class("subscription of SNS"))
        return
    mail = mapping_of(document.get("mail"))
    body = mapping_of(document.get(name))
    if name == "subscription":
        yield from _subscription(mail, body)
    elif name in _RECIPIENTS:
        rows = list_of(body.get(_RECIPIENTS[name])) or [{}]
        for one in rows:
            row = one if isinstance(one, dict) else {"emailAddress": one}
            yield _recipient(name, mail, body, row)
    else:
        for address in list_of(mail.get("destination")) or [""]:
            yield make_event(NAME, address, Kind.OTHER, Class(named), key=(mail.get("messageId"),))


def _recipient(name: str, mail: Document, body: Document, row: Document) -> Event:
    address = text_of(row.get("emailAddress"))
    kind, told = _KINDS[name], Class(name)
    if name == "bounce":
        kind, told = _bounce(body)
    elif name == "complaint":
        feedback = text_of(body.get("complaintFeedbackType"))
        kind = kind_of(feedback or "abuse")
        told = Class(f"complaint {feedback}".strip())
    elif name == "deliveryDelay":
        delay = text_of(body.get("delayType"))
        told = Class(f"deliveryDelay {delay}".strip(), hint=_DELAYS.get(delay, ""), soft=True)
    sub = text_of(body.get("bounceSubType"))
    return make_event(
        NAME,
        address,
        kind,
        told,
        _words(body, row),
        at=moment_of(body.get("timestamp")) or moment_of(mail.get("timestamp")),
        key=_key(name, mail, body),
        campaign=_campaign(mail),
        message_id=text_of(mail.get("messageId")),
        final=sub in _HELD,
        counted=sub not in _NOT_SENT,
    )


def _key(name: str, mail: Document, body: Document) -> tuple[str, ...]:
    """Return what identifies a notice: of a recipient, one mail bounces or is reported once."""
    message = text_of(mail.get("messageId"))
    if message and name in ("bounce", "complaint"):
        return (name, message)
    own = text_of(body.get("feedbackId"))
    return (name, own or message, "" if own else text_of(body.get("timestamp")))


def key_of_mail(kind: Kind, address: str, message_id: str) -> str:
    """Return the key of a notice that came by e-mail: of its notification, or ''.

    message_id: of the mail that bounced; SES writes `<messageId@email.amazonses.com>` or, in other
    regions than us-east-1, `<messageId@REGION.amazonses.com>`.
    """
    name = {Kind.BOUNCE: "bounce", Kind.COMPLAINT: "complaint"}.get(kind)
    message, _, domain = message_id.partition("@")
    if name is None or not address or not domain.endswith(".amazonses.com"):
        return ""
    return make_key(NAME, address.lower(), name, message)


def _bounce(body: Document) -> tuple[Kind, Class]:
    kinds = (text_of(body.get("bounceType")).capitalize(), text_of(body.get("bounceSubType")))
    name = "/".join(part for part in kinds if part) or "bounce"
    if kinds[1] == "UnsubscribedRecipient":
        return Kind.UNSUBSCRIBE, Class(name)
    soft = {"Permanent": False, "Transient": True}.get(kinds[0])
    told = _CLASSES.get(kinds, Class(soft=soft))
    return Kind.BOUNCE, Class(name, told.cause, told.hint, told.soft)


def _words(body: Document, row: Document) -> Words:
    said = text_of(row.get("diagnosticCode")) or text_of(body.get("smtpResponse"))
    kind, mark, rest = said.partition(";")
    return Words(
        text=rest.strip() if mark and kind.strip().lower() in ("smtp", "x-unix") else said,
        status=text_of(row.get("status")),
        host=_host(text_of(body.get("remoteMtaIp")), text_of(body.get("reportingMTA"))),
    )


def _host(*names: str) -> str:
    found = next((one for one in names if one and "amazonses" not in one), "")
    return found.partition(";")[2].strip() or found


def _campaign(mail: Document) -> str:
    """Return the sender's own name of the campaign: the message tag, or a header."""
    tags = mapping_of(mail.get("tags"))
    for name in ("campaign", "Campaign", "campaign_id", "campaign-id"):
        if found := words_of(tags.get(name)):
            return found
    for one in list_of(mail.get("headers")):
        header = mapping_of(one)
        if text_of(header.get("name")).lower() in ("x-campaign", "x-campaign-id", "list-id"):
            return text_of(header.get("value")).strip("<>")
    return ""


def _subscription(mail: Document, body: Document) -> Iterator[Event]:
    """A recipient changed topics: consent is withdrawn only where all of them are left."""
    topics: Any = mapping_of(body.get("newTopicPreferences"))
    kind = Kind.UNSUBSCRIBE if topics.get("unsubscribeAll") is True else Kind.OTHER
    at = text_of(body.get("timestamp"))
    for address in list_of(mail.get("destination"))[:1] or [""]:
        key = ("subscription", text_of(mail.get("messageId")), at)
        yield make_event(NAME, address, kind, Class("subscription"), at=moment_of(at), key=key)


def recognises_row(columns: Set[str]) -> bool:
    """Tell the columns of the suppression list: EmailAddress, Reason, LastUpdateTime."""
    return {"emailaddress", "reason"} <= columns and bool({"lastupdatetime"} & columns)


def row_events(row: Row) -> Iterator[Event]:
    """Read one entry of the suppression list; SES sends nothing to it any more."""
    reason = row["reason"].upper()
    kind = {"BOUNCE": Kind.BOUNCE, "COMPLAINT": Kind.COMPLAINT}.get(reason, Kind.UNDECIDED)
    at = first_text(row, "lastupdatetime")
    told = Class(f"suppression list {reason}".strip(), cause="P9", soft=False)
    yield make_event(
        NAME, row["emailaddress"], kind, told, Words(f"suppression list: {reason}"),
        at=moment_of(at), key=("suppression", reason, at), final=True, counted=False,
    )  # fmt: skip
