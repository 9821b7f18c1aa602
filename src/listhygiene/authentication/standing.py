"""The standing of a domain's SPF: whether it works, whom it lets send, and what to publish."""

from __future__ import annotations

import contextlib
import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model.answer import Records, Status
from .record import Ask, find_texts
from .spf import BEGINS, LOOKUPS, VOID_LOOKUPS, Parts, Walk, evaluate, find_record
from .terms import Network, SpfError, SpfUnknownError, Term, parse

NOBODY = tuple(
    ipaddress.ip_network(one) for one in ("198.51.100.77/32", "203.0.113.77/32", "192.0.2.177/32")
)
"""Addresses for documents (RFC 5737), from which nobody sends: a record that lets all of them send
lets everybody."""

SETTLED = ("pass", "unknown")
"""What is said of a range that is no finding."""
ALIKE = r"\W*v?\W*spf"
"""How a text begins that was meant as SPF."""


@dataclass(frozen=True)
class Spf:
    """The SPF of one domain, and what it says of the ranges that are to send.

    record: as published; several are parted by " | "; where it is missing, what looks like one.
    status: "ok", "missing", "broken",
    "unknown"; problem: why broken or unknown. warnings: what is not as it should be.
    uncovered: ranges that do not pass, with what is said of them; unsaid: those that only a message
    at hand could tell. publish: the record that would mend it, '' = none can be named.
    costs: where the look-ups are too many, how many each term causes: "include:a.example 4, mx 1".
    """

    domain: str
    record: str = ""
    status: str = "ok"
    problem: str = ""
    warnings: tuple[str, ...] = ()
    uncovered: tuple[tuple[str, str], ...] = ()
    unsaid: tuple[str, ...] = ()
    publish: str = ""
    costs: str = ""


def judge_spf(ask: Ask, domain: str, ranges: Sequence[Network]) -> Spf:
    """Read and evaluate the SPF of a domain for the ranges that are to send (RFC 7208 4)."""
    texts = find_texts(ask, domain, BEGINS).texts
    spf = Spf(domain, " | ".join(texts))
    walk = Walk(ask)
    try:
        if not find_record(walk, domain):
            alike = " | ".join(find_texts(ask, domain, ALIKE).texts)
            return replace(spf, record=alike, status="missing", publish=_with_ranges("", ranges))
        parts = evaluate(walk, domain, ranges, f"postmaster@{domain}")
        problem = _problem(walk, domain)
        spf = replace(
            spf,
            status="broken" if problem else "ok",
            problem=problem,
            warnings=(*dict.fromkeys(walk.warnings), *_warnings(parse(spf.record))),
            uncovered=tuple((str(one), said) for one, said in parts if said not in SETTLED),
            unsaid=tuple(str(one) for one, said in parts if said == "unknown"),
        )
    except SpfError as error:
        spf = replace(spf, status="broken", problem=str(error))
    except SpfUnknownError as error:
        return replace(spf, status="unknown", problem=str(error))
    mended = _mend(ask, domain, texts, walk.void > VOID_LOOKUPS)
    costs = _costs(ask, domain, texts) if walk.lookups > LOOKUPS else ""
    return replace(spf, publish=_advise(ask, spf, mended, ranges), costs=costs)


def _costs(ask: Ask, domain: str, records: Sequence[str]) -> str:
    """Say how many look-ups each term of a record causes, the dearest first."""
    found: list[tuple[str, int]] = []
    for word in _used(records):
        walk = Walk(_as_if(ask, domain, f"v=spf1 {word}"))
        with contextlib.suppress(SpfError, SpfUnknownError):
            evaluate(walk, domain, NOBODY, f"postmaster@{domain}")
        found.append((word, walk.lookups))
    dear = sorted((one for one in found if one[1]), key=lambda one: -one[1])
    return ", ".join(f"{word} {number}" for word, number in dear)


def _advise(ask: Ask, spf: Spf, mended: str, ranges: Sequence[Network]) -> str:
    """Return the record that works and lets all the ranges send; '' where it would not work, or is
    the one that is published."""
    parts = _try(ask, spf.domain, mended, ranges)
    failing = [one for one, said in parts or () if said not in SETTLED]
    lacking = [
        one
        for one in ranges
        if any(one.version == other.version and one.overlaps(other) for other in failing)
    ]
    made = _with_ranges(mended, lacking)
    works = parts is not None and _try(ask, spf.domain, made, ranges) is not None
    return made if works and made != spf.record else ""


