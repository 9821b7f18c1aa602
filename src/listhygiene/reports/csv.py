"""The findings as a CSV table, for a spreadsheet; its cells are inert there."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ..formulas import escape_formula
from ..model.report import Report
from .json import findings, sender_findings
from .options import Presentation

NAME = "csv"

COLUMNS = ("list", "line", "row", "column", "rule", "name", "severity", "detail")


def render(report: Report, how: Presentation) -> str:
    """Write a row a finding, of lists and senders; a cell's text only where addresses are shown."""
    stream = io.StringIO()
    columns = (*COLUMNS, "text") if how.show_addresses else COLUMNS
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(columns)
    for one in report.lists:
        for entry in findings(report, one, how):
            _write(table, columns, {**entry, "list": one.contacts.listing.path})
    for sender in report.senders:
        for entry in sender_findings(report, sender, how):
            place = f"{how.say('sender')} {how.mask(sender.address)}"
            _write(table, columns, {**entry, "list": place})
    return stream.getvalue()


def _write(table: Any, columns: Sequence[str], entry: Mapping[str, Any]) -> None:
    cells = ("" if entry.get(name) is None else str(entry[name]) for name in columns)
    table.writerow([escape_formula(cell) for cell in cells])
