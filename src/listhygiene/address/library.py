"""The one library that judges an address, loaded so that its list of special-use names is empty."""

from __future__ import annotations

import functools
import importlib.util
import sys
from types import ModuleType
from typing import Any, NamedTuple

from ..model.errors import ListHygieneError

_PRIVATE_NAME = "listhygiene.address._email_validator"
_LONGEST = 4096
"""Longer texts are refused unread: an address has at most 254 octets (RFC 5321 4.5.3.1.3)."""

_TESTED_ATEXT = r"a-zA-Z0-9_!#\$%&\'\*\+\-/=\?\^`\{\|\}~"
_TESTED_ROLES = [
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "usenet",
    "news",
    "webmaster",
    "www",
    "uucp",
    "ftp",
]
_TESTED_LIMITS = (254, 64, 253, 63)


class Judgement(NamedTuple):
    """What is known of one text: the columns of `judge`."""

    address: str
    local: str
    domain_text: str
    ascii_domain: str
    syntax: str
    error: str


class Domain(NamedTuple):
    """What is known of one text behind an at-sign: both forms, or the reason of its refusal."""

    text: str
    ascii: str
    error: str


def refuse(text: str, error: str) -> Judgement:
    """Make the judgement of a text that is no address; it keeps the text itself."""
    return Judgement(text, "", "", "", "refused", error)


@functools.cache
def load() -> ModuleType:
    """Load a private instance of email_validator whose special-use names are none.

    Special-use names (.test, .local, ...) are rule D414's business, not a fault of syntax. The
    library reads that list, and the defaults of its options, from its own package at each call; an
    instance of our own can be told otherwise without touching the one other code may use.
    """
    spec = importlib.util.find_spec("email_validator")
    if spec is None or spec.origin is None:
        raise ListHygieneError(
            "the library email-validator is missing", remedy="Install listhygiene again"
        )
    own = importlib.util.spec_from_file_location(
        _PRIVATE_NAME,
        spec.origin,
        submodule_search_locations=list(spec.submodule_search_locations or ()),
    )
    if own is None or own.loader is None:
        raise ListHygieneError(
            "the library email-validator cannot be loaded", remedy="Install listhygiene again"
        )
    module = importlib.util.module_from_spec(own)
    sys.modules[_PRIVATE_NAME] = module
    own.loader.exec_module(module)
    module.SPECIAL_USE_DOMAIN_NAMES = []  # type: ignore[attr-defined]
    return module


@functools.cache
def is_as_tested() -> bool:
    """Say whether the library's constants are those that the fast path was written for.

    Where they are not, every text goes through the library itself. Its list of special-use names
    is not among them: neither way looks at it.
    """
    constants: Any = sys.modules[load().__name__ + ".rfc_constants"]
    limits = (
        constants.EMAIL_MAX_LENGTH,
        constants.LOCAL_PART_MAX_LENGTH,
        constants.DOMAIN_MAX_LENGTH,
        constants.DNS_LABEL_LENGTH_LIMIT,
    )
    return bool(
        constants.ATEXT == _TESTED_ATEXT
        and constants.CASE_INSENSITIVE_MAILBOX_NAMES == _TESTED_ROLES
        and limits == _TESTED_LIMITS
    )


@functools.cache
def roles() -> frozenset[str]:
    """Return the local parts that RFC 2142 makes case-insensitive (lower case)."""
    return frozenset(_TESTED_ROLES)


def ask(text: str) -> Judgement:
    """Ask the library: `validate_email(text, check_deliverability=False, strict=True)`.

    A text beyond 4,096 characters is refused in words of our own, since the library would read it
    to its end.
    """
    if len(text) > _LONGEST:
        return refuse(text, "The text is far too long to be an e-mail address.")
    library: Any = load()
    try:
        found = library.validate_email(text, check_deliverability=False, strict=True)
    except library.EmailSyntaxError as refusal:
        return refuse(text, str(refusal))
    except UnicodeError:
        # A lone surrogate that the library meets while it normalises (no reader of ours gives one).
        return refuse(text, "The email address contains an invalid character.")
    syntax = "smtputf8" if found.smtputf8 else "ok"
    return Judgement(
        found.normalized, found.local_part, found.domain, found.ascii_domain, syntax, ""
    )


def ask_domain(domain: str) -> Domain:
    """Ask the library about what stands behind the at-sign (no literal in brackets).

    The same domain is asked of again and again, once for each reading of each text.
    """
    return _ask_domain(domain) if len(domain) <= 253 else _ask_domain.__wrapped__(domain)


@functools.lru_cache(maxsize=1 << 15)
def _ask_domain(domain: str) -> Domain:
    load()
    syntax: Any = sys.modules[_PRIVATE_NAME + ".syntax"]
    library: Any = load()
    try:
        found = syntax.validate_email_domain_name(domain)
    except library.EmailSyntaxError as refusal:
        return Domain("", "", str(refusal))
    return Domain(found["domain"], found["ascii_domain"], "")
