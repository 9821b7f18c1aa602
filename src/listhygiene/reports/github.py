"""The report as annotations of a GitHub workflow step."""

from __future__ import annotations

from ..address.mask import printable
from ..delimited.regions import Region, find_regions
from ..model.report import Gate, Report, unaccepted
from .options import Presentation
from .tally import tally

NAME = "github"

MOST = 10
"""Annotations of one kind that GitHub shows of a step."""

KINDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(report: Report, how: Presentation) -> str:
    """Write an annotation a rule and list, worst first, and one for the gate.

    Where there are more of a kind than GitHub shows, the last one says how many are left out.
    """
    gate = "notice" if report.decision.gate == Gate.OPEN else "error"
    reasons = " ".join(how.say(str(one)) for one in report.decision.reasons)
    made: dict[str, list[str]] = {kind: [] for kind in KINDS.values()}
    made[gate].append(_command(gate, "", "gate", f"{report.decision.gate}: {reasons}"))
    for sender in report.senders:
        found = unaccepted(sender.findings)
        for code, severity, detail in zip(
            found["rule"], found["severity"], found["detail"], strict=True
        ):
            rule, kind = report.rules[str(code)], KINDS[str(severity)]
            text = f"{how.say(rule.message)} {how.say(str(detail))}"
            made[kind].append(_command(kind, "", f"{code} {rule.name}", text))
    for one in report.lists:
        counted = tally(report, one, how.examples)
        regions = find_regions(one.contacts.listing, [it.first for it in counted])
        for it in counted:
            kind = KINDS[it.severity]
            lines = ", ".join(str(line) for line in it.lines)
            text = f"{how.say(it.rule.message)} {it.count} ({how.say('lines')} {lines})"
            title = f"{it.rule.code} {it.rule.name}"
            place = _place(one.contacts.listing.path, it.lines[0], regions.get(it.first))
            made[kind].append(_command(kind, place, title, text))
    return "".join(f"{line}\n" for kind in made.values() for line in _shown(kind, how))


def _shown(lines: list[str], how: Presentation) -> list[str]:
    if len(lines) <= MOST:
        return lines
    left = len(lines) - MOST + 1
    kind = lines[0].split(" ")[0].removeprefix("::").removesuffix("::")
    return [
        *lines[: MOST - 1],
        f"::{kind}::{_escaped(how.say(f'and {left} more; see the report'))}",
    ]


def _place(path: str, line: int, region: Region | None) -> str:
    """Name a place; GitHub takes columns only of a place on one line."""
    place = f"file={_property(path)},line={line},"
    if region is None or not region.column:
        return place
    if region.end_line != region.line:
        return f"file={_property(path)},line={region.line},endLine={region.end_line},"
    return (
        f"file={_property(path)},line={region.line},col={region.column},"
        f"endColumn={region.end_column},"
    )


def _command(kind: str, place: str, title: str, text: str) -> str:
    """Write one workflow command, its parts escaped as the runner unescapes them."""
    return f"::{kind} {place}title={_property(title)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
