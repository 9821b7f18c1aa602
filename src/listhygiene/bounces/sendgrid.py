"""Twilio SendGrid: the event webhook, and the suppression lists as CSV or JSON.

Fields: docs.sendgrid.com, "event webhook reference" and "bounces API".
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..model.bounce import Event, Kind
from .entry import (
    Class,
    Document,
    Row,
    Words,
    first_text,
    make_event,
    moment_of,
    text_of,
    words_of,
)

NAME = "sendgrid"

_KINDS = {
    "bounce": Kind.BOUNCE,
    "blocked": Kind.BOUNCE,
    "deferred": Kind.DELAY,
    "delivered": Kind.DELIVERY,
    "spamreport": Kind.COMPLAINT,
    "unsubscribe": Kind.UNSUBSCRIBE,
    "group_unsubscribe": Kind.UNSUBSCRIBE,
}
_OTHERS = {"processed", "open", "click", "group_resubscribe", "account_status_change"}
_CLASSES = {
    "content": "T6",
    "frequency or volume too high": "T5",
    "invalid address": "P3",
    "mailbox unavailable": "P9",
    "reputation": "T3",
    "technical failure": "T1",
}
_DROPPED = {
    "bounced address": (Kind.BOUNCE, "P9"),
    "invalid": (Kind.BOUNCE, "P3"),
    "unsubscribed address": (Kind.UNSUBSCRIBE, ""),
    "spam reporting address": (Kind.COMPLAINT, ""),
    "spam content (if spam checker app enabled)": (Kind.OTHER, ""),
    "recipient list over package quota": (Kind.OTHER, ""),
    "invalid smtpapi header": (Kind.OTHER, ""),
}
"""What SendGrid dropped unsent; another reason says nothing of the address."""
_CAMPAIGN = ("marketing_campaign_name", "singlesend_name", "mc_stats_name", "marketing_campaign_id")


def recognises(document: Document) -> bool:
    """Tell whether an object is an event of the webhook."""
    event = text_of(document.get("event"))
    if "email" not in document or not event:
        return False
    own = any(name in document for name in ("sg_event_id", "sg_message_id", "smtp-id"))
    return own or ("timestamp" in document and event in {*_KINDS, *_OTHERS, "dropped"})


def events(document: Document) -> Iterator[Event]:
    """Read one event."""
    name = text_of(document.get("event"))
    kind, told = _class(name, document)
    at = text_of(document.get("timestamp"))
    message = text_of(document.get("smtp-id")) or _message_id(document)
    own = text_of(document.get("sg_event_id"))
    yield make_event(
        NAME,
        document.get("email"),
        kind,
        told,
        Words(
            text=first_text(document, "reason", "response"),
            status=text_of(document.get("status")),
        ),
        at=moment_of(at),
        key=(own,) if own else (name, message, at),
        campaign=first_text(document, *_CAMPAIGN) or words_of(document.get("category")),
        message_id=message,
        final=name == "dropped",
        counted=name != "dropped",
    )


def _class(name: str, document: Document) -> tuple[Kind, Class]:
    if name == "dropped":
        reason = text_of(document.get("reason"))
        kind, cause = _DROPPED.get(reason.lower(), (Kind.OTHER, ""))
        return kind, Class(f"dropped, {reason}", cause=cause, soft=False)
    kind = _KINDS.get(name, Kind.OTHER)
    if kind not in (Kind.BOUNCE, Kind.DELAY):
        return kind, Class(name)
    said = text_of(document.get("bounce_classification"))
    hint = _CLASSES.get(said.lower(), "")
    blocked = name == "blocked" or text_of(document.get("type")) == "blocked"
    words = [name, "blocked" if blocked and name != "blocked" else "", said]
    if blocked and not hint:
        # the message was refused, not the address, to which SendGrid goes on sending
        hint = "P1" if text_of(document.get("status"))[:1] == "5" else "T7"
    if kind is Kind.DELAY:
        hint = hint or "T5"
    soft = False if kind is Kind.BOUNCE and not blocked else None
    return kind, Class(" ".join(one for one in words if one), hint=hint, soft=soft)


def _message_id(document: Document) -> str:
    """Return the message's own part of `sg_message_id` (before ".filter", ".recvd")."""
    return text_of(document.get("sg_message_id")).partition(".")[0]


def recognises_row(columns: Set[str]) -> bool:
    """Tell the columns of the lists of bounces and of blocks; others look like contacts."""
    return {"status", "reason", "email", "created"} <= columns


def row_events(row: Row) -> Iterator[Event]:
    """Read one entry; a status that is no code makes it some other list's."""
    status, reason, at = row["status"], row["reason"], row["created"]
    kind = Kind.BOUNCE if status[:1] in ("", "2", "4", "5") else Kind.UNDECIDED
    yield make_event(
        NAME, row["email"], kind, Class("bounce list"), Words(text=reason, status=status),
        at=_created(at), key=("list", status, reason, at), final=status[:1] != "4",
    )  # fmt: skip


def _created(text: str) -> datetime | None:
    """Return when an entry was made: seconds since 1970; of the v2 API, US Pacific time."""
    zone = _pacific()
    return moment_of(text) if zone is None or "T" in text else moment_of(text, zone)


@cache
def _pacific() -> ZoneInfo | None:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # Windows without the time zones' package: UTC, hours away
        return None
