"""SPF (RFC 7208): the record, its limits, and whether it authorises whole ranges of addresses."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..model.answer import Status
from .macro import expand
from .record import Ask, find_texts

LOOKUPS = 10
"""Terms that cause a look-up, includes and redirects counted through (RFC 7208 4.6.4)."""
VOID_LOOKUPS = 2
"""Look-ups without an answer (RFC 7208 4.6.4)."""
MX_NAMES = 10
"""Exchanges whose addresses one `mx` may ask for (RFC 7208 4.6.4)."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
MECHANISMS = ("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists")
ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})

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
    name = found["name"].lower()
    value = found["value"] or ""
    for one in macros:
        value = value.replace("%\x00", one, 1)
    modifier = found["mark"] == "="
    if modifier:
        if found["sign"]:
            raise SpfError(f"{word!r}: a modifier has no qualifier")
        return Term(word, "", name, word.partition("=")[2], 32, 128, modifier=True)
    if name not in MECHANISMS:
        raise SpfError(f"{word!r} is no mechanism of SPF")
    if (name in ("include", "exists", "ip4", "ip6")) != bool(value) and name not in (
        "a",
        "mx",
        "ptr",
    ):
        raise SpfError(f"{word!r}: {'a value is missing' if not value else 'it takes no value'}")
    four, six = _prefixes(found["cidr"] or "", word)
    if name in ("ip4", "ip6"):
        _network(name, value, found["cidr"] or "", word)
        return Term(word, found["sign"] or "+", name, value + (found["cidr"] or ""), 32, 128)
    return Term(word, found["sign"] or "+", name, value, four, six)


def _prefixes(cidr: str, word: str) -> tuple[int, int]:
    first, _, second = cidr.partition("//")
    four = int(first[1:]) if first else 32
    six = int(second) if second else 128
    if four > 32 and not second:
        raise SpfError(f"{word!r}: a prefix longer than 32")
    if four > 32 or six > 128:
        raise SpfError(f"{word!r}: a prefix too long")
    return four, six


def _network(name: str, value: str, cidr: str, word: str) -> Network:
    kind = ipaddress.IPv4Network if name == "ip4" else ipaddress.IPv6Network
    try:
        return kind(value + cidr, strict=False)
    except ValueError:
        raise SpfError(f"{word!r} is no {'IPv4' if name == 'ip4' else 'IPv6'} range") from None


@dataclass
class Walk:
    """One evaluation: what it asked on the way, through includes and redirects."""

    ask: Ask
    lookups: int = 0
    void: int = 0
    path: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def count(self) -> None:
        self.lookups += 1

    def records(self, name: str, kind: str) -> tuple[str, ...]:
        """Ask, counting answers that are void."""
        said = self.ask(name, kind)
        if said.status == Status.UNKNOWN:
            raise SpfUnknownError(f"no answer for {name} ({said.why or 'unknown'})")
        if not said.texts:
            self.void += 1
        return said.texts


def find_record(walk: Walk, domain: str) -> str:
    """Return a domain's one SPF record; '' where it has none (RFC 7208 4.5)."""
    found = find_texts(walk.ask, domain, r"v=spf1(\s|$)")
    if found.unknown:
        raise SpfUnknownError(f"no answer for {domain} ({found.unknown})")
    if len(found.texts) > 1:
        raise SpfError(f"{domain} has {len(found.texts)} SPF records; one is allowed")
    return found.texts[0] if found.texts else ""


Parts = list[tuple[Network, str]]


def evaluate(walk: Walk, domain: str, ranges: Sequence[Network], sender: str = "") -> Parts:
    """Evaluate a domain's SPF for whole ranges (RFC 7208 4).

    Result: the ranges, split where the record treats their parts differently, each with "pass",
    "fail", "softfail", "neutral", "none" or "unknown" (a macro that only a message can fill).
    All terms are walked, so that the counts of `walk` are those of the worst case.
    Raises SpfError (permerror) and SpfUnknownError (temperror).
    """
    if domain in walk.path:
        raise SpfError(f"SPF of {domain} includes itself")
    walk.path.append(domain)
    if len(walk.path) > 2 * LOOKUPS:
        raise SpfError("SPF includes too many records")
    record = find_record(walk, domain)
    if not record:
        walk.path.pop()
        return [(one, "none") for one in ranges]
    terms = parse(record)
    left = list(ranges)
    done: Parts = []
    for term in (one for one in terms if not one.modifier):
        matched, uncertain = _match(walk, domain, term, left, sender)
        done += [(one, RESULTS[term.sign]) for one in matched]
        done += [(one, "unknown") for one in uncertain]
        left = _without(left, [*matched, *uncertain])
    target = next((one for one in terms if one.modifier and one.name == "redirect"), None)
    ends = any(not one.modifier and one.name == "all" for one in terms)
    if target is not None and not ends:
        done += _redirect(walk, domain, target, left, sender)
    else:
        done += [(one, "neutral") for one in left]
    walk.path.pop()
    return done


