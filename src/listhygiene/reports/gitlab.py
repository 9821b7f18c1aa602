"""The report as a GitLab code quality artifact: one entry a rule and list."""

from __future__ import annotations

import hashlib
import json

from ..model.report import Report
from .options import Presentation
from .tally import tally

NAME = "gitlab"

SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(report: Report, how: Presentation) -> str:
    """Write the entries.

    GitLab tells a new entry from a known one by its fingerprint. It is made of the list's path and
    the rule, of no address: a hash of an address can be guessed.
    """
    entries = []
    for one in report.lists:
        path = one.contacts.listing.path
        for it in tally(report, one, how.examples):
            mark = hashlib.sha256(f"{path}\0{it.rule.code}".encode()).hexdigest()
            entries.append(
                {
                    "description": f"{how.say(it.rule.message)} {it.count} {how.say('findings')}",
                    "check_name": f"{it.rule.code} {it.rule.name}",
                    "fingerprint": mark,
                    "severity": SEVERITIES[it.severity],
                    "location": {"path": path, "lines": {"begin": it.lines[0]}},
                }
            )
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
