"""Notices of services that have no module of their own: any nested object of JSON.

Services differ in how deep they nest and what they call things, and agree on what they tell: an
event, a recipient, a class of bounce, the words and codes of a server. So the leaves of an object
are read by the last words of their names. Among others: Postal, Iterable, Customer.io, Mailjet,
MailerSend, Mailtrap, Loops, Scaleway, ZeptoMail, Braze, Azure Communication Services, Marketing
Cloud, SocketLabs, SMTP2GO, Elastic Email, Infobip, Nylas, Drip, blastengine, Customers Mail Cloud,
Amazon SES (message insights). The documents of blastengine, Azure, Scaleway, Nylas and Marketing
Cloud were read 2026-11-24; the rest is as their users know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from ..model.bounce import Event, Kind
from .addressing import clean_address
from .causes import name_cause
from .entry import Class, Document, Words, make_event, moment_of, text_of

SOURCE = "webhook"
DEEPEST = 8
MOST_LEAVES = 500

_EVENTS = (
    "event", "eventname", "eventtype", "metric", "type", "recordtype", "eventcategorytype",
    "notificationtype", "status", "state", "groupname", "object", "recipientstate",
)  # fmt: skip
_KINDS = (
    (Kind.COMPLAINT, r"complain|spamrep|reportedspam|asspam|spammed|abuse|^(?:email)?spam$|junk"),
    (Kind.UNSUBSCRIBE, r"unsub|optout|optedout"),
    (Kind.DELAY, r"deferr|delay|softfail|transientfail|retry"),
    (Kind.BOUNCE, r"bounc|undeliver|hardfail|(?:delivery|message|email)fail|harderror|softerror"
                  r"|notfound|invalidemail|suppressed$"),
    (Kind.DELIVERY, r"delivered$|messagesent|^delivery$"),
    (Kind.OTHER, r"(?:^|email|message|proxy|activity)(?:open|click|sent|send|process|queue|accept"
                 r"|request|creat|schedul|subscri)|typofix"),
)  # fmt: skip
_KIND_OF = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_REFUSALS = re.compile(
    r"^(?:email|message|mail)?(?:failed|rejected|drop(?:ped)?|blocked|error|quarantined)$"
)
"""What happens to much else than mail: a server's words have to stand beside it."""
_PERHAPS = ("notemailed", "reportreceived", "bouncerate")
_RECIPIENTS = (
    "bouncedrecipient", "bouncedrecipients", "bouncerecipients", "failedrecipient", "rcpt",
    "rcptto", "recipient",
    "recipients", "toemail", "emailto", "to", "destination", "emailaddress", "mailaddress",
    "email", "address", "subscriber", "identifiers",
)  # fmt: skip
_ASIDE = {
    "from", "sender", "headers", "messageheaders", "emailheaders", "replyto", "bounceaddress",
    "cc", "bcc", "source", "fromemail", "fromaddress", "emailfrom", "user", "account", "url",
    "senderaddress", "returnpath", "envelopefrom",
}  # fmt: skip
_REASONS = (
    "diagnosticcode", "diagnosticmessage", "diag", "smtpreason", "smtpresponse", "output",
    "smtpserverresponse", "destinationresponse", "responsemessage", "emailresponsemessage",
    "bouncesmtpreason",
    "statusmessage", "failuremessage", "failurereason", "bouncereason", "response", "errormessage",
    "errmsg", "reason", "error", "detail", "details", "description", "message", "comment",
    "bouncemessage", "bouncedescription",
)  # fmt: skip
_CLASSES = (
    "bouncetype", "severity", "recipientstate", "failuretype", "bounceclassification", "bounce",
    "permanent", "hardbounce", "type", "event", "eventname", "eventtype", "metric", "status",
    "object",
)  # fmt: skip
_CATEGORIES = (
    "bouncecategory", "bouncesubtype", "subtype", "category", "bounceclassification", "reason",
    "error", "status", "deliverystatus", "smtpstatus", "type", "name", "event",
)  # fmt: skip
_HARD = re.compile(r"hard|permanent")
_SOFT = re.compile(r"(?<!micro)soft|transient|temporary")
_CODE = re.compile(r"[45][0-5]\d")
_CODED = re.compile(r"[45][0-5]\d(?:\D.{0,40})?")
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")
_TIMES = ("timestamp", "time", "eventtime", "bouncedat", "datetime", "createdat", "created", "date")
_IDS = ("messageid", "emailid", "deliveryid", "mailid")
_OWN_IDS = ("eventid", "uuid", "id", "requestid")
_HELD = re.compile(r"suppress")


