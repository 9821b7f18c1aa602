"""The bounce rates as one JSON document."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from ...model.bounce import CAUSE_NAMES
from ...model.bounce_report import BounceReport
from ..options import Presentation
from .figures import impossible

SCHEMA = 1


def render(report: BounceReport, how: Presentation) -> str:
    """Write the document; what is not known is null, shares are 0..1, times UTC."""
    causes = report.causes.assign(name=report.causes["cause"].map(CAUSE_NAMES))
    offenders = report.offenders.assign(address=report.offenders["address"].map(how.mask))
    document = {
        "schema": SCHEMA,
        "version": report.version,
        "blocklist": report.blocklist,
        "line": report.line,
        "line_source": report.source,
        "since": report.since.isoformat() if report.since else None,
        "until": report.until.isoformat() if report.until else None,
        "campaigns_asked": list(report.asked),
        "total": _rows(report.total)[0],
        "campaigns": _rows(report.campaigns),
        "months": _rows(report.months),
        "causes": _rows(causes),
        "types": _rows(report.types),
        "domains": _rows(report.domains),
        "providers": _rows(report.providers),
        "offenders": _rows(offenders),
        "sent_unknown": list(report.unknown),
        "sent_too_few": impossible(report),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(name): _plain(value) for name, value in row.items()}
        for row in table.to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat() + "Z"
    if hasattr(value, "item"):
        value = value.item()
    return round(value, 6) if isinstance(value, float) else value
