"""The report as one JSON document (design, section 6; schema in docs/report.schema.json)."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd

from ..model.report import ListReport, Report, SenderReport
from ..model.rule import Grade, Severity
from .options import Presentation
from .tally import verdict_counts

NAME = "json"

SCHEMA = 1


def render(report: Report, how: Presentation) -> str:
    """Write the whole report; addresses only where asked for."""
    return json.dumps(document(report, how), ensure_ascii=False, indent=1) + "\n"


def document(report: Report, how: Presentation) -> dict[str, Any]:
    """Return the report as plain lists and dicts."""
    return {
        "schema": SCHEMA,
        "version": report.version,
        "as_of": report.as_of.date().isoformat(),
        "policy": {name: _setting(name, one, how) for name, one in report.policy.items()},
        "lists": [_list(report, one, how) for one in report.lists],
        "senders": [_sender(report, one, how) for one in report.senders],
        "skipped": [
            {"rule": code, "why": how.say(why)} for code, why in sorted(report.skipped.items())
        ],
        "sources": dict(report.sources),
        "gate": {
            "decision": str(report.decision.gate),
            "reasons": [how.say(str(one)) for one in report.decision.reasons],
            "explained": [
                {
                    "decision": str(one.decision),
                    "measure": how.say(one.measure),
                    "limit": one.limit,
                    "policy": one.key,
                    "origin": how.say(one.origin),
                    "remedy": how.say(one.remedy),
                }
                for one in report.decision.reasons
            ],
        },
    }


def _setting(name: str, value: object, how: Presentation) -> object:
    """Return a policy line as it may be shown: no address unasked, and never a password."""
    if isinstance(value, list) and name.rpartition(".")[0] in ("addresses", "sender"):
        return [how.column(str(one)) for one in value]
    if isinstance(value, str):
        return re.sub(r"(://[^:/@]*):[^@/]*@", r"\1:***@", value)
    return value


def _list(report: Report, one: ListReport, how: Presentation) -> dict[str, Any]:
    listing = one.contacts.listing
    counts = one.findings["rule"].value_counts(sort=False)
    return {
        "path": listing.path,
        "format": listing.format,
        "sheet": listing.sheet,
        "encoding": listing.encoding,
        "delimiter": listing.delimiter,
        "header_line": listing.header_line,
        "rows": len(one.verdicts),
        "columns": [
            {"name": how.column(name), "role": role or None}
            for name, role in zip(listing.header, one.contacts.headers["role"], strict=True)
        ],
        "notes": [how.say(note) for note in listing.notes],
        "verdicts": verdict_counts(one),
        "counts": {str(code): int(n) for code, n in counts.items() if n},
        "findings": findings(report, one, how),
        **({"contacts": contacts(one)} if how.show_addresses else {}),
        "projected_bounce": {
            "floor": round(one.projected.floor, 6),
            "ceiling": round(one.projected.ceiling, 6),
            "send_floor": round(one.projected.send_floor, 6),
            "send_ceiling": round(one.projected.send_ceiling, 6),
            "upper_bound": one.projected.bound,
        },
    }


def findings(report: Report, one: ListReport, how: Presentation) -> list[dict[str, Any]]:
    """Return a list's findings, in its order; made by columns, since there may be millions."""
    found = one.findings
    if not len(found):
        return []
    listing = one.contacts.listing
    rows = found["row"].to_numpy()
    lines = np.where(rows < 0, listing.header_line or 1, np.append(listing.lines, 0)[rows])
    header = [*(how.column(name) for name in listing.header), None]
    codes = found["rule"].astype(str).tolist()
    made = [
        {
            "line": int(line),
            "row": int(row),
            "column": header[column],
            "rule": code,
            "name": report.rules[code].name,
            "severity": str(severity),
            "detail": how.say(detail),
        }
        for line, row, column, code, severity, detail in zip(
            lines, rows, found["column"], codes, found["severity"], found["detail"], strict=True
        )
    ]
    _add_texts(made, one, how)
    _add_repairs(made, one, how)
    if "accepted" in found:
        for entry, accepted in zip(made, found["accepted"], strict=True):
            entry["accepted"] = bool(accepted)
    return made


def contacts(one: ListReport) -> list[dict[str, Any]]:
    """Return every contact: line, mailed address ('' = none), verdict, the rules that weighed."""
    weighing = one.findings[
        (one.findings["weighs"] & (one.findings["severity"] != Severity.INFO)).to_numpy()
    ]
    rules: dict[int, list[str]] = {}
    for row, code in zip(weighing["row"], weighing["rule"].astype(str), strict=True):
        if code not in rules.setdefault(int(row), []):
            rules[int(row)].append(code)
    addresses = [*one.contacts.addresses["address"].tolist(), ""]
    return [
        {
            "line": int(line),
            "address": addresses[place],
            "verdict": str(verdict),
            "rules": sorted(rules.get(row, ())),
        }
        for row, (line, place, verdict) in enumerate(
            zip(
                one.contacts.listing.lines,
                one.contacts.contacts["address"],
                one.verdicts,
                strict=True,
            )
        )
    ]


def _add_texts(made: list[dict[str, Any]], one: ListReport, how: Presentation) -> None:
    if how.show_addresses:
        texts = one.contacts.texts["text"].tolist()
        for entry, text in zip(made, one.findings["text_id"], strict=True):
            if text >= 0:
                entry["text"] = texts[text]


def _add_repairs(made: list[dict[str, Any]], one: ListReport, how: Presentation) -> None:
    """Say of T-findings how they may be repaired; the result is shown where addresses are."""
    repairs = one.contacts.repairs
    if not len(repairs):
        return
    by_key: dict[tuple[int, str], list[tuple[str, Any]]] = {}
    for text, code, grade, after in zip(
        repairs["text"], repairs["rule"], repairs["grade"], repairs["after"], strict=True
    ):
        by_key.setdefault((int(text), str(code)), []).append((str(grade), after))
    for entry, text in zip(made, one.findings["text_id"], strict=True):
        choices = by_key.get((int(text), entry["rule"]))
        if choices and choices[0][0] != Grade.MISSING:
            repair: dict[str, Any] = {"grade": choices[0][0]}
            afters = [after for _, after in choices if not pd.isna(after)]
            if how.show_addresses and afters:
                repair["after"] = afters[0]
                if len(afters) > 1:
                    repair["alternatives"] = afters[1:]
            entry["repair"] = repair


def sender_findings(report: Report, one: SenderReport, how: Presentation) -> list[dict[str, Any]]:
    """Return the findings of a From address."""
    return [
        {
            "rule": str(code),
            "name": report.rules[str(code)].name,
            "severity": str(severity),
            "detail": how.say(str(detail)),
        }
        for code, severity, detail in zip(
            one.findings["rule"], one.findings["severity"], one.findings["detail"], strict=True
        )
    ]


def _sender(report: Report, one: SenderReport, how: Presentation) -> dict[str, Any]:
    return {
        "address": how.mask(one.address),
        "findings": sender_findings(report, one, how),
        "facts": dict(one.facts),
    }
