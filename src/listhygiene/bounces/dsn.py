"""Delivery status notifications: RFC 3464, internationalised by RFC 6533.

A report is a group of fields on the message and a group for each recipient, parted by blank
lines. In real reports the blank lines may be missing, the report may stand in the plain text, and
the recipient's group may lack all but one address field; what is there is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..model.bounce import Kind
from .addressing import clean_address
from .dates import read_date
from .delay import is_delay
from .failure import Failure
from .message import Headers
from .notice import Notice, fields_in

ORDER = 20

_KINDS = {
    "failed": Kind.BOUNCE,
    "delayed": Kind.DELAY,
    "delivered": Kind.DELIVERY,
    "relayed": Kind.DELIVERY,
    "expanded": Kind.DELIVERY,
}
_IN_TEXT = re.compile(r"(?im)^[ \t]{0,3}(?:final|original)-recipient[ \t]*:")
_BLANK = re.compile(r"\n[ \t]*(?=\n)")
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})\b")
_FAILING = re.compile(r"(?i)fail|error|undeliver|expire|reject")
_HOST = re.compile(r"^\s*(?:[\w-]{1,20}\s*;)?\s*\[?([\w.:-]{1,255})")
_KIND_OF_CODE = re.compile(r"(?i)^\s*(?:smtp|x-[\w-]{1,40}|unknown|dns|lmtp|x400)\s*;\s*")


def failures(notice: Notice) -> list[Failure]:
    """Return the recipients that the delivery reports of a notice speak of."""
    if notice.report:
        found = _failures(notice.report)
        if found and all(one.kind is Kind.UNDECIDED for one in found):  # every line is a block
            found = _failures([_BLANK.sub("", one) for one in notice.report])
        return _unless_late(notice, found)
    if not _IN_TEXT.search(notice.words):
        return []
    found = _failures([notice.words])
    if any(one.kind is not Kind.UNDECIDED for one in found):
        return found
    return _failures([_BLANK.sub("", notice.words)]) or found  # every line is a block of HTML


def _unless_late(notice: Notice, found: list[Failure]) -> list[Failure]:
    """Believe the words where a report has no Action and a temporary status."""
    if not any(not one.action and one.status.startswith("4") for one in found):
        return found
    return [
        replace(one, kind=Kind.DELAY, action="delayed")
        if not one.action and one.status.startswith("4") and is_delay(notice)
        else one
        for one in found
    ]


def _failures(reports: list[str]) -> list[Failure]:
    found: dict[tuple[str, str, str], Failure] = {}
    for report in reports:
        groups = fields_in(report)
        whole: Headers = next((one for one in groups if "reporting-mta" in one), {})
        for group in groups:
            for one in _recipients(group, whole):
                found.setdefault((one.address.lower(), one.action, one.status), one)
    return list(found.values())


def _recipients(group: Headers, whole: Headers) -> Iterator[Failure]:
    names = (
        "final-recipient",
        "original-recipient",
        "x-actual-recipient",
        "x-original-recipient",
        "x-final-recipient",
        "recipient",
    )
    for place in range(max((len(group.get(name, ())) for name in names), default=0)):
        named = []
        for name in names:
            values = group.get(name, ())
            address = clean_address(values[place]) if place < len(values) else ""
            if address:
                named.append((address, name.title()))
        # a final recipient within a system ("ann@server") is no address for anybody outside
        outside = [one for one in named if _is_outside(one[0])]
        for address, name in (outside or named)[:1]:
            yield _failure(group, whole, place, address, name)


def _is_outside(address: str) -> bool:
    """Tell an address of the Internet from one of a system's own, as Exchange encapsulates it."""
    return "." in address.rpartition("@")[2] and not address.startswith("IMCEAEX-")


def _failure(group: Headers, whole: Headers, place: int, address: str, found: str) -> Failure:
    def field(name: str) -> str:
        values = group.get(name) or ()
        return values[min(place, len(values) - 1)] if values else ""

    status = field("status")
    code = _STATUS.search(status)
    action = field("action").strip().lower().split(" ")[0].strip("\"'();,")
    alone = len(group.get("final-recipient", ())) < 2
    diagnostic = " ".join(group.get("diagnostic-code", ())) if alone and place == 0 else ""
    diagnostic = _KIND_OF_CODE.sub("", diagnostic or field("diagnostic-code"))
    comment = status[code.end() :].strip(" ()") if code else status.strip(" ()")
    host = _HOST.match(field("remote-mta"))
    if action not in _KINDS and _FAILING.search(action):
        action = "failed"
    kind = _KINDS.get(action) or _kind_of_status(code[1] if code else "", diagnostic)
    return Failure(
        address=address,
        kind=kind,
        found=found,
        said="\n".join(text for text in (diagnostic, comment) if text),
        status=code[1] if code else "",
        host=host[1].lower().rstrip(".") if host else "",
        action=action,
        at=read_date(
            field("last-attempt-date")
            or field("arrival-date")
            or next(iter(whole.get("arrival-date", ())), "")
        ),
    )


def _kind_of_status(status: str, diagnostic: str) -> Kind:
    """Tell the kind where the Action field is missing or unknown."""
    if status.startswith("2"):
        return Kind.DELIVERY
    return Kind.BOUNCE if status or diagnostic else Kind.UNDECIDED
