"""Mailchimp: the exports of an audience's cleaned and unsubscribed contacts, and its webhook.

A cleaned contact bounced hard once or softly several times; the export names no reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from ..headers import role_of
from ..model.bounce import Event, Kind
from .entry import Class, Document, Row, Words, make_event, mapping_of, moment_of, text_of

NAME = "mailchimp"

_WEBHOOK = {
    "cleaned": Kind.BOUNCE,
    "unsubscribe": Kind.UNSUBSCRIBE,
    "subscribe": Kind.OTHER,
    "upemail": Kind.OTHER,
    "profile": Kind.OTHER,
}
_MEMBERS = {
    "cleaned": Kind.BOUNCE,
    "unsubscribed": Kind.UNSUBSCRIBE,
    "subscribed": Kind.OTHER,
    "pending": Kind.OTHER,
    "transactional": Kind.OTHER,
    "archived": Kind.OTHER,
}
_ABUSE = {"abuse", "abuse report", "marked as spam", "reported as spam"}


def recognises(document: Document) -> bool:
    """Tell whether an object is a member (API), or a webhook (fired_at, data with an address)."""
    if "email_address" in document and text_of(document.get("status")) in _MEMBERS:
        return True
    inside = document.get("data")
    known = text_of(document.get("type")) in _WEBHOOK and "fired_at" in document
    return known and isinstance(inside, dict) and "email" in inside


def events(document: Document) -> Iterator[Event]:
    """Read one member or webhook."""
    if "email_address" in document:
        yield _member(document)
        return
    body = mapping_of(document.get("data"))
    name, reason = text_of(document.get("type")), text_of(body.get("reason")).lower()
    kind = Kind.COMPLAINT if reason in _ABUSE else _WEBHOOK[name]
    at = text_of(document.get("fired_at"))
    yield make_event(
        NAME,
        body.get("email"),
        kind,
        Class(f"{name} {reason}".strip(), hint="P9", soft=False),
        Words(f"{name}: {reason}" if reason else name),
        at=moment_of(at),
        key=(name, reason, at),
        campaign=text_of(body.get("campaign_id")),
    )


def _member(document: Document) -> Event:
    """Read a member of an audience, as the API lists them."""
    status, at = text_of(document.get("status")), text_of(document.get("last_changed"))
    return make_event(
        NAME,
        document.get("email_address"),
        _MEMBERS[status],
        Class(status, hint="P9", soft=False),
        Words("cleaned: hard or repeated soft bounces" if status == "cleaned" else ""),
        at=moment_of(at),
        key=("member", status, at),
    )


def recognises_row(columns: Set[str]) -> bool:
    """Tell an export by its CLEAN_TIME or UNSUB_TIME; the other headers may be translated."""
    return bool(columns & {"cleantime", "unsubtime"}) and bool(_address_in(columns))


def _address_in(columns: Iterable[str]) -> str:
    return next((one for one in columns if role_of(one)[0] == "email"), "")


def row_events(row: Row) -> Iterator[Event]:
    """Read one contact; times are GMT."""
    name = "clean" if "cleantime" in row else "unsub"
    at = row[f"{name}time"]
    if not at:
        return
    reason = row.get("unsubreason", "")
    kind = Kind.BOUNCE if name == "clean" else Kind.UNSUBSCRIBE
    if reason.lower() in _ABUSE:
        kind = Kind.COMPLAINT
    yield make_event(
        NAME,
        row[_address_in(row)],
        kind,
        Class("cleaned" if name == "clean" else "unsubscribed", hint="P9", soft=False),
        Words(reason or ("cleaned: hard or repeated soft bounces" if name == "clean" else "")),
        at=moment_of(at),
        key=(name, row.get("leid") or row.get("euid") or "", at),
        campaign=row.get(f"{name}campaigntitle", ""),
    )
