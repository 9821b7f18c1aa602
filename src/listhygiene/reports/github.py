"""The report as annotations of a GitHub workflow step."""

from __future__ import annotations

from ..address.mask import printable
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
    made[gate].append(_command(gate, "", 0, "gate", f"{report.decision.gate}: {reasons}"))
    for sender in report.senders:
        found = unaccepted(sender.findings)
        for code, severity, detail in zip(
            found["rule"], found["severity"], found["detail"], strict=True
        ):
            rule, kind = report.rules[str(code)], KINDS[str(severity)]
            text = f"{how.say(rule.message)} {how.say(str(detail))}"
            made[kind].append(_command(kind, "", 0, f"{code} {rule.name}", text))
    for one in report.lists:
        for it in tally(report, one, how.examples):
            kind = KINDS[it.severity]
            lines = ", ".join(str(line) for line in it.lines)
            text = f"{how.say(it.rule.message)} {it.count} ({how.say('lines')} {lines})"
            title = f"{it.rule.code} {it.rule.name}"
            path = one.contacts.listing.path
            made[kind].append(_command(kind, path, it.lines[0], title, text))
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


def _command(kind: str, path: str, line: int, title: str, text: str) -> str:
    """Write one workflow command, its parts escaped as the runner unescapes them."""
    place = f"file={_property(path)},line={line}," if path else ""
    return f"::{kind} {place}title={_property(title)}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return printable(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
