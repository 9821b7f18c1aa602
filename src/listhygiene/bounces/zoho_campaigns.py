"""Zoho Campaigns (its e-mail API): webhooks and event reports.

Fields: zoho.com/campaigns/help/emailapi, "events" and "event reports".
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.bounce import Event, Kind, Type
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
from .titles import kind_called, type_called

NAME = "zoho-campaigns"

_ACTIONS = {
    "bounce": Kind.BOUNCE,
    "spam": Kind.COMPLAINT,
    "unsubscribed": Kind.UNSUBSCRIBE,
    "unsubscribe": Kind.UNSUBSCRIBE,
}


def recognises(document: Document) -> bool:
    """Tell whether an object is a webhook (action, data) or an entry of an event report."""
    if "contact_email" in document:
        return "action_time" in document or "bounce_type" in document
    rows = document.get("data")
    return isinstance(rows, list) and any("contact_email" in mapping_of(one) for one in rows)


def events(document: Document) -> Iterator[Event]:
    """Read a webhook or an entry of a report: an Event a contact."""
    if "contact_email" in document:
        yield _event(document, "", "")
        return
    action = text_of(document.get("action"))
    for one in list_of(document.get("data")):
        yield _event(mapping_of(one), action, text_of(document.get("actionType")))


def _event(body: Document, action: str, kind_said: str) -> Event:
    said = first_text(body, "bounce_type") or kind_said
    kind = _ACTIONS.get(action.lower()) or kind_called(action)
    if kind is None:
        kind = Kind.BOUNCE if "bounce_type" in body or "bounce_reason" in body else Kind.OTHER
    of_type = type_called(said)
    at = text_of(body.get("action_time"))
    own = first_text(body, "contact_id")
    return make_event(
        NAME,
        body.get("contact_email"),
        kind,
        Class(said or action, soft=None if of_type is None else of_type is Type.TEMPORARY),
        Words(
            text_of(body.get("bounce_reason")),
            status=text_of(body.get("bounce_extended_code")),
            reply=text_of(body.get("bounce_code")),
        ),
        at=moment_of(at),
        key=(kind.value, own, at),
        campaign=first_text(body, "transmission_name", "campaign_name", "transmission_id"),
        final=kind is Kind.BOUNCE and of_type is Type.PERMANENT,
    )
