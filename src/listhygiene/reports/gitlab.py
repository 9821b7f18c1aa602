"""The report as a GitLab code quality artifact: one entry a rule and list."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

from ..delimited.regions import Region, find_regions
from ..model.report import Report, SenderReport, unaccepted
from ..policy.reading import FILE
from .options import Presentation
from .tally import tally

NAME = "gitlab"

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report, how: Presentation) -> str:
    """Write the entries.

    GitLab tells a new entry from a known one by its fingerprint. It is made of the list's path and
    the rule and its severity, of no address: a hash of an address can be guessed.
    """
    entries: list[dict[str, Any]] = []
    for one in report.lists:
        path = one.contacts.listing.path
        found = tally(report, one, how.examples)
        regions = find_regions(one.contacts.listing, [it.first for it in found])
        entries += [
            {
                "description": f"{how.say(it.rule.message)} {it.count} {how.say('findings')}",
                "check_name": f"{it.rule.code} {it.rule.name}",
                "fingerprint": _mark(path, f"{it.rule.code}\0{it.severity}"),
                "severity": SEVERITIES[it.severity],
                "location": {"path": path, **_lines(it.lines[0], regions.get(it.first))},
            }
            for it in found
        ]
    for number, sender in enumerate(report.senders):
        entries += _sender(report, sender, number, how)
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def _sender(
    report: Report, sender: SenderReport, number: int, how: Presentation
) -> list[dict[str, Any]]:
    """Write what was found of a sender, at the first list, else at the policy."""
    path = report.lists[0].contacts.listing.path if report.lists else FILE
    entries = []
    new = unaccepted(sender.findings)
    for code, severity, detail in zip(new["rule"], new["severity"], new["detail"], strict=True):
        rule = report.rules[str(code)]
        entries.append(
            {
                "description": f"{how.say(rule.message)} {how.say(str(detail))}".strip(),
                "check_name": f"{code} {rule.name}",
                "fingerprint": _mark(path, f"{code}\0sender {number}"),
                "severity": SEVERITIES[str(severity)],
                "location": {"path": path, "lines": {"begin": 1}},
            }
        )
    return entries


def _mark(path: str, what: str) -> str:
    return hashlib.sha256(os.fsencode(path) + f"\0{what}".encode()).hexdigest()


def _lines(line: int, region: Region | None) -> dict[str, Any]:
    """Name a place: by positions where the column is known, else by lines (one of both)."""
    if region is None or not region.column:
        return {"lines": {"begin": line}}
    return {
        "positions": {
            "begin": {"line": region.line, "column": region.column},
            "end": {"line": region.end_line, "column": region.end_column},
        }
    }
