"""SparkPost (now Bird): events of the webhook and of the API, and the suppression list.

Fields: developers.sparkpost.com, "events"; support.sparkpost.com, "bounce classification codes".
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
    text_of,
)

NAME = "sparkpost"

_KINDS = {
    "bounce": Kind.BOUNCE,
    "out_of_band": Kind.BOUNCE,
    "policy_rejection": Kind.BOUNCE,
    "delay": Kind.DELAY,
    "delivery": Kind.DELIVERY,
    "spam_complaint": Kind.COMPLAINT,
    "list_unsubscribe": Kind.UNSUBSCRIBE,
    "link_unsubscribe": Kind.UNSUBSCRIBE,
}
_CLASSES: dict[str, tuple[Kind, Class]] = {
    "1": (Kind.BOUNCE, Class("undetermined")),
    "10": (Kind.BOUNCE, Class("invalid recipient", hint="P3", soft=False)),
    "20": (Kind.BOUNCE, Class("soft bounce", soft=True)),
    "21": (Kind.BOUNCE, Class("DNS failure", hint="T1", soft=True)),
    "22": (Kind.BOUNCE, Class("mailbox full", cause="T4", soft=True)),
    "23": (Kind.BOUNCE, Class("too large", cause="T4", soft=True)),
    "24": (Kind.BOUNCE, Class("timeout", hint="T5", soft=True)),
    "25": (Kind.BOUNCE, Class("admin failure", hint="P9", soft=False)),
    "30": (Kind.BOUNCE, Class("no recipient", hint="P3", soft=False)),
    "40": (Kind.BOUNCE, Class("generic bounce", soft=True)),
    "50": (Kind.BOUNCE, Class("mail block", hint="P1")),
    "51": (Kind.BOUNCE, Class("spam block", hint="P8")),
    "52": (Kind.BOUNCE, Class("spam content", hint="P8")),
    "53": (Kind.BOUNCE, Class("prohibited attachment", cause="T6")),
    "54": (Kind.BOUNCE, Class("relaying denied", cause="P6")),
    "60": (Kind.AUTO_REPLY, Class("auto-reply")),
    "70": (Kind.BOUNCE, Class("transient failure", hint="T5", soft=True)),
    "80": (Kind.OTHER, Class("subscribe")),
    "90": (Kind.UNSUBSCRIBE, Class("unsubscribe")),
    "100": (Kind.CHALLENGE, Class("challenge-response")),
}
_SOURCES = {
    "spamcomplaint": Kind.COMPLAINT,
    "listunsubscribe": Kind.UNSUBSCRIBE,
    "unsubscribelink": Kind.UNSUBSCRIBE,
    "bouncerule": Kind.BOUNCE,
    "manuallyadded": Kind.BOUNCE,
    "compliance": Kind.BOUNCE,
}


def recognises(document: Document) -> bool:
    """Tell whether an object is a webhook's (`msys`) or an event of the API."""
    if "msys" in document:
        return isinstance(document["msys"], dict)
    return "rcpt_to" in document and bool(text_of(document.get("type")))


def events(document: Document) -> Iterator[Event]:
    """Read one event; an empty `msys` is the webhook's own test."""
    if "msys" in document:
        for body in mapping_of(document["msys"]).values():
            yield _event(mapping_of(body))
    else:
        yield _event(document)


def _event(body: Document) -> Event:
    name = text_of(body.get("type"))
    kind = _KINDS.get(name, Kind.OTHER)
    number = text_of(body.get("bounce_class"))
    told = Class()
    if kind is Kind.BOUNCE:
        kind, told = _CLASSES.get(number, (kind, told))
    elif kind is Kind.DELAY:
        told = _CLASSES.get(number, (kind, told))[1]
    label = " ".join(one for one in (name, number, told.name) if one)
    at = text_of(body.get("timestamp"))
    message = text_of(body.get("message_id"))
    own = text_of(body.get("event_id"))
    held = name == "policy_rejection" or number == "25"
    return make_event(
        NAME,
        first_text(body, "rcpt_to", "raw_rcpt_to"),
        kind,
        Class(label, told.cause, told.hint, told.soft),
        Words(
            text=first_text(body, "raw_reason", "reason"),
            reply=text_of(body.get("error_code")),
            host=text_of(body.get("routing_domain")),
        ),
        at=moment_of(at),
        key=(own,) if own else (name, message, at),
        campaign=first_text(body, "campaign_id", "campaign"),
        message_id=message,
        final=held,
        counted=not held,
    )


def recognises_row(columns: Set[str]) -> bool:
    """Tell the columns of the suppression list: recipient, type, source, description, created."""
    if {"recipient", "type", "source"} <= columns:
        return True
    return {"email", "source"} <= columns and bool({"transactional", "nontransactional"} & columns)


def row_events(row: Row) -> Iterator[Event]:
    """Read one entry of the suppression list; SparkPost sends nothing to it any more."""
    origin = row["source"]
    kind = _SOURCES.get("".join(origin.lower().split()), Kind.UNDECIDED)
    at = first_text(row, "created", "updated")
    words = row.get("description", "")
    told = Class(f"suppression list {origin}".strip(), hint="P9", soft=False)
    yield make_event(
        NAME, first_text(row, "recipient", "email"), kind, told, Words(text=words),
        at=moment_of(at), key=("suppression", origin, row.get("type", ""), at),
        final=True, counted=False,
    )  # fmt: skip
