"""What every format counts: findings by rule, and the places to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..model.quantity import quantity
from ..model.report import ListReport, Report, unaccepted
from ..model.rule import Rule, Severity
from ..ooxml.cells import letters
from .options import Presentation


@dataclass(frozen=True)
class Tally:
    """One rule's findings of one severity in one list.

    count: findings. contacts: distinct rows. lines: the first few lines to look at.
    first: the cell of the first one, row and column as in the findings.
    details: the most frequent details, with their counts.
    """

    rule: Rule
    severity: str
    count: int
    contacts: int
    lines: tuple[int, ...]
    first: tuple[int, int]
    details: tuple[tuple[str, int], ...]


def tally(report: Report, one: ListReport, examples: int = 5) -> list[Tally]:
    """Count a list's findings by rule and severity, the heaviest and most frequent first.

    A rule may weigh its findings differently, as A332 by strikes. What a baseline accepts is not
    counted.
    """
    made = []
    named = ["rule", "severity"]
    for (code, severity), found in unaccepted(one.findings).groupby(named, observed=True):
        heads = found.head(examples)
        details = found["detail"].value_counts().head(3)
        made.append(
            Tally(
                rule=report.rules[str(code)],
                severity=str(severity),
                count=len(found),
                contacts=int(found.loc[(found["row"] >= 0).to_numpy(), "row"].nunique()),
                lines=tuple(dict.fromkeys(line_of(one, row) for row in heads["row"])),
                first=(int(heads["row"].iloc[0]), int(heads["column"].iloc[0])),
                details=tuple((str(text), int(n)) for text, n in details.items() if text),
            )
        )
    order = list(Severity)
    return sorted(made, key=lambda it: (order.index(Severity(it.severity)), -it.count))


def baseline_lines(report: Report, how: Presentation) -> list[str]:
    """Say what a baseline took out of the run, and what of it is no longer there."""
    found: Any = report.sources.get("baseline")
    if not found:
        return []
    lines = [how.say(f"baseline: {quantity(found['accepted'], 'accepted finding')} without weight")]
    if found["stale"]:
        codes = ", ".join(found["stale_rules"])
        gone = quantity(found["stale"], "accepted finding")
        told = f"baseline: {gone} no longer there ({codes}); --prune-baseline drops them"
        lines.append(how.say(told))
    return lines


def line_of(one: ListReport, row: int) -> int:
    """Return the line, or the sheet's row, that a person would look at (1-based)."""
    listing = one.contacts.listing
    if row < 0:
        return listing.header_line or 1
    return int(listing.lines[row])


def column_name(one: ListReport, column: int) -> str:
    """Return a column's header as found, '' for the row as a whole."""
    header = one.contacts.listing.header
    return header[column] if 0 <= column < len(header) else ""


def cell_name(one: ListReport, row: int, column: int) -> str:
    """Name a cell as a spreadsheet does, "B17"; a row as a whole "17:17"."""
    line = line_of(one, row)
    places = one.contacts.listing.facts.get("columns", ())
    if not 0 <= column < len(places):
        return f"{line}:{line}"
    return f"{letters(int(places[column]))}{line}"


def verdict_counts(one: ListReport) -> dict[str, int]:
    """Count the contacts by verdict: send, review, hold."""
    counts = one.verdicts.value_counts()
    return {str(name): int(counts.get(name, 0)) for name in one.verdicts.cat.categories}
