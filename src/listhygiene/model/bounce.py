"""A bounce, and its like: what one notice says of one recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a notice is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    """The recipient reported the mail as spam (RFC 5965)."""
    UNSUBSCRIBE = "unsubscribe"
    """Consent withdrawn; never a bounce."""
    DELAY = "delay"
    """Not delivered yet, still being tried (RFC 3464 action "delayed")."""
    AUTO_REPLY = "auto-reply"
    """Out of office and the like (RFC 3834); cause T2, neither blocks nor strikes."""
    CHALLENGE = "challenge"
    """A challenge-response system asks the sender to confirm."""
    DELIVERY = "delivery"
    """Delivered, relayed or expanded."""
    UNDECIDED = "undecided"
    """Perhaps a bounce; kept whole for a person."""
    OTHER = "other"
    """An ordinary message."""


class Type(StrEnum):
    """The help page's two types of bounce (soft and hard in the industry)."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class Subject(StrEnum):
    """What a cause speaks of; decides what may be examined again, and how."""

    ADDRESS = "address"
    DOMAIN = "domain"
    MAILBOX = "mailbox"
    SENDER = "sender"
    MESSAGE = "message"
    NETWORK = "network"


CAUSE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "T1": "temporary-domain-failure",
        "T2": "out-of-office",
        "T3": "authentication-failure",
        "T4": "mailbox-full",
        "T5": "temporary-network-error",
        "T6": "content-related",
        "T7": "other-temporary",
        "P1": "sender-rejected",
        "P2": "bad-domain",
        "P3": "bad-address",
        "P4": "policy-related",
        "P5": "protocol-error",
        "P6": "relay-restricted",
        "P7": "routing-error",
        "P8": "spam",
        "P9": "other-permanent",
    }
)
"""Code -> name of the 16 causes, in the order of the help page; their texts are in `bounces`."""


@dataclass(frozen=True)
class Cause:
    """One of the 16 causes of the help page.

    code: T1..T7, P1..P9. name: "mailbox-full". ja, en: the title. remedy_*: what to do.
    ours: True where the remedy is not the help page's.
    """

    code: str
    name: str
    type: Type
    subject: Subject
    ja: str
    en: str
    description_ja: str
    description_en: str
    remedy_ja: str
    remedy_en: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What one notice says of one recipient.

    address: the failed recipient, lower-cased domain; '' where the notice names none.
    at: when the notice says it happened (aware), or None. status: "5.1.1" (RFC 3463); reply: "550".
    diagnostic: the quoted line that decided. rule: which piece of knowledge decided.
    source: the name of the source module ("dsn", "ses", "sendgrid", ...).
    new_address: named by the notice for the future; proposed, never applied.
    key: tells the same event read twice (a hash of what identifies it at its source).
    """

    address: str
    kind: Kind
    source: str
    cause: str = ""
    """The code of the cause, "T4"; '' where there is none."""
    status: str = ""
    reply: str = ""
    diagnostic: str = ""
    rule: str = ""
    at: datetime | None = None
    remote_host: str = ""
    campaign: str = ""
    message_id: str = ""
    new_address: str = ""
    file: str = ""
    key: str = ""
    final: bool = False
    """A platform holds the address back: the block weighs as an error, whatever the strikes."""
    counted: bool = True
    """Counts in the bounce rate; an entry of a suppression list does not: nothing was sent."""
