"""DMARC (RFC 9989): the policy that applies to a domain, found by a walk up the tree of names."""

from __future__ import annotations

from dataclasses import dataclass

from .record import Ask, find_texts, read_tags

POLICIES = ("none", "quarantine", "reject")
MOST_LABELS = 8
"""Names of more labels are cut to seven for the second question of the walk (RFC 9989 4.10)."""
OBSOLETE = ("pct", "rf", "ri")
"""Tags of RFC 7489 that RFC 9989 no longer knows."""


@dataclass(frozen=True)
class Dmarc:
    """The DMARC of one From domain.

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
    several = ""
    for name in walk(domain):
        found = find_texts(ask, f"_dmarc.{name}", r"v\s*=\s*DMARC1\s*(;|$)")
        if found.unknown:
            return Dmarc(domain, unknown=f"no answer for _dmarc.{name} ({found.unknown})")
        if len(found.texts) > 1:  # RFC 9989 4.10: several records are as none
            several = several or f"_dmarc.{name} has {len(found.texts)} records; one is allowed"
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
        return Dmarc(domain, organization=organization, problem=several)
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
    policy = tags.get("p", "none").lower()  # RFC 9989 4.7: a record without p= is p=none
    problem = ""
    if policy not in POLICIES:
        problem = f"p={policy} is no policy"
        policy = "none" if tags.get("rua") else ""
    if inherited:
        policy = tags.get("sp", policy).lower()
        if not exists:
            policy = tags.get("np", policy).lower()
    return Dmarc(
        domain,
        policy=policy if policy in POLICIES else "",
        record=step.record,
        at=step.name,
        inherited=inherited,
        organization=organization,
        strict_dkim=tags.get("adkim", "r").lower() == "s",
        strict_spf=tags.get("aspf", "r").lower() == "s",
        testing=tags.get("t", "n").lower() == "y",
        reports=tuple(one.strip() for one in tags.get("rua", "").split(",") if one.strip()),
        problem=problem,
        obsolete=tuple(name for name in OBSOLETE if name in tags),
    )