def _redirect(walk: Walk, domain: str, term: Term, left: list[Network], sender: str) -> Parts:
    walk.count()
    name = expand(term.value, domain, sender)
    if name is None:
        return [(one, "unknown") for one in left]
    parts = evaluate(walk, name, left, sender)
    if (left and all(said == "none" for _, said in parts)) or (
        not left and not find_record(walk, name)
    ):
        raise SpfError(f"redirect={name} leads to no SPF record")
    return parts


def _match(
    walk: Walk, domain: str, term: Term, left: list[Network], sender: str
) -> tuple[list[Network], list[Network]]:
    """Return the parts of the ranges that a mechanism matches, and those where nobody can tell."""
    if term.name in ASKING:
        walk.count()
    if term.name == "all":
        return list(left), []
    if term.name in ("ip4", "ip6"):
        return _common(left, [_network(term.name, *_split(term.value), term.text)]), []
    name = expand(term.value, domain, sender) if term.value else domain
    if term.name == "ptr":
        walk.warnings.append(f"{term.text} is deprecated (RFC 7208 5.5)")
        return [], []
    if name is None:
        return [], list(left)
    if term.name == "include":
        return _include(walk, name, left, sender)
    if term.name == "exists":
        return (list(left), []) if walk.records(name, "A") else ([], [])
    return _common(left, _hosts(walk, term, name)), []


def _split(value: str) -> tuple[str, str]:
    network, slash, prefix = value.partition("/")
    return network, slash + prefix


def _include(
    walk: Walk, name: str, left: list[Network], sender: str
) -> tuple[list[Network], list[Network]]:
    parts = evaluate(walk, name, left, sender)
    if (left and all(said == "none" for _, said in parts)) or (
        not left and not find_record(walk, name)
    ):
        # RFC 7208 5.2: an include of a domain without SPF is a permanent error
        raise SpfError(f"include:{name} has no SPF record")
    passed = [one for one, said in parts if said == "pass"]
    return passed, [one for one, said in parts if said == "unknown"]


def _hosts(walk: Walk, term: Term, name: str) -> list[Network]:
    """Return the ranges of an `a` or `mx` mechanism."""
    names = [name]
    if term.name == "mx":
        names = [one.split()[-1] for one in walk.records(name, "MX")]
        names = [one for one in names if one != "."]
        if len(names) > MX_NAMES:
            raise SpfError(f"{term.text}: more than {MX_NAMES} exchanges")
    found: list[Network] = []
    for one in names:
        texts = walk.ask(one, "A"), walk.ask(one, "AAAA")
        for said in texts:
            if said.status == Status.UNKNOWN:
                raise SpfUnknownError(f"no answer for {one} ({said.why or 'unknown'})")
        if not (texts[0].texts or texts[1].texts):
            walk.void += 1
        found += [ipaddress.IPv4Network((ip, term.cidr4), strict=False) for ip in texts[0].texts]
        found += [ipaddress.IPv6Network((ip, term.cidr6), strict=False) for ip in texts[1].texts]
    return found


def _common(ranges: Sequence[Network], others: Sequence[Network]) -> list[Network]:
    """Return what two lists of ranges have in common."""
    found = [
        one if one.prefixlen >= other.prefixlen else other
        for one in ranges
        for other in others
        if one.version == other.version and one.overlaps(other)
    ]
    return _collapsed(found)


def _without(ranges: Sequence[Network], taken: Sequence[Network]) -> list[Network]:
    """Return what is left of ranges when others are taken out."""
    left = list(ranges)
    for gone in taken:
        kept: list[Network] = []
        for one in left:
            if one.version != gone.version or not one.overlaps(gone):
                kept.append(one)
            elif one.prefixlen < gone.prefixlen:
                kept += list(one.address_exclude(gone))  # type: ignore[arg-type]
        left = kept
    return left


def _collapsed(ranges: Sequence[Network]) -> list[Network]:
    four = [one for one in ranges if isinstance(one, ipaddress.IPv4Network)]
    six = [one for one in ranges if isinstance(one, ipaddress.IPv6Network)]
    return [*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six)]
