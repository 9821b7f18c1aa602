"""HubSpot: exports of contacts with their bounces, of unsubscribes and bounces, and its events.

Its contacts carry a class of bounce and a count, no words of a server. Fields:
knowledge.hubspot.com, "export unsubscribes and bounces"; developers.hubspot.com, "email events".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from ..headers import normalise
from ..model.bounce import Event, Kind
from .entry import (
    Class,
    Document,
    Row,
    Words,
    first_text,
    is_true,
    make_event,
    mapping_of,
    moment_of,
    part_of,
    text_of,
)

NAME = "hubspot"

_EVENTS = {
    "BOUNCE": Kind.BOUNCE,
    "DEFERRED": Kind.DELAY,
    "DELIVERED": Kind.DELIVERY,
    "SPAMREPORT": Kind.COMPLAINT,
}
_OTHERS = {"SENT", "DROPPED", "PROCESSED", "OPEN", "CLICK", "PRINT", "FORWARD", "UNBOUNCE"}
_CAUSES = {
    "UNKNOWN_USER": "P3",
    "MAILBOX_FULL": "T4",
    "MAILBOX_MISCONFIGURATION": "P7",
    "ISP_MISCONFIGURATION": "P7",
    "SENDING_DOMAIN_MISCONFIGURATION": "T3",
    "DOMAIN_REPUTATION": "T3",
    "IP_REPUTATION": "T3",
    "DMARC": "T3",
    "DNS_FAILURE": "T1",
    "GREYLISTING": "T5",
    "THROTTLED": "T5",
    "TIMEOUT": "T5",
    "TEMPORARY_PROBLEM": "T7",
    "CONTENT": "T6",
    "POLICY": "P4",
    "SPAM": "P8",
    "FILTERED": "P8",
    "OTHER": "",
}
_REASON = ("hsemailhardbouncereasonenum", "hsemailhardbouncereason", "emailhardbouncereason")
_BAD = ("hsemailbadaddress", "invalidemailaddress")
_QUARANTINED = ("hsemailquarantined", "emailaddressquarantined", "quarantined")
_OPTED_OUT = ("hsemailoptout", "unsubscribedfromallemail", "portalunsubscribe")
_BOUNCED = ("portalbounce", "globalbounce")
_REPORTED = ("portalspamreport",)
_COLUMNS = {*_REASON, "hsemailbadaddress", "hsemailquarantined", "hsemailbounce", "portalbounce"}


def recognises(document: Document) -> bool:
    """Tell whether an object is an e-mail event, or a contact with properties of bounces."""
    if isinstance(document.get("properties"), dict):
        names = {normalise(text_of(name)) for name in document["properties"]}
        return recognises_row(names)
    known = text_of(document.get("type")) in {*_EVENTS, *_OTHERS, "STATUSCHANGE"}
    return known and "recipient" in document and ("portalId" in document or "appId" in document)


def events(document: Document) -> Iterator[Event]:
    """Read one e-mail event or contact."""
    if isinstance(document.get("properties"), dict):
        named = document["properties"].items()
        yield from row_events({normalise(text_of(key)): _plain(value) for key, value in named})
        return
    name = text_of(document.get("type"))
    category = text_of(document.get("category"))
    kind = _EVENTS.get(name, Kind.OTHER)
    if name == "STATUSCHANGE" and text_of(document.get("portalSubscriptionStatus")) in (
        "UNSUBSCRIBED",
        "",
    ):
        kind = Kind.UNSUBSCRIBE
    at = text_of(document.get("created"))
    yield make_event(
        NAME,
        document.get("recipient"),
        kind,
        Class(f"{name} {category}".strip(), hint=_CAUSES.get(category, "")),
        Words(text_of(document.get("response")), text_of(document.get("status"))),
        at=moment_of(at),
        key=(text_of(document.get("id")), name, at),
        campaign=first_text(document, "emailCampaignId", "emailCampaignGroupId"),
        message_id=text_of(part_of(document, "sentBy", "id")),
    )


def _plain(value: object) -> str:
    """Return a property's value; the older API wraps it ({"value": ...})."""
    return text_of(mapping_of(value).get("value") if isinstance(value, Mapping) else value)


def recognises_row(columns: Set[str]) -> bool:
    """Tell an export by a column that only HubSpot has."""
    return "email" in columns and bool(columns & _COLUMNS)


def row_events(row: Row) -> Iterator[Event]:
    """Read one contact: a bounce, a complaint, an opt-out, several of them, or nothing at all."""
    reason = first_text(row, *_REASON)
    address, at = row.get("email", ""), first_text(row, "hsemaillastsenddate", "lastmodifieddate")
    told = _bounced(row, reason)
    if told is not None:
        words = Words(reason or told.name)
        yield make_event(
            NAME, address, Kind.BOUNCE, told, words,
            at=moment_of(at), key=("contact", told.name, reason), final=True,
        )  # fmt: skip
    for names, kind in ((_REPORTED, Kind.COMPLAINT), (_OPTED_OUT, Kind.UNSUBSCRIBE)):
        if any(is_true(row.get(name)) for name in names):
            told = Class(next(name for name in names if is_true(row.get(name))))
            yield make_event(NAME, address, kind, told, key=("contact", told.name))


def _bounced(row: Row, reason: str) -> Class | None:
    """Return the class of a contact's hard bounce; a mere count of bounces proves none."""
    if reason:
        category = reason.upper().replace(" ", "_")
        return Class(f"hard bounce {reason}", cause=_CAUSES.get(category, ""), soft=False)
    if any(is_true(row.get(name)) for name in _BAD):
        return Class("invalid address", cause="P3")
    if any(is_true(row.get(name)) for name in _BOUNCED):
        return Class("hard bounce", cause="P9")
    if any(is_true(row.get(name)) for name in _QUARANTINED):
        return Class("quarantined", cause="P9")
    return None
