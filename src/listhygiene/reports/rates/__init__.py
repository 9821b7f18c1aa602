"""The bounce rates in each of their formats; one table is `table_by`, all are `tables`."""

from __future__ import annotations

import pandas as pd

from ...model.bounce_report import BounceReport
from ..options import Presentation

FORMATS = ("text", "json", "csv", "xlsx", "html")
BY = ("campaign", "cause", "type", "domain", "provider", "period", "address")

_TABLES = {
    "campaign": "campaigns",
    "cause": "causes",
    "type": "types",
    "domain": "domains",
    "provider": "providers",
    "period": "months",
    "address": "offenders",
}


def table_by(report: BounceReport, by: str, how: Presentation) -> pd.DataFrame:
    """Return one table of the report; addresses are masked unless they are to be shown."""
    table: pd.DataFrame = getattr(report, _TABLES[by])
    if "address" in table:
        table = table.assign(address=table["address"].map(how.mask))
    return table


def tables(report: BounceReport, how: Presentation) -> dict[str, pd.DataFrame]:
    """Return every table of the report by its name, the whole first."""
    named = {name: table_by(report, by, how) for by, name in _TABLES.items()}
    return {"total": report.total, **named}


def render(report: BounceReport, form: str, by: str, how: Presentation) -> str:
    """Present the report as text, JSON or a page. by: only this table, '' for all."""
    if form == "json":
        from .json import render as render_json

        return render_json(report, how)
    if form == "html":
        from .html import render as render_html

        return render_html(report, how)
    from .text import render as render_text

    return render_text(report, by, how)
