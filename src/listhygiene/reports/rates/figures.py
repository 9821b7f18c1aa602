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
    """Return the sentence that sums the report up, and its colour: "red", "green", "yellow"."""
    total = report.total.iloc[0]
    line = percent(report.line)
    if not len(report.campaigns) and not int(total["bounced"]):
        return "Nothing bounced in this period.", "green"
    over = int(report.campaigns["over"].map(is_over).sum())
    if pd.isna(total["rate"]) and over:
        return (
            f"Campaigns over the line of {line}: {count(over)}; the rate of others is not known.",
            "red",
        )
    if pd.isna(total["rate"]):
        told = f"{count(total['bounced'])} recipients bounced; the rate is not known."
        return told, "yellow"
    rate, sent = percent(total["rate"]), count(total["sent"])
    if is_over(total["over"]):
        return f"The bounce rate is {rate} of {sent} sent: over the line of {line}.", "red"
    return f"The bounce rate is {rate} of {sent} sent: within the line of {line}.", "green"
