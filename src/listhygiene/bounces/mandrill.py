"""Mandrill (Mailchimp Transactional): its webhook, and its rejection denylist.

Fields: mailchimp.com/developer/transactional/docs/webhooks, "message events", "sync events";
.../transactional/api/rejects/list-rejected-emails.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.bounce import Event, Kind
from .entry import (
    Class,
    Document,
    Words,
    is_true,
    make_event,
    mapping_of,
    moment_of,
    text_of,
    words_of,
)

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
_REJECTS: dict[str, tuple[Kind, Class]] = {
    "hard-bounce": (Kind.BOUNCE, Class(hint="P9", soft=False)),
    "soft-bounce": (Kind.BOUNCE, Class(soft=True)),
    "spam": (Kind.COMPLAINT, Class()),
    "unsub": (Kind.UNSUBSCRIBE, Class()),
    "custom": (Kind.BOUNCE, Class(cause="P9", soft=False)),
    "invalid": (Kind.BOUNCE, Class(hint="P3", soft=False)),
}
"""Why an address is on the denylist: `reason`."""


def recognises(document: Document) -> bool:
    """Tell whether an object is an event with its message, or an entry of the denylist."""
    named = text_of(document.get("event")) in _KINDS
    return (named and "email" in mapping_of(document.get("msg"))) or _is_reject(document)


def _is_reject(document: Document) -> bool:
    return {"email", "reason", "last_event_at", "expired"} <= document.keys()


def events(document: Document) -> Iterator[Event]:
    """Read one event, or one entry: what has expired holds nothing back."""
    if _is_reject(document):
        yield _rejected(document)
        return
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


def _rejected(document: Document) -> Event:
    reason = text_of(document.get("reason"))
    kind, told = _REJECTS.get(reason, (Kind.OTHER, Class()))
    if is_true(document.get("expired")):
        kind, told = Kind.OTHER, Class()
    at = text_of(document.get("last_event_at")) or text_of(document.get("created_at"))
    return make_event(
        NAME,
        document.get("email"),
        kind,
        Class(f"denylist {reason}", cause=told.cause, hint=told.hint, soft=told.soft),
        Words(text_of(document.get("detail"))),
        at=moment_of(at),
        key=("denylist", reason, at),
        final=told.soft is False,
        counted=False,
    )
