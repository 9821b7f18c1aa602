"""The findings as JSON lines: one object a finding, and a last one with the decision."""

from __future__ import annotations

import json

from ..model.report import Report
from .json import findings, sender_findings
from .options import Presentation

NAME = "jsonl"


def render(report: Report, how: Presentation) -> str:
    """Write a line a finding, with the list's path or the sender, then a line for the gate."""
    lines = [
        json.dumps({"list": one.contacts.listing.path, **entry}, ensure_ascii=False)
        for one in report.lists
        for entry in findings(report, one, how)
    ]
    lines += [
        json.dumps({"sender": how.mask(one.address), **entry}, ensure_ascii=False)
        for one in report.senders
        for entry in sender_findings(report, one, how)
    ]
    gate = {
        "gate": str(report.decision.gate),
        "reasons": [how.say(str(one)) for one in report.decision.reasons],
    }
    return "\n".join([*lines, json.dumps(gate, ensure_ascii=False)]) + "\n"