def _try(ask: Ask, domain: str, record: str, ranges: Sequence[Network]) -> Parts | None:
    """Evaluate a record as if a domain published it; None where it does not work."""
    walk = Walk(_as_if(ask, domain, record))
    try:
        parts = evaluate(walk, domain, ranges, f"postmaster@{domain}")
        return None if _problem(walk, domain) else parts
    except (SpfError, SpfUnknownError):
        return None


def _as_if(ask: Ask, domain: str, record: str) -> Ask:
    """Make an `ask` for which a domain publishes a record."""

    def answer(name: str, kind: str) -> Records:
        if (name, kind) == (domain, "TXT"):
            return Records(Status.OK, (record,))
        return ask(name, kind)

    return answer


def _problem(walk: Walk, domain: str) -> str:
    if walk.lookups > LOOKUPS:
        return f"{walk.lookups} look-ups, {LOOKUPS} are allowed"
    if walk.void > VOID_LOOKUPS:
        return f"{walk.void} look-ups without an answer, {VOID_LOOKUPS} are allowed"
    if _is_open(evaluate(Walk(walk.ask), domain, NOBODY, f"postmaster@{domain}")):
        return "+all lets anybody send in your name"
    return ""


def _is_open(parts: Parts) -> bool:
    """Tell whether anybody passes: by +all here or behind an include, or by a range of all."""
    return all(said == "pass" for _, said in parts)


def _warnings(terms: Sequence[Term]) -> list[str]:
    names = ["" if one.modifier else one.name for one in terms]
    if "all" not in names:
        redirected = any(one.modifier and one.name == "redirect" for one in terms)
        return [] if redirected else ["the record has no end (end it in ~all or -all)"]
    end = names.index("all")
    if terms[end].sign == "?":
        return ["?all says nothing (end the record in ~all or -all)"]
    if any(names[end + 1 :]):
        return [f"what stands behind {terms[end].text} is ignored"]
    return []


def _with_ranges(record: str, ranges: Sequence[Network]) -> str:
    """Return a record that also lets ranges send; they come first, so that nothing forestalls them.

    record: '' = there is none yet. Without ranges a new record names the place for them.
    """
    terms = [f"ip{one.version}:{one}" for one in ranges]
    if not record:
        return " ".join(["v=spf1", *(terms or ["include:…"]), "~all"])
    first, *rest = record.split()
    return " ".join([first, *terms, *rest])


def _mend(ask: Ask, domain: str, records: Sequence[str], void: bool) -> str:
    """Return one record of those published, in which every term works and the end says no.

    Left out is what cannot be read or evaluated, lets anybody send, is deprecated or ignored, and,
    where `void`, what asks for nothing that there is.
    """
    words = list(_used(records))
    kept = [one for one in words if not _is_end(one) and _works(ask, domain, one, void)]
    ends = [one for one in words if _is_end(one)]
    redirects = [one for one in kept if one.lower().startswith("redirect=")]
    kept = [one for one in kept if one not in redirects]
    if ends or not redirects or len(records) > 1:
        return " ".join(["v=spf1", *kept, ends[0] if ends and ends[0][0] in "-~" else "~all"])
    return " ".join(["v=spf1", *kept, redirects[0]])


def _used(records: Sequence[str]) -> Iterator[str]:
    """Yield the words of records, each once, without what stands behind `all`."""
    seen: set[str] = set()
    for record in records:
        for word in record.split()[1:]:
            if word.lower() not in seen:
                yield word
            seen.add(word.lower())
            if _is_end(word):
                break


def _is_end(word: str) -> bool:
    return word.lower().lstrip("+-~?") == "all"


def _works(ask: Ask, domain: str, word: str, void: bool) -> bool:
    """Tell whether a term works by itself, in a record of nothing else."""
    walk = Walk(_as_if(ask, domain, f"v=spf1 {word}"))
    try:
        parts = evaluate(walk, domain, NOBODY, f"postmaster@{domain}")
    except SpfError:
        return False
    except SpfUnknownError:
        return True
    return not (_is_open(parts) or walk.warnings or (void and walk.void))
