"""SPF (RFC 7208): the record, its limits, and whether it authorises whole ranges of addresses."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..model.answer import Status
from .macro import expand
from .record import Ask, find_texts
from .terms import Network, SpfError, SpfUnknownError, Term, network_of, parse

LOOKUPS = 10
"""Terms that cause a look-up, includes and redirects counted through (RFC 7208 4.6.4)."""
VOID_LOOKUPS = 2
"""Look-ups without an answer (RFC 7208 4.6.4)."""
MX_NAMES = 10
"""Exchanges whose addresses one `mx` may ask for (RFC 7208 4.6.4)."""

BEGINS = r"v=spf1(\s|$)"
"""How a text record begins that is one of SPF (RFC 7208 4.5)."""

RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})


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
    found = find_texts(walk.ask, domain, BEGINS)
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
    perhaps: Parts = []
    ends = False
    for term in (one for one in terms if not one.modifier):
        matched, uncertain = _match(walk, domain, term, left, sender)
        done += [(one, RESULTS[term.sign]) for one in matched]
        perhaps += [(one, RESULTS[term.sign]) for one in uncertain]
        left = _without(left, matched)
        if term.name == "all":  # RFC 7208 5.1: what stands behind it is ignored
            ends = True
            break
    target = next((one for one in terms if one.modifier and one.name == "redirect"), None)
    if target is not None and not ends:
        done += _redirect(walk, domain, target, left, sender)
    else:
        done += [(one, "neutral") for one in left]
    walk.path.pop()
    return _doubted(done, perhaps)


def _doubted(done: Parts, perhaps: Parts) -> Parts:
    """Mark as unknown what a term that nobody can judge would have treated otherwise."""
    for doubtful, other in perhaps:
        kept: Parts = []
        for one, said in done:
            hit = _common([one], [doubtful]) if said not in (other, "unknown") else []
            kept += [(part, "unknown") for part in hit]
            kept += [(part, said) for part in _without([one], hit)]
        done = kept
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
        return _common(left, [network_of(term)]), []
    name = expand(term.value, domain, sender) if term.value else domain
    if term.name == "ptr":
        walk.warnings.append(f"{term.text} is deprecated (RFC 7208 5.5)")
        return [], list(left)
    if name is None:
        return [], list(left)
    if term.name == "include":
        return _include(walk, name, left, sender)
    if term.name == "exists":
        return (list(left), []) if walk.records(name, "A") else ([], [])
    return _common(left, _hosts(walk, term, name)), []


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
