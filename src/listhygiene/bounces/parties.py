"""Who wrote the mail that a notice is about, and to whom it went."""

from __future__ import annotations

import re
from functools import lru_cache

from .addressing import NEXT_ADDRESS, clean_address, find_addresses
from .decoding import decode_words
from .message import Headers
from .notice import Notice

_SENDERS = ("from", "return-path", "sender", "reply-to", "errors-to", "x-envelope-from")
_VERP = re.compile(
    r"(?:^|[-+=_.])([\w.!#$%&*+-]{1,64})=([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6})$",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^(?:(?:bounces?|owner|returns?|sentto|list|news|mailer?|b|r)[-_]|\d+[-_])+", re.IGNORECASE
)
"""What senders put before the recipient in such an address."""
_SENT_BY = re.compile(
    rf"(?i)\b(?:mail from|envelope-from|return-path):?[ \t]{{0,3}}<((?-i:{NEXT_ADDRESS}))>"
)
_FOR = re.compile(rf"\sfor\s{{1,3}}<?({NEXT_ADDRESS})")
_MAILING = re.compile(
    r"(?i)[\w.-]{1,60}?-(?:return|bounces?|errors?|sentto)-(?:\d{1,12}-)?(?!\d{1,12}[-=])"
)
"""What the software of mailing lists puts before the recipient."""
_OWN_LIST = re.compile(
    r"(?i)^(?:owner-(?P<after>.+?)"
    r"|(?P<before>.+?)-(?:owner|bounces?|admin|request|errors?|relay|return)(?:[-+=].*)?)(?=@)"
)
"""What the software of a mailing list makes of the list's name, to get what comes back."""
_POSTED = ("list-post", "x-beenthere")
_CAMPAIGN = (
    "x-campaign", "x-campaign-id", "x-campaignid", "x-mailer-campaign", "x-mc-campaign",
    "x-job", "x-jobid", "x-mailgun-tag", "x-ses-message-tags", "feedback-id", "x-listmonk-campaign",
    "x-mailing-id", "x-newsletter-id",
)  # fmt: skip


def _addresses(headers: Headers, names: tuple[str, ...]) -> list[str]:
    found = [
        address
        for name in names
        for value in headers.get(name, ())[:10]
        for address in find_addresses(decode_words(value[:65_536]))
    ]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=2)
def senders_of(notice: Notice) -> frozenset[str]:
    """Return the addresses, lower case, of who sent the original and gets this notice.

    X-Original-To tells it only where nothing else does: DragonFly's mailer names the failed there.
    """
    own = _addresses(notice.headers, ("to", "delivered-to", "envelope-to"))
    named = [
        *_addresses(notice.original, _SENDERS),
        *(own or _addresses(notice.headers, ("x-original-to", "x-rcpt-to"))),
        *_addresses(notice.headers, ("from",)),
    ]
    if _SENT_BY.search(notice.words):
        named += [clean_address(match[1]) for match in _SENT_BY.finditer(notice.words[:65_536])]
    return frozenset(one.lower() for one in named)


@lru_cache(maxsize=2)
def lists_of(notice: Notice) -> frozenset[str]:
    """Return the mailing lists, lower case, that passed the original on: its To names them."""
    posted = {one.lower() for one in _addresses(notice.original, _POSTED)}
    return frozenset({*posted, *map(_list_of, senders_of(notice))} - {""})


def _list_of(sender: str) -> str:
    """Return the mailing list whose bounces come to this address, '' where it is none's."""
    match = _OWN_LIST.match(sender)
    return f"{match['after'] or match['before']}{sender[match.end() :]}" if match else ""


@lru_cache(maxsize=2)
def receivers_of(notice: Notice) -> tuple[str, ...]:
    """Return whom the original was sent to, as its headers say; not the list that passed it on."""
    lists = lists_of(notice)
    for name in ("x-envelope-to", "envelope-to", "delivered-to", "x-original-to", "to", "cc"):
        found = _addresses(notice.original, (name,))
        named = [one for one in found if one.lower() not in lists]
        if named:
            return tuple(named)
    for value in notice.original.get("received", ())[:5]:
        told = _FOR.search(value[:2_000])
        if told and clean_address(told[1]).lower() not in lists:
            return (clean_address(told[1]),)
    return ()


def verp_of(notice: Notice) -> str:
    """Return the recipient encoded in the address that the notice came back to (VERP), or ''."""
    for name in ("to", "delivered-to", "x-original-to", "envelope-to"):
        for value in notice.headers.get(name, ())[:3]:
            local = clean_address(value).rpartition("@")[0]
            match = _VERP.search(local)
            if match:
                local = _unprefixed(local[: match.end(1)])
                return f"{local}@{match[2].lower()}" if local else ""
    return ""


def _unprefixed(local: str) -> str:
    """Return the recipient's part of what stands before the "="; '' where it is anybody's guess.

    After the last "+" stands the recipient alone, or behind a number; the software of lists writes
    `list-return-12-ann`. A hyphen that is left may be the recipient's own or the sender's.
    """
    _, plus, rest = local.rpartition("+")
    mailed = _MAILING.match(rest)
    if mailed:
        return rest[mailed.end() :]
    told = _PREFIX.sub("", rest)
    sure = bool(plus) and told == rest and not rest[:1].isdigit()
    return "" if "-" in told and not sure else told


def message_id_of(notice: Notice) -> str:
    """Return the Message-ID of the original without its angle brackets, or ''."""
    values = notice.original.get("message-id") or ()
    return values[0].strip().strip("<>")[:998] if values else ""


def campaign_of(notice: Notice) -> str:
    """Return what the sender's own headers call the campaign, or ''."""
    return next(
        (
            decode_words(notice.original[name][0])[:200]
            for name in _CAMPAIGN
            if name in notice.original
        ),
        "",
    )
