"""Numbers of the bounce rates as people read them, and the sentence that sums them up."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...model.bounce_report import BounceReport


def count(value: Any) -> str:
    """Return 12,345; "?" where it is not known."""
    return "?" if pd.isna(value) else f"{int(value):,}"


def percent(value: Any) -> str:
    """Return a share as 4.2%; "?" where it is not known."""
    return "?" if pd.isna(value) else f"{float(value):.1%}"


def points(value: Any) -> str:
    """Return a change of a rate in percentage points: +1.3; '' where there is none."""
    return "" if pd.isna(value) else f"{float(value) * 100:+.1f}"


def day(value: Any) -> str:
    """Return 2026-11-23; '' where it is not known."""
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"


def is_over(value: Any) -> bool:
    """Tell whether a rate is over the line; one that is not known is not."""
    return not pd.isna(value) and bool(value)


def headline(report: BounceReport) -> tuple[str, str]:
    """Answer whether any campaign is over the line, and say how bad it is all together; with the
    colour: "red", "green", "yellow".
    """
    total = report.total.iloc[0]
    if not len(report.campaigns) and not int(total["bounced"]):
        return "Nothing bounced in this period.", "green"
    named = report.campaigns[report.campaigns["campaign"].ne("").to_numpy(dtype=bool)]
    over = int(named["over"].map(is_over).sum())
    if over and len(named) > 1:
        return f"{_over(over, len(named), report)}; {_together(total)}.", "red"
    if pd.isna(total["rate"]):
        told = f"{count(total['bounced'])} recipients bounced; the rate is not known."
        return told, "yellow"
    rate, sent, line = percent(total["rate"]), count(total["sent"]), percent(report.line)
    if is_over(total["over"]):
        return f"The bounce rate is {rate} of {sent} sent: over the line of {line}.", "red"
    return f"The bounce rate is {rate} of {sent} sent: within the line of {line}.", "green"


def _over(over: int, campaigns: int, report: BounceReport) -> str:
    verb = "is" if over == 1 else "are"
    line = percent(report.line)
    return f"{count(over)} of {count(campaigns)} campaigns {verb} over the line of {line}"


def _together(total: pd.Series) -> str:
    if pd.isna(total["rate"]):
        return "the rate of others is not known"
    return f"all together {percent(total['rate'])} of {count(total['sent'])} sent bounced"


def impossible(report: BounceReport) -> list[str]:
    """Name the campaigns of which more bounced than were sent: a number that was told is wrong."""
    table = report.campaigns
    wrong = (table["bounced"] > table["sent"]).fillna(False).to_numpy(dtype=bool)
    return [str(name) for name in table.loc[wrong, "campaign"]]
