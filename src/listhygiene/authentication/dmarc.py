"""DMARC (RFC 9989): the policy that applies to a domain, found by a walk up the tree of names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .record import Ask, find_texts, read_tags

POLICIES = ("none", "quarantine", "reject")
MOST_LABELS = 8
"""Names of more labels are cut to seven for the second question of the walk (RFC 9989 4.10)."""
LOWER = {"reject": "quarantine", "quarantine": "none"}
OBSOLETE = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 no longer knows."""


_MAILTO = re.compile(r"mailto:[^@\s,;]+@[^@\s,;]+", re.IGNORECASE)


@dataclass(frozen=True)
class Dmarc:
    """The DMARC of one From domain.

    record: as published; where there is none, what looks like one.
    policy: what receivers are asked to do with mail of this domain that fails, '' = nothing said.
    at: where the record stands; inherited: it stands at a parent. organization: the organizational
    domain, for relaxed alignment. strict_dkim, strict_spf: the alignment modes. testing: t=y.
    """

    domain: str
    policy: str = ""
    record: str = ""
    at: str = ""
    inherited: bool = False
    organization: str = ""
    strict_dkim: bool = False
    strict_spf: bool = False
    testing: bool = False
    reports: tuple[str, ...] = ()
    problem: str = ""
    unknown: str = ""
    obsolete: tuple[str, ...] = ()

    @property
    def applied(self) -> str:
        """The policy that mail meets: under test (t=y) one level below (RFC 9989 4.7)."""
        return LOWER.get(self.policy, self.policy) if self.testing else self.policy

    @property
    def publish(self) -> str:
        """The record that would be in order: its valid tags, a policy, an address for reports."""
        try:
            tags = read_tags(self.record)
        except ValueError:
            tags = {}
        made = {"v": "DMARC1", "p": tags.get("p", "none").lower()}
        if made["p"] not in POLICIES:
            made["p"] = "none"
        for name, value in tags.items():
            wrong = name in ("sp", "np") and value.lower() not in POLICIES
            if name not in (*made, *OBSOLETE) and not wrong:
                made[name] = value
        if not self.reports:
            made["rua"] = f"mailto:dmarc@{self.at or self.domain}"
        return "; ".join(f"{name}={value}" for name, value in made.items())

    def aligned(self, other: str, strict: bool) -> bool:
        """Tell whether another domain is aligned with this one (RFC 9989 4.4)."""
        if other == self.domain:
            return True
        organization = self.organization or self.domain
        return not strict and (other == organization or other.endswith(f".{organization}"))


@dataclass(frozen=True)
class _Step:
    name: str
    record: str
    tags: dict[str, str]


def find_dmarc(ask: Ask, domain: str, exists: bool = True) -> Dmarc:
    """Find the DMARC that applies to a domain.

    exists: False for a name that is not in DNS, for which np= speaks.
    """
    steps: list[_Step] = []
    several = both = ""
    for name in walk(domain):
        found = find_texts(ask, f"_dmarc.{name}", r"v\s*=\s*DMARC1\s*(;|$)")
        if found.unknown:
            return Dmarc(domain, unknown=f"no answer for _dmarc.{name} ({found.unknown})")
        if len(found.texts) > 1:  # RFC 9989 4.10: several records are as none
            several = several or f"_dmarc.{name} has {len(found.texts)} records; one is allowed"
            both = both or " | ".join(found.texts)
        if len(found.texts) != 1:
            continue
        try:
            step = _Step(name, found.texts[0], read_tags(found.texts[0]))
        except ValueError as error:
            if name == domain:
                return Dmarc(domain, record=found.texts[0], at=name, problem=str(error))
            continue
        steps.append(step)
        if step.tags.get("psd") in ("y", "n"):
            break
    organization = _organization(domain, steps)
    applying = _applying(domain, organization, steps)
    if applying is None:
        both = both or " | ".join(find_texts(ask, f"_dmarc.{domain}", r"\W*v?\W*dmarc").texts)
        return Dmarc(domain, record=both, organization=organization, problem=several)
    return _read(domain, organization, applying, exists)


def walk(domain: str) -> list[str]:
    """List the names that are asked, from the domain up (RFC 9989 4.10)."""
    labels = domain.split(".")
    names = [domain]
    labels = labels[-(MOST_LABELS - 1) :] if len(labels) >= MOST_LABELS else labels[1:]
    while labels:
        names.append(".".join(labels))
        labels = labels[1:]
    return names


def _organization(domain: str, steps: list[_Step]) -> str:
    """Find the organizational domain (RFC 9989 4.10.2)."""
    for step in steps:
        if step.tags.get("psd") == "n":
            return step.name
        if step.tags.get("psd") == "y" and step.name != domain:
            depth = step.name.count(".") + 2
            return ".".join(domain.split(".")[-depth:])
    return steps[-1].name if steps else domain


def _applying(domain: str, organization: str, steps: list[_Step]) -> _Step | None:
    """Choose the record: the domain's own, the organization's, the public suffix's."""
    by_name = {step.name: step for step in steps}
    own = by_name.get(domain) or by_name.get(organization)
    if own is not None:
        return own
    return next((step for step in steps if step.tags.get("psd") == "y"), None)


def _read(domain: str, organization: str, step: _Step, exists: bool) -> Dmarc:
    tags = step.tags
    inherited = step.name != domain
    policy, problem = _policy(tags, inherited, exists)
    return Dmarc(
        domain,
        policy=policy,
        record=step.record,
        at=step.name,
        inherited=inherited,
        organization=organization,
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
        testing=tags.get("t", "n").lower() == "y",
        reports=_reports(tags),
        problem=problem,
        obsolete=tuple(name for name in OBSOLETE if name in tags),
    )


def _policy(tags: dict[str, str], inherited: bool, exists: bool) -> tuple[str, str]:
    """Return the policy that applies, and what is wrong with it (RFC 9989 4.7 and 4.10.1)."""
    for name in ("p", "sp", "np"):
        value = tags.get(name, "none").lower()
        if value not in POLICIES:  # one that asks for reports stands for p=none, another for none
            return ("none" if _reports(tags) else "", f"{name}={value} is no policy")
    policy = tags.get("p", "none")  # a record without p= is p=none
    if inherited:
        policy = tags.get("sp", policy)
        if not exists:
            policy = tags.get("np", policy)
    return policy.lower(), ""


def _reports(tags: dict[str, str]) -> tuple[str, ...]:
    """Return the addresses for reports; what is no mailto: URI is none (RFC 9989 4.7)."""
    uris = [one.strip() for one in tags.get("rua", "").split(",")]
    return tuple(one for one in uris if _MAILTO.fullmatch(one))
