"""What a check found, and what it decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pandas as pd

from .contacts import Contacts
from .rule import Rule


class Verdict(StrEnum):
    """What may be done with one contact."""

    SEND = "send"
    REVIEW = "review"
    HOLD = "hold"


class Gate(StrEnum):
    """May the campaign be sent?"""

    OPEN = "open"
    CLOSED = "closed"
    UNDECIDED = "undecided"


EXIT_CODES = {Gate.OPEN: 0, Gate.CLOSED: 1, Gate.UNDECIDED: 3}


@dataclass(frozen=True)
class Reason:
    """Why the gate is not open, or what it warns of.

    measure: what was measured ("40 of 300 contacts on hold"). limit: what the policy allows.
    key: the line of the policy ("gate.hold"). remedy: what would open the gate.
    decision: what this reason asks for; OPEN for a mere warning.
    origin: where that line stands ("listhygiene.toml, line 5", "--platform"), or "default".
    """

    decision: Gate
    measure: str
    limit: str
    key: str
    remedy: str
    origin: str = "default"

    def __str__(self) -> str:
        return f"{self.measure} ({self.key}: {self.limit}; {self.origin}). {self.remedy}"


@dataclass(frozen=True)
class Decision:
    """The gate, with every reason that counted."""

    gate: Gate
    reasons: tuple[Reason, ...] = ()

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.gate]


@dataclass(frozen=True)
class ProjectedBounce:
    """The share of the contacts that is certain to bounce, and that may, 0..1.

    floor, ceiling: of the list as it is; send_floor, send_ceiling: of its `send` part.
    bound: True where the ceiling is a mere upper bound (the history is too short for rates).
    """

    floor: float
    ceiling: float
    send_floor: float
    send_ceiling: float
    bound: bool = True


@dataclass(frozen=True)
class ListReport:
    """One list, judged.

    findings: long; row (0-based, -1 = the header), column (position, -1 = the row as a whole),
        rule (category of codes), detail (TEXT, ''), severity (category), weighs (bool: counts for
        the verdict), text_id (of a T-, A- or D-finding, -1). Under a baseline also accepted (bool).
    verdicts: index = row; verdict (category send/review/hold).
    unanswered: contacts about whose domain DNS was asked and gave no answer.
    unasked: rows that are certain to bounce by DNS, and of which the policy had no rule say so.
    new_floor: under a baseline the part of `projected.floor` that was not accepted.
    """

    contacts: Contacts
    findings: pd.DataFrame
    verdicts: pd.Series
    projected: ProjectedBounce
    unanswered: int = 0
    unasked: tuple[int, ...] = ()
    sources: Mapping[str, object] = field(default_factory=dict)
    new_floor: float | None = None


def unaccepted(findings: pd.DataFrame) -> pd.DataFrame:
    """Leave out the findings that a baseline accepts."""
    if "accepted" not in findings:
        return findings
    return findings[~findings["accepted"].to_numpy(dtype=bool)]


@dataclass(frozen=True)
class SenderReport:
    """One From address, judged: findings has the columns rule, severity, detail (and accepted)."""

    address: str
    findings: pd.DataFrame
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """The whole run, as every format presents it.

    skipped: rule code -> why it was not asked. sources: what the evidence came from (DNS, the
    blocklist, versions of the lists of domains).
    """

    as_of: pd.Timestamp
    lists: tuple[ListReport, ...]
    senders: tuple[SenderReport, ...]
    decision: Decision
    skipped: Mapping[str, str]
    rules: Mapping[str, Rule]
    policy: Mapping[str, object]
    sources: Mapping[str, object] = field(default_factory=dict)
    version: str = ""

    @property
    def findings(self) -> pd.DataFrame:
        """The findings of all lists, with a first column `list` (the list's place)."""
        frames = [one.findings.assign(list=place) for place, one in enumerate(self.lists)]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    @property
    def verdicts(self) -> pd.Series:
        """The verdict of every contact, indexed by list and row."""
        verdicts: pd.Series = pd.concat(
            {place: one.verdicts for place, one in enumerate(self.lists)}
        )
        return verdicts
