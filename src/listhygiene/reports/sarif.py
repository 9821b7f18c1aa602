"""The report as SARIF 2.1.0 (OASIS), for code scanning.

A finding in delimited text has the region of its cell; a workbook has no lines: there startLine is
the sheet's row, and the logical location names sheet and cell.
"""

from __future__ import annotations

import json
import os
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from ..delimited.regions import Cell, Region, find_regions
from ..model.report import ListReport, Report, SenderReport, unaccepted
from ..model.rule import Rule
from ..policy.reading import FILE
from .options import Presentation
from .tally import cell_name, column_name, line_of, tally

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
            results.append(
                _result(str(code), str(severity), text, [_sender_location(report, sender, how)])
            )
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
    cells = list(zip(found["row"].tolist(), found["column"].tolist(), strict=True))
    regions = find_regions(one.contacts.listing, cells)
    return [
        _result(
            str(code),
            str(severity),
            f"{how.say(report.rules[str(code)].message)} {how.say(detail)}".strip(),
            [_location(one, cell, regions.get(cell), how)],
        )
        for cell, code, severity, detail in zip(
            cells, found["rule"], found["severity"], found["detail"], strict=True
        )
    ]


def _counted(report: Report, one: ListReport, how: Presentation) -> list[dict[str, Any]]:
    found = tally(report, one, 1)
    regions = find_regions(one.contacts.listing, [it.first for it in found])
    made = []
    for it in found:
        text = f"{how.say(it.rule.message)} {it.count} {how.say('findings')}"
        place = _location(one, it.first, regions.get(it.first), how)
        made.append(_result(it.rule.code, it.severity, text, [place]))
    return made


def _result(code: str, severity: str, text: str, locations: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "ruleId": code,
        "level": LEVELS[severity],
        "message": {"text": text},
        "locations": locations,
    }


def _location(
    one: ListReport, cell: Cell, region: Region | None, how: Presentation
) -> dict[str, Any]:
    listing = one.contacts.listing
    row, column = cell
    line = max(1, line_of(one, row))
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(listing.path)},
            "region": _region(region) if region else {"startLine": line},
        }
    }
    name = how.column(column_name(one, column)) or f"column {column + 1}"
    if listing.sheet:
        place = cell_name(one, row, column)
        name = place if column < 0 else name
        location["logicalLocations"] = [
            {"name": name, "fullyQualifiedName": f"{listing.sheet}!{place}", "kind": "member"}
        ]
    elif column >= 0:
        location["logicalLocations"] = [
            {"name": name, "fullyQualifiedName": f"{name}:{line}", "kind": "member"}
        ]
    return location


def _sender_location(report: Report, sender: SenderReport, how: Presentation) -> dict[str, Any]:
    """Give a finding of the sender a place, without which GitHub takes no result: the first list,
    else the policy."""
    path = report.lists[0].contacts.listing.path if report.lists else FILE
    name = how.mask(sender.address)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(path)},
            "region": {"startLine": 1},
        },
        "logicalLocations": [{"name": name, "fullyQualifiedName": name, "kind": "member"}],
    }


def _uri(path: str) -> str:
    return quote(os.fsencode(PurePath(path).as_posix()))


def _region(region: Region) -> dict[str, int]:
    """Write a region (SARIF 3.30): whole lines without columns, endColumn behind the last one."""
    made = {"startLine": region.line}
    if region.column:
        made["startColumn"] = region.column
    if region.end_line != region.line:
        made["endLine"] = region.end_line
    if region.end_column:
        made["endColumn"] = region.end_column
    return made
