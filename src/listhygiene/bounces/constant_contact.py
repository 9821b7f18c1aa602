"""Constant Contact: the bounces report of a campaign.

Codes: developer.constantcontact.com/api_guide, "email bounces report".
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from ..headers import normalise
from ..model.bounce import Event, Kind
from .entry import Class, Document, Row, make_event, moment_of, text_of

NAME = "constant-contact"

_CODES = {
    "B": (Kind.BOUNCE, Class("B, non-existent address", cause="P3")),
    "D": (Kind.BOUNCE, Class("D, undeliverable", cause="T5")),
    "F": (Kind.BOUNCE, Class("F, full", cause="T4")),
    "S": (Kind.BOUNCE, Class("S, suspended", cause="P9")),
    "V": (Kind.AUTO_REPLY, Class("V, vacation or autoreply")),
    "X": (Kind.BOUNCE, Class("X, blocked", cause="P1")),
    "Z": (Kind.BOUNCE, Class("Z, other", cause="T7")),
}


def recognises(document: Document) -> bool:
    """Tell whether an object is an activity of the report."""
    return "bounce_code" in document and "email_address" in document


def events(document: Document) -> Iterator[Event]:
    """Read one activity."""
    yield from row_events({normalise(key): text_of(value) for key, value in document.items()})


def recognises_row(columns: Set[str]) -> bool:
    """Tell the report by its bounce_code and email_address."""
    return {"bouncecode", "emailaddress"} <= columns


def row_events(row: Row) -> Iterator[Event]:
    """Read one row; a code that is not known says nothing but that the mail bounced."""
    code = row["bouncecode"].upper()
    kind, told = _CODES.get(code, (Kind.BOUNCE, Class(code)))
    campaign, at = row.get("campaignactivityid", ""), row.get("createdtime", "")
    yield make_event(
        NAME, row["emailaddress"], kind, told,
        at=moment_of(at), key=(code, campaign, at), campaign=campaign, final=code == "S",
    )  # fmt: skip
