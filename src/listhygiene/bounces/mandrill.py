"""Mandrill (Mailchimp Transactional): its webhook.

Fields: mailchimp.com/developer/transactional/docs/webhooks, "message events".
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.bounce import Event, Kind
from .entry import Class, Document, Words, make_event, mapping_of, moment_of, text_of, words_of

NAME = "mandrill"

_KINDS: dict[str, tuple[Kind, Class]] = {
    "hard_bounce": (Kind.BOUNCE, Class(soft=False)),
    "soft_bounce": (Kind.BOUNCE, Class(soft=True)),
    "deferral": (Kind.DELAY, Class(soft=True)),
    "reject": (Kind.OTHER, Class()),
    "spam": (Kind.COMPLAINT, Class()),
    "unsub": (Kind.UNSUBSCRIBE, Class()),
    "send": (Kind.OTHER, Class()),
    "delivered": (Kind.DELIVERY, Class()),
    "open": (Kind.OTHER, Class()),
    "click": (Kind.OTHER, Class()),
}
_CAUSES = {
    "bad_mailbox": "P3",
    "invalid_domain": "P2",
    "mailbox_full": "T4",
    "dns_failure": "T1",
}
"""What `bounce_description` says of the address; of others the words of the server do."""


def recognises(document: Document) -> bool:
    """Tell whether an object is an event with its message."""
    named = text_of(document.get("event")) in _KINDS
    return named and "email" in mapping_of(document.get("msg"))


def events(document: Document) -> Iterator[Event]:
    """Read one event."""
    name, message = text_of(document.get("event")), mapping_of(document.get("msg"))
    kind, told = _KINDS[name]
    said = text_of(message.get("bounce_description"))
    _, mark, rest = text_of(message.get("diag")).partition("smtp;")
    at = text_of(document.get("ts"))
    yield make_event(
        NAME,
        message.get("email"),
        kind,
        Class(f"{name} {said}".strip(), hint=_CAUSES.get(said, ""), soft=told.soft),
        Words(rest.strip() if mark else text_of(message.get("diag"))),
        at=moment_of(at),
        key=(name, text_of(document.get("_id")) or text_of(message.get("_id")), at),
        campaign=words_of(message.get("tags")),
        message_id=text_of(message.get("_id")),
    )