@dataclass
class _Leaves:
    """The plain values of an object, shallow ones first: (names on the way, value)."""

    found: list[tuple[tuple[str, ...], object]] = field(default_factory=list)

    def of(self, *names: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the values under these names, in the order of the names, then of depth."""
        for name in names:
            for path, value in self.found:
                if path[-1] == name and (text := text_of(value)):
                    yield path, text


def recognises(document: Document) -> bool:
    """Tell whether an object tells one event of an e-mail and whom it concerns."""
    if _bounces(document):
        return True
    return _is_whole(document) and not _several(document, 0)


def events(document: Document) -> Iterator[Event]:
    """Read one event, an Event a recipient; or a list of bounces, each by itself."""
    listed = _bounces(document)
    if listed:
        for one in listed:
            yield from _events({"event": "bounce", **one})
    else:
        yield from _events(document)


def _bounces(document: Document) -> list[Document]:
    """Return the elements of a list that is called one of bounces, [] where there is none."""
    found = document.get("bounces")
    elements = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    return elements if elements and all(_recipients(_leaves(one)) for one in elements) else []


def _events(document: Document) -> Iterator[Event]:
    leaves = _leaves(document)
    kind, name = _event(leaves)
    if kind is None:
        return
    words = _words(leaves)
    at = next((at for _, text in leaves.of(*_TIMES) if (at := moment_of(text))), None)
    message = next((text for _, text in leaves.of(*_IDS)), "")
    own = next((text for _, text in leaves.of(*_OWN_IDS)), "")
    held = kind is Kind.BOUNCE and bool(_HELD.search(name) or _is_held(leaves))
    told = Class(name, hint=_category(leaves), soft=_softness(leaves))
    if held:
        told = Class(name, cause="P9", soft=False)
    for recipient in _recipients(leaves):
        yield make_event(
            SOURCE,
            recipient,
            kind,
            told,
            words,
            at=at,
            key=(name, own, message, str(at or "")),
            campaign=next((text for _, text in leaves.of("campaignname", "campaignid")), ""),
            message_id=message,
            final=held,
            counted=not held,
        )


def _leaves(document: Document) -> _Leaves:
    """Return the leaves of an object in the order of their depth, at most MOST_LEAVES."""
    leaves = _Leaves()
    level: list[tuple[tuple[str, ...], object]] = [((), document)]
    for _ in range(DEEPEST):
        deeper: list[tuple[tuple[str, ...], object]] = []
        for path, value in level:
            inside = value.items() if isinstance(value, Mapping) else _listed(value)
            for key, one in islice(inside, MOST_LEAVES - len(leaves.found)):
                name = _plain(key) if key is not None else ""
                if name in _ASIDE and not (name == "user" and isinstance(one, Mapping)):
                    continue
                below = (*path, name) if name else path
                branch = isinstance(one, (Mapping, list))
                (deeper if branch else leaves.found).append((below or ("",), one))
        level = deeper[:MOST_LEAVES]
    return leaves


def _listed(value: object) -> Iterator[tuple[None, object]]:
    return ((None, one) for one in (value if isinstance(value, list) else ()))


def _plain(key: object) -> str:
    """Return a name without case, "_", "-", blanks and "$"; of "event.data.reason" the last."""
    return re.sub(r"[^a-z0-9]", "", str(key)[:80].rpartition(".")[2].lower())


def _kind_called(text: str) -> Kind | None:
    word = re.sub(r"[^a-z]", "", text[:80].lower())
    if any(one in word for one in _PERHAPS):
        return None
    return next((kind for kind, pattern in _KIND_OF if pattern.search(word)), None)


def _event(leaves: _Leaves) -> tuple[Kind | None, str]:
    """Return the kind of the event and its word: the shallowest that tells of a delivery."""
    refused = passed = ""
    for path, value in leaves.found:
        if path[-1] not in _EVENTS or not isinstance(value, str) or len(value) > 80:
            continue
        kind = _kind_called(value)
        if kind is Kind.OTHER:
            passed = passed or value
        elif kind is not None:
            return kind, value
        word = re.sub(r"[^a-z]", "", value.lower())
        refused = refused or (value if _REFUSALS.match(word) else "")
    if refused and _is_refusal(leaves):
        return Kind.BOUNCE, refused
    return (Kind.OTHER, passed) if passed else (None, "")


def _is_refusal(leaves: _Leaves) -> bool:
    """Tell whether the words or codes of a mail server stand in an object."""
    words = _words(leaves)
    rule = name_cause(words.text, status=words.status, reply=words.reply).rule
    told = rule.startswith(("phrase", "category")) or bool(_category(leaves))
    return told or bool(words.reply or words.status)


def _is_whole(value: object) -> bool:
    """Tell whether an object by itself names an event and a recipient."""
    if not isinstance(value, Mapping):
        return False
    leaves = _leaves(value)
    return _event(leaves)[0] is not None and bool(_recipients(leaves))


def _several(value: object, depth: int) -> bool:
    """Tell whether an object holds a list of events, each of which is to be read by itself."""
    if depth > DEEPEST:
        return False
    if isinstance(value, list):
        whole = sum(map(_is_whole, value[:20]))
        return whole > 1 or any(_several(one, depth + 1) for one in value[:20])
    if not isinstance(value, Mapping):
        return False
    inside = ((key, one) for key, one in value.items() if _plain(key) not in _RECIPIENTS)
    return any(_several(one, depth + 1) for _, one in inside)


def _recipients(leaves: _Leaves) -> list[str]:
    """Return the addresses under the most telling name; those of the original mail first."""
    ranked: dict[int, list[str]] = {}
    for path, value in leaves.found:
        address = clean_address(value) if isinstance(value, str) and "@" in value[:320] else ""
        ranks = [_RECIPIENTS.index(name) for name in path if name in _RECIPIENTS]
        if not address or not ranks or path[-1] in _REASONS:
            continue
        rank = min(ranks) - (100 if any("original" in name for name in path) else 0)
        ranked.setdefault(rank, []).append(address)
    return list(dict.fromkeys(ranked[min(ranked)])) if ranked else []


def _words(leaves: _Leaves) -> Words:
    texts = [text for _, text in leaves.of(*_REASONS) if _is_sentence(text)]
    texts = [text.removeprefix("smtp;").strip() for text in texts]
    numbers = [
        text_of(value) for path, value in leaves.found if path[-1].endswith(("code", "status"))
    ]
    plain = [text_of(value) for path, value in leaves.found if "code" in path[-1]]
    return Words(
        text="\n".join(dict.fromkeys(texts)),
        status=next((one for one in [*plain, *numbers] if _STATUS.fullmatch(one)), ""),
        reply=next((one[:3] for one in plain if _CODED.fullmatch(one)), ""),
        host=next(
            (text for _, text in leaves.of("mx", "mta", "host", "mxhost") if "." in text), ""
        ),
    )


def _is_sentence(text: str) -> bool:
    """Tell the words of a server from the name of a category; some languages have no spaces."""
    return " " in text or not text.isascii() or bool(_CODE.match(text))


def _softness(leaves: _Leaves) -> bool | None:
    """Say whether the service calls the bounce soft; None where it does not say."""
    for name in _CLASSES:
        for value in (one for path, one in leaves.found if path[-1] == name):
            if isinstance(value, bool) and name in ("permanent", "hardbounce"):
                return not value
            text = value.lower() if isinstance(value, str) and len(value) < 80 else ""
            if _HARD.search(text) or _SOFT.search(text):
                return not _HARD.search(text)
    return None


def _category(leaves: _Leaves) -> str:
    """Return the cause that a category of the service names ("NoMailbox"), '' if none does."""
    for _, text in leaves.of(*_CATEGORIES):
        named = name_cause(text) if len(text) < 60 else None
        if named and named.rule.startswith("category"):
            return named.code
    return ""


def _is_held(leaves: _Leaves) -> bool:
    return any(_HELD.search(text.lower()) for _, text in leaves.of("status", "subtype"))
