"""The findings as a CSV table, for a spreadsheet; its cells are inert there."""

from __future__ import annotations

import csv
import io

from ..formulas import escape_formula
from ..model.report import Report
from .json import findings
from .options import Presentation

NAME = "csv"

COLUMNS = ("list", "line", "row", "column", "rule", "name", "severity", "detail")


def render(report: Report, how: Presentation) -> str:
    """Write a row a finding; the cell's text only where addresses are to be shown."""
    stream = io.StringIO()
    columns = (*COLUMNS, "text") if how.show_addresses else COLUMNS
    table = csv.writer(stream, lineterminator="\r\n")
    table.writerow(columns)
    for one in report.lists:
        for entry in findings(report, one, how):
            entry["list"] = one.contacts.listing.path
            cells = ("" if entry.get(name) is None else str(entry[name]) for name in columns)
            table.writerow([escape_formula(cell) for cell in cells])
    return stream.getvalue()
