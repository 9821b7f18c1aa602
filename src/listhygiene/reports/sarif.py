"""The report as SARIF 2.1.0 (OASIS), for code scanning."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import numpy as np

from ..model.report import ListReport, Report, unaccepted
from ..model.rule import Rule
from .options import Presentation
from .tally import tally

NAME = "sarif"

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5000
"""Results that a code-scanning upload keeps of a run; above, they are counted by rule."""

LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def render(report: Report, how: Presentation) -> str:
    """Write one run; a result a finding, or, above 5,000 of them, a result a rule and list."""
    total = sum(len(unaccepted(one.findings)) for one in report.lists)
    results: list[dict[str, Any]] = []
    for one in report.lists:
        results += _single(report, one, how) if total <= MOST else _counted(report, one, how)
    for sender in report.senders:
        found = unaccepted(sender.findings)
        for code, severity, detail in zip(
            found["rule"], found["severity"], found["detail"], strict=True
        ):
            text = f"{how.say(report.rules[str(code)].message)} {how.say(str(detail))}".strip()
            results.append(_result(str(code), str(severity), text, []))
    run = {
        "tool": {
            "driver": {
                "name": "listhygiene",
                "version": report.version,
                "rules": [_rule(one, how) for one in report.rules.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {
            "gate": str(report.decision.gate),
            "reasons": [how.say(str(one)) for one in report.decision.reasons],
            "truncated": total > MOST,
            "findings": total,
        },
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rule(one: Rule, how: Presentation) -> dict[str, Any]:
    return {
        "id": one.code,
        "name": "".join(part.capitalize() for part in one.name.split("-")),
        "shortDescription": {"text": how.say(one.message)},
        "fullDescription": {"text": how.say(one.why)},
        "help": {"text": how.say(one.remedy)},
        "defaultConfiguration": {"level": LEVELS[str(one.severity)]},
    }


def _single(report: Report, one: ListReport, how: Presentation) -> list[dict[str, Any]]:
    found = unaccepted(one.findings)
    rows = found["row"].to_numpy()
    listing = one.contacts.listing
    lines = np.where(rows < 0, listing.header_line or 1, np.append(listing.lines, 0)[rows])
    return [
        _result(
            str(code),
            str(severity),
            f"{how.say(report.rules[str(code)].message)} {how.say(detail)}".strip(),
            [_location(one, int(line), int(column), how)],
        )
        for line, column, code, severity, detail in zip(
            lines, found["column"], found["rule"], found["severity"], found["detail"], strict=True
        )
    ]


def _counted(report: Report, one: ListReport, how: Presentation) -> list[dict[str, Any]]:
    made = []
    for it in tally(report, one, 1):
        text = f"{how.say(it.rule.message)} {it.count} {how.say('findings')}"
        made.append(
            _result(it.rule.code, it.severity, text, [_location(one, it.lines[0], -1, how)])
        )
    return made


def _result(code: str, severity: str, text: str, locations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "ruleId": code,
        "level": LEVELS[severity],
        "message": {"text": text},
        "locations": locations,
    }


def _location(one: ListReport, line: int, column: int, how: Presentation) -> dict[str, Any]:
    listing = one.contacts.listing
    uri = quote(PurePath(listing.path).as_posix())
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri},
            "region": {"startLine": max(1, line)},
        }
    }
    if column >= 0:
        name = how.column(listing.header[column]) or f"column {column + 1}"
        sheet = f"{listing.sheet}!" if listing.sheet else ""
        location["logicalLocations"] = [
            {"name": name, "fullyQualifiedName": f"{sheet}{name}:{line}", "kind": "member"}
        ]
    return location
