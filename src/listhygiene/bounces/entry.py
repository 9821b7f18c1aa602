"""One entry of a platform's export, made into an event: what all of the platforms' sources share.

A platform says three things of a failed mail: its own class, the words of the server, and codes.
The class decides where it is decisive; else a phrase or a telling status in the words does, then
the class as a hint, then whatever the codes say. A platform that calls a bounce soft is believed:
its cause is the temporary counterpart of what the words name.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from ..model.bounce import Event, Kind
from .addressing import clean_address
from .causes import name_cause, while_temporary
from .causes.naming import find_reply, find_status, is_temporary
from .dates import read_date
from .new_address import forward_in

Document = Mapping[str, Any]
"""One object of a JSON export."""

Row = Mapping[str, str]
"""One row of a table: the header as `headers.normalise` writes it -> the cell."""

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_REPLY = re.compile(r"[45][0-5]\d")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_ISO_DATE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CAUSED = (Kind.BOUNCE, Kind.DELAY)
_FIXED = {Kind.COMPLAINT: "P8", Kind.AUTO_REPLY: "T2"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a server said, as a platform hands it on.

    text: its lines. status: "5.1.1", reply: "550"; both are looked for in the text where they are
    not given. host: who said it.
    """

    text: str = ""
    status: str = ""
    reply: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Class:
    """What a platform's own classification says.

    name: as the platform calls it. cause: decisive code, '' where it is none. hint: the code
    where the words tell nothing. soft: True, False, or None where the class does not say.
    """

    name: str = ""
    cause: str = ""
    hint: str = ""
    soft: bool | None = None


NOTHING = Class()

SOMEBODY = "somebody@example.invalid"
"""Stands for the recipient while a cause is named: servers say the same to many, which is kept."""


def make_event(
    source: str,
    address: object,
    kind: Kind,
    told: Class = NOTHING,
    words: Words | None = None,
    *,
    at: datetime | None = None,
    key: Iterable[object] = (),
    campaign: str = "",
    message_id: str = "",
    final: bool = False,
    counted: bool = True,
) -> Event:
    """Make an event of what a platform says of one recipient.

    key: what identifies the event at its source. An entry without an address is undecided.
    """
    words = words or Words()
    who = clean_address(text_of(address))
    if not who and kind is not Kind.OTHER:
        kind = Kind.UNDECIDED
    status, reply = _codes(words)
    cause, how, line = _named(who, kind, told, words, status, reply)
    rule = "; ".join(part for part in (f"{source} {told.name}".strip(), how) if part)
    return Event(
        address=who,
        kind=kind,
        source=source,
        cause=cause,
        status=status,
        reply=reply,
        diagnostic=line,
        rule=rule if who or kind is Kind.OTHER else f"{rule}; no address",
        at=at,
        remote_host=words.host,
        campaign=campaign[:200],
        message_id=message_id.strip().strip("<>")[:998],
        key=make_key(source, who.lower(), *key),
        new_address=forward_in(words.text, who) if cause in ("P3", "T7") else "",
        final=final and kind is Kind.BOUNCE,
        counted=counted,
    )


def make_key(*parts: object) -> str:
    """Return what tells the same event read twice."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _codes(words: Words) -> tuple[str, str]:
    status = words.status if _STATUS.fullmatch(words.status) else find_status(words.text)
    reply = words.reply if _REPLY.fullmatch(words.reply) else find_reply(words.text)
    return status, reply


def _named(
    who: str, kind: Kind, told: Class, words: Words, status: str, reply: str
) -> tuple[str, str, str]:
    """Return the cause, which knowledge decided, and the line that it stands in."""
    first = next((line.strip() for line in words.text.splitlines() if line.strip()), "")[:500]
    if kind not in _CAUSED:
        return _FIXED.get(kind, ""), "", first
    if told.cause:
        return told.cause, "", first
    action = "delayed" if kind is Kind.DELAY else ""
    said = words.text.replace(who, SOMEBODY) if who else words.text
    named = name_cause(said, status=status, reply=reply, host=words.host, action=action)
    code, how = named.code, named.rule
    if told.hint and (not code or _tells_little(how)):
        code, how = told.hint, ""
        if is_temporary(status, reply, action):
            code = while_temporary(code)
    if not code:
        code, how = _unnamed(kind, told.soft), "no reason given"
    if told.soft and code.startswith("P"):
        code = while_temporary(code)
    return code, how, named.line.replace(SOMEBODY, who) or first


def _tells_little(rule: str) -> bool:
    """Tell whether only a reply code, or a status that ends in .0.0, named the cause."""
    return rule.startswith("reply") or (rule.startswith("status") and rule.endswith(".0.0"))


def _unnamed(kind: Kind, soft: bool | None) -> str:
    if kind is Kind.DELAY:
        return "T5"
    return "P9" if soft is False else "T7"


def text_of(value: object) -> str:
    """Return a value of a document as a text; '' for None, objects and arrays."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return _number_text(value)
    return ""


def _number_text(value: float) -> str:
    if isinstance(value, int):
        return str(value) if value.bit_length() < 200 else ""
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def part_of(document: object, *names: str) -> Any:
    """Return what lies at a path of names, None where the path ends before."""
    for name in names:
        if not isinstance(document, Mapping):
            return None
        document = document.get(name)
    return document


def mapping_of(value: object) -> Document:
    """Return the value where it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: object) -> list[Any]:
    """Return the value where it is an array, [] for None, else [value]."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def first_text(document: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that is not blank."""
    return next((text for name in names if (text := text_of(document.get(name)))), "")


def words_of(value: object) -> str:
    """Return a text, or an array of texts, as one text parted by spaces."""
    return " ".join(text for one in list_of(value) if (text := text_of(one)))


def is_true(value: object) -> bool:
    """Tell whether a field says yes."""
    return text_of(value).lower() in ("true", "yes", "y", "1", "はい")


def moment_of(value: object, zone: tzinfo = UTC) -> datetime | None:
    """Return the aware time (UTC) that a field holds, None where it holds none.

    Seconds or milliseconds since 1970, ISO 8601, `2026/5/1 12:00`, or RFC 5322. zone: of times
    that name none.
    """
    text = text_of(value)
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return _since_1970(float(text))
    at = _iso(text)
    if at is None:
        return read_date(text)
    try:
        return at.replace(tzinfo=zone).astimezone(UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _since_1970(number: float) -> datetime | None:
    seconds = number if abs(number) < 1e11 else number / 1000
    if not 0 < seconds < 2**33:
        return None
    return _EPOCH + timedelta(seconds=round(seconds))


def _iso(text: str) -> datetime | None:
    plain = _ISO_DATE.sub(lambda m: f"{m[1]}-{int(m[2]):02}-{int(m[3]):02}", text[:40], count=1)
    plain = plain.removesuffix(" UTC") + ("+00:00" if plain.endswith(" UTC") else "")
    plain = re.sub(r"(?<=\d) (?=[+-]\d\d:?\d\d$)", "", plain)
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        pass
    for form in _FORMATS:
        try:
            return datetime.strptime(plain, form)
        except ValueError:
            continue
    return None
