"""The report as Markdown, for a pull request's comment or a job's summary."""

from __future__ import annotations

import re

from ..address.mask import printable
from ..model.report import Gate, ListReport, Report, SenderReport, unaccepted
from .options import Presentation
from .tally import baseline_lines, tally, verdict_counts

NAME = "markdown"

MARKS = {Gate.OPEN: "✅", Gate.CLOSED: "⛔", Gate.UNDECIDED: "❔"}


def render(report: Report, how: Presentation) -> str:
    """Write the decision, its reasons, and a table a list."""
    gate = report.decision.gate
    lines = [f"## {MARKS[gate]} listhygiene: {how.say(str(gate))}", ""]
    lines += [f"- {safe(how.say(str(one)))}" for one in report.decision.reasons]
    for one in report.lists:
        lines += ["", *_list(report, one, how)]
    for sender in report.senders:
        lines += ["", *_sender(report, sender, how)]
    noted = baseline_lines(report, how)
    if report.skipped or noted:
        lines.append("")
    lines += [f"- {safe(line)}" for line in noted]
    lines += [f"- {code}: {safe(how.say(why))}" for code, why in sorted(report.skipped.items())]
    lines += ["", f"listhygiene {report.version}, {report.as_of.date().isoformat()}", ""]
    return "\n".join(lines)


def _list(report: Report, one: ListReport, how: Presentation) -> list[str]:
    counts = ", ".join(f"{how.say(name)} {n}" for name, n in verdict_counts(one).items())
    rate = one.projected
    lines = [
        f"### {safe(one.contacts.listing.path)}",
        "",
        f"{len(one.verdicts)} {how.say('contacts')}: {counts}; {how.say('projected bounce rate')} "
        f"{rate.floor:.1%} – {rate.ceiling:.1%}",
        "",
    ]
    found = tally(report, one, how.examples)
    if not found:
        return [*lines, how.say("no findings")]
    lines += [
        f"| | {how.say('rule')} | {how.say('count')} | {how.say('finding')} | {how.say('lines')} |",
        "|---|---|---:|---|---|",
    ]
    for it in found:
        places = ", ".join(str(line) for line in it.lines) + (" …" if it.count > 5 else "")
        lines.append(
            f"| {how.say(it.severity)} | {it.rule.code} {it.rule.name} | {it.count} "
            f"| {safe(how.say(it.rule.message))} | {places} |"
        )
    return lines


def _sender(report: Report, one: SenderReport, how: Presentation) -> list[str]:
    lines = [f"### {how.say('sender')} {safe(how.mask(one.address))}", ""]
    found = unaccepted(one.findings)
    for code, severity, detail in zip(
        found["rule"], found["severity"], found["detail"], strict=True
    ):
        message = how.say(report.rules[str(code)].message)
        said = "<br>".join(safe(line) for line in f"{message} {how.say(detail)}".splitlines())
        lines.append(f"- {how.say(str(severity))} {code}: {said}")
    return lines if len(lines) > 2 else [*lines, how.say("no findings")]


def safe(text: str) -> str:
    """Let nothing of a list's text work as Markdown or HTML."""
    flat = " ".join(printable(text).split())
    return re.sub(r"([\\`*_{}\[\]<>|#!~@])", r"\\\1", flat).replace("&", "&amp;")
