"""Terms of an SPF record (RFC 7208 4.6, 5 and 6): how each is written, and what it says."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from .macro import is_domain_spec

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
_TERM = re.compile(
    r"(?P<sign>[+\-~?]?)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)"
    r"(?:(?P<mark>[:=])(?P<value>[^/\s]*))?(?P<cidr>(?:/\d{1,3})?(?://\d{1,3})?)",
)


@dataclass(frozen=True)
class Term:
    """One term of a record, as written and as read."""

    text: str
    sign: str
    name: str
    value: str
    cidr4: int
    cidr6: int
    modifier: bool = False


class SpfError(Exception):
    """The record, or one that it includes, cannot be evaluated (RFC 7208 2.6.7, permerror)."""


class SpfUnknownError(Exception):
    """DNS did not answer on the way (RFC 7208 2.6.6, temperror)."""


def parse(record: str) -> list[Term]:
    """Read a record's terms; raises SpfError naming the term that is wrong."""
    words = record.split()
    if not words or words[0].lower() != "v=spf1":
        raise SpfError("the record does not begin with v=spf1")
    terms = [_read(word) for word in words[1:]]
    for name in ("redirect", "exp"):
        if sum(one.modifier and one.name == name for one in terms) > 1:
            raise SpfError(f"{name} stands twice")
    return terms


def _read(word: str) -> Term:
    # a macro may hold a slash as a delimiter, so what is in %{...} is set aside first
    macros = re.findall(r"%\{[^}]*\}", word)
    plain = re.sub(r"%\{[^}]*\}", "%\x00", word)
    found = _TERM.fullmatch(plain)
    if found is None:
        raise SpfError(f"{word!r} is no term of SPF")
    name, sign, cidr = found["name"].lower(), found["sign"], found["cidr"] or ""
    value = found["value"] or ""
    for one in macros:
        value = value.replace("%\x00", one, 1)
    if found["mark"] == "=":
        return _modifier(word, sign, name)
    if name not in MECHANISMS:
        raise SpfError(f"{word!r} is no mechanism of SPF")
    wanted = name in ("include", "exists", "ip4", "ip6") or found["mark"] == ":"
    if name == "all" and (wanted or value):
        raise SpfError(f"{word!r}: it takes no value")
    if wanted and not value:
        raise SpfError(f"{word!r}: a value is missing")
    if name in ("ip4", "ip6"):
        _network(name, value, cidr, word)
        return Term(word, sign or "+", name, value + cidr, 32, 128)
    if value and not is_domain_spec(value):
        raise SpfError(f"{word!r} names no domain")
    if cidr and name not in ("a", "mx"):
        raise SpfError(f"{word!r}: it takes no prefix")
    return Term(word, sign or "+", name, value, *_prefixes(cidr, word))


def _modifier(word: str, sign: str, name: str) -> Term:
    if sign:
        raise SpfError(f"{word!r}: a modifier has no qualifier")
    value = word.partition("=")[2]
    if name == "redirect" and not is_domain_spec(value):
        raise SpfError(f"{word!r} names no domain")
    return Term(word, "", name, value, 32, 128, modifier=True)


def _prefixes(cidr: str, word: str) -> tuple[int, int]:
    """Read the prefixes of an `a` or `mx`, "/24//64" (RFC 7208 5.6)."""
    first, _, second = cidr.partition("//")
    four, six = int(first[1:] or 32), int(second or 128)
    if four > 32 or six > 128:
        raise SpfError(f"{word!r}: a prefix too long")
    return four, six


def _network(name: str, value: str, cidr: str, word: str) -> Network:
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    try:
        return kind(value + cidr, strict=False)
    except ValueError:
        raise SpfError(f"{word!r} is no {'IPv4' if name == 'ip4' else 'IPv6'} range") from None


def network_of(term: Term) -> Network:
    """Return the range of an ip4 or ip6 mechanism."""
    value, slash, prefix = term.value.partition("/")
    return _network(term.name, value, slash + prefix, term.text)
