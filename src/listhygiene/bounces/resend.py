"""Resend: its webhook.

Fields: resend.com/docs/dashboard/webhooks/event-types.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.bounce import Event, Kind
from .entry import (
    Class,
    Document,
    Words,
    list_of,
    make_event,
    mapping_of,
    moment_of,
    text_of,
    words_of,
)

NAME = "resend"

_KINDS = {
    "email.bounced": Kind.BOUNCE,
    "email.complained": Kind.COMPLAINT,
    "email.delivery_delayed": Kind.DELAY,
    "email.delivered": Kind.DELIVERY,
    "email.suppressed": Kind.BOUNCE,
}


def recognises(document: Document) -> bool:
    """Tell whether an object is an event of an e-mail with its recipients."""
    named = text_of(document.get("type")).startswith("email.")
    return named and "to" in mapping_of(document.get("data"))


def events(document: Document) -> Iterator[Event]:
    """Read one event: an Event a recipient."""
    name, body = text_of(document.get("type")), mapping_of(document.get("data"))
    bounce = mapping_of(body.get("bounce"))
    kinds = [text_of(bounce.get(field)) for field in ("type", "subType")]
    soft = {"Permanent": False, "Transient": True}.get(kinds[0])
    at = text_of(document.get("created_at"))
    held = name == "email.suppressed"
    said = mapping_of(body.get("suppressed")) if held else bounce
    lines = [words_of(said.get("diagnosticCode")), text_of(said.get("message"))]
    for address in list_of(body.get("to")) or [""]:
        yield make_event(
            NAME,
            address,
            _KINDS.get(name, Kind.OTHER),
            Class(
                " ".join([name, *(one for one in kinds if one)]),
                cause="P9" if held else "",
                soft=False if held else soft,
            ),
            Words("\n".join(one for one in lines if one)),
            at=moment_of(at),
            key=(name, text_of(body.get("email_id")), at),
            message_id=text_of(body.get("email_id")),
            final=held,
            counted=not held,
        )
