"""Zoho CRM: the e-mails of a record (API, "get email related list"), with their bounces.

A bounce has a category ("Temporarily blocked"), a sub-category (the cause, as the help page on
bounced e-mails calls it) and the words of the server. Exports of lists are read by `table`.
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
from .titles import cause_called, is_blocked, type_called

NAME = "zoho-crm"


def recognises(document: Document) -> bool:
    """Tell whether an object is an e-mail with its recipients and statuses."""
    statuses = document.get("status")
    if not isinstance(statuses, list) or "to" not in document:
        return False
    return "message_id" in document or any(
        "bounced_time" in mapping_of(one) or "type" in mapping_of(one) for one in statuses
    )


def events(document: Document) -> Iterator[Event]:
    """Read the bounces of one e-mail; what it says of opens and clicks is nothing to us."""
    message = text_of(document.get("message_id"))
    addresses = [_address(one) for one in list_of(document.get("to"))]
    bounces = [one for one in list_of(document.get("status")) if _is_bounce(one)]
    if not bounces:
        for address in addresses[:1]:
            yield make_event(NAME, address, Kind.OTHER, Class("e-mail"), message_id=message)
    for one in bounces:
        for address in addresses or [""]:
            yield _bounce(document, mapping_of(one), address, message)


def _address(one: object) -> str:
    return first_text(mapping_of(one), "email", "address") or text_of(one)


def _is_bounce(one: object) -> bool:
    status = mapping_of(one)
    return text_of(status.get("type")).lower() == "bounced" or "bounced_time" in status


def _bounce(document: Document, status: Document, address: str, message: str) -> Event:
    category = text_of(status.get("category"))
    cause_said = text_of(status.get("sub_category"))
    kind = type_called(category)
    soft = None if kind is None else kind is Type.TEMPORARY
    at = text_of(status.get("bounced_time")) or text_of(document.get("time"))
    return make_event(
        NAME,
        address,
        Kind.BOUNCE,
        Class(
            "/".join(one for one in (category, cause_said) if one),
            cause=cause_called(cause_said, kind),
            soft=soft,
        ),
        Words(text_of(status.get("bounced_reason"))),
        at=moment_of(at),
        key=(message, at, cause_said),
        campaign=first_text(mapping_of(document.get("campaign")), "name", "id"),
        message_id=message,
        final=is_blocked(category),
    )
