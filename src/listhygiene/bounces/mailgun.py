"""Mailgun: webhooks of both generations, the events API, and the lists of bounces.

Fields: documentation.mailgun.com, "webhooks", "events" and "suppressions".
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
    make_event,
    mapping_of,
    moment_of,
    part_of,
    text_of,
    words_of,
)

NAME = "mailgun"

_KINDS = {
    "failed": Kind.BOUNCE,
    "bounced": Kind.BOUNCE,
    "dropped": Kind.BOUNCE,
    "delivered": Kind.DELIVERY,
    "complained": Kind.COMPLAINT,
    "unsubscribed": Kind.UNSUBSCRIBE,
}
_HELD = {
    "suppress-bounce": (Kind.BOUNCE, "P9"),
    "suppress-complaint": (Kind.COMPLAINT, ""),
    "suppress-unsubscribe": (Kind.UNSUBSCRIBE, ""),
}
"""Reasons for which Mailgun did not even try (its codes 605, 607 and 606)."""
_HELD_CODES = {"605": "suppress-bounce", "607": "suppress-complaint", "606": "suppress-unsubscribe"}
_HINTS = {"greylisted": "T5", "old": "T5", "espblock": "T3"}
_CODES = {"498": "T1", "499": "T5", "602": "T5"}
"""Mailgun's own codes: no MX found, no answer, too old to be tried again."""


def recognises(document: Document) -> bool:
    """Tell whether an object is a webhook (`event-data`), an event of the API, or the old form."""
    if isinstance(document.get("event-data"), dict):
        return "event" in document["event-data"]
    if not text_of(document.get("event")) or "recipient" not in document:
        return False
    own = ("log-level", "delivery-status", "recipient-domain", "message-headers", "token", "domain")
    return any(name in document for name in own)


def events(document: Document) -> Iterator[Event]:
    """Read one event; Mailgun's webhook and its events API give the same."""
    inside = document.get("event-data")
    body = mapping_of(inside) if isinstance(inside, dict) else document
    name = text_of(body.get("event"))
    said = mapping_of(body.get("delivery-status"))
    reason = _reason(body, said)
    kind, told = _class(name, reason, body, said)
    message = text_of(part_of(body, "message", "headers", "message-id"))
    message = message or first_text(body, "Message-Id", "message-id")
    at = text_of(body.get("timestamp"))
    own = text_of(body.get("id"))
    held = reason in _HELD
    yield make_event(
        NAME,
        body.get("recipient"),
        kind,
        told,
        _words(body, said),
        at=moment_of(at),
        key=(own,) if own else (name, message, at),
        campaign=_campaign(body),
        message_id=message,
        final=held,
        counted=not held,
    )


def _reason(body: Document, said: Document) -> str:
    reason = text_of(body.get("reason")).lower()
    return _HELD_CODES.get(text_of(said.get("code")) or text_of(body.get("code")), reason)


def _class(name: str, reason: str, body: Document, said: Document) -> tuple[Kind, Class]:
    kind = _KINDS.get(name, Kind.OTHER)
    severity = text_of(body.get("severity"))
    label = " ".join(one for one in (name, severity, reason) if one)
    if kind is not Kind.BOUNCE:
        return kind, Class(label)
    if reason in _HELD:
        kind, cause = _HELD[reason]
        return kind, Class(label, cause=cause, soft=False)
    if severity == "temporary":
        kind = Kind.DELAY  # Mailgun tries again; its last word is a "permanent" failure
    code = text_of(said.get("code")) or text_of(body.get("code"))
    hint = _CODES.get(code, _HINTS.get(reason, "")) or ("T5" if kind is Kind.DELAY else "")
    expired = reason in ("old", "espblock") or code in _CODES
    soft = None if kind is Kind.DELAY or expired else False
    return kind, Class(label, hint=hint, soft=soft)


def _words(body: Document, said: Document) -> Words:
    texts = [
        text_of(said.get("message")),
        text_of(said.get("description")),
        first_text(body, "error", "notification"),
        text_of(body.get("description")),
    ]
    return Words(
        text="\n".join(dict.fromkeys(one for one in texts if one)),
        status=text_of(said.get("enhanced-code")),
        reply=text_of(said.get("code")) or text_of(body.get("code")),
        host=text_of(said.get("mx-host")),
    )


def _campaign(body: Document) -> str:
    for one in (body.get("campaigns"), body.get("user-variables"), body.get("campaign-id")):
        if isinstance(one, list) and one:
            return first_text(mapping_of(one[0]), "name", "id")
        if isinstance(one, dict) and (found := first_text(one, "campaign", "campaign_id")):
            return found
        if found := text_of(one):
            return found
    return words_of(body.get("tags"))


def recognises_row(columns: Set[str]) -> bool:
    """Tell the columns of the lists of bounces (address, code, error) and of unsubscribes."""
    return {"address", "code", "error"} <= columns or {"address", "tags", "createdat"} <= columns


def row_events(row: Row) -> Iterator[Event]:
    """Read one entry of a list; Mailgun sends nothing to it any more."""
    at = row.get("createdat", "")
    if "error" not in row and not row["tags"].startswith(("*", "[", '"')):
        yield make_event(NAME, row["address"], Kind.UNDECIDED, Class("unsubscribe list"))
        return
    if "error" not in row:
        told = Class("unsubscribe list")
        key: tuple[str, ...] = ("unsubscribe list", at)
        yield make_event(NAME, row["address"], Kind.UNSUBSCRIBE, told, at=moment_of(at), key=key)
        return
    words = Words(text=row["error"], reply=row["code"])
    hint = _CODES.get(row["code"], "")
    told = Class("bounce list", hint=hint, soft=None if hint else False)
    key = ("bounce list", row["code"], row["error"], at)
    kind = Kind.BOUNCE if row["code"].isdecimal() or not row["code"] else Kind.UNDECIDED
    yield make_event(NAME, row["address"], kind, told, words, at=moment_of(at), key=key, final=True)
