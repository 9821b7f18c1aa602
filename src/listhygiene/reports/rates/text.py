"""The bounce rates for a person at a terminal: the rate against the line, then what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...address.mask import printable
from ...model.bounce_report import BounceReport
from ..canvas import drawn, open_canvas
from ..options import Presentation
from .figures import count, day, headline, impossible, is_over, percent, points

MOST = {"domain": 15, "provider": 15, "address": 10}
"""Rows that are shown of a long table where no `--by` asks for it."""

_TITLES = {
    "campaign": "By campaign",
    "period": "By month",
    "cause": "By cause, in the order of effect",
    "type": "By type",
    "provider": "By receiving provider",
    "domain": "By receiving domain",
    "address": "Repeat offenders",
}
_COLUMNS: dict[str, Sequence[str]] = {
    "campaign": ("campaign", "at", "sent", "bounced", "permanent", "temporary", "rate", "change"),
    "period": ("month", "sent", "bounced", "permanent", "temporary", "rate", "change"),
    "cause": ("cause", "title", "bounced", "share", "rate"),
    "type": ("type", "bounced", "share", "rate"),
    "provider": ("provider", "sent", "bounced", "share", "rate"),
    "domain": ("domain", "provider", "sent", "bounced", "share", "rate"),
    "address": ("address", "bounced", "first", "last", "type", "cause"),
}
_TEXTS = {"campaign", "month", "cause", "title", "type", "provider", "domain", "address"}


def render(report: BounceReport, by: str, how: Presentation) -> str:
    """Write the report as text; colours only on a terminal. by: only this table, '' for all."""
    console = open_canvas(how)
    line, style = headline(report)
    console.print(Text(how.say(line), style=f"bold {style}"), soft_wrap=True)
    _asked(console, report, how)
    from . import table_by

    for one in [by] if by else _TITLES:
        table = table_by(report, one, how)
        if len(table):
            _table(console, one, table, how, whole=bool(by))
    if not by or by == "cause":
        _remedies(console, report, how)
    return drawn(console)


def _asked(console: Console, report: BounceReport, how: Presentation) -> None:
    """Ask for what is not known; it is never guessed."""
    for name in report.unknown:
        told = f"How many were sent is not known: {printable(name)}."
        console.print(Text(how.say(told), style="yellow"), soft_wrap=True)
    if report.unknown:
        ask = "Say it: listhygiene bounces sent CAMPAIGN --count N (or --list FILE)."
        console.print(Text(how.say(ask)), soft_wrap=True)
    for name in impossible(report):
        told = f"More bounced than were sent; correct the number: {printable(name)}."
        console.print(Text(how.say(told), style="yellow"), soft_wrap=True)
    unnamed = int(report.total["unnamed"].iloc[0])
    if unnamed:
        told = f"{count(unnamed)} bounced in no campaign that is known; they are in no rate."
        console.print(Text(how.say(told)), soft_wrap=True)
        ask = "Say to whom one was sent: listhygiene bounces sent CAMPAIGN --list FILE --at DATE."
        console.print(Text(how.say(ask)), soft_wrap=True)


def _table(
    console: Console,
    by: str,
    table: pd.DataFrame,
    how: Presentation,
    *,
    whole: bool,
) -> None:
    console.print()
    console.print(Text(how.say(_TITLES[by]), style="bold"))
    drawn = Table(box=None, pad_edge=False)
    for name in _COLUMNS[by]:
        drawn.add_column(
            Text(how.say(name)),
            justify="left" if name in _TEXTS else "right",
            overflow="fold",
        )
    if "over" in table:
        drawn.add_column("")
    shown = table if whole else table.head(MOST.get(by, len(table)))
    for row in shown.to_dict("records"):
        cells = [_cell(name, row[name], how) for name in _COLUMNS[by]]
        over = is_over(row.get("over", pd.NA))
        if "over" in row:
            cells.append(how.say("over") if over else "")
        drawn.add_row(*cells, style="red" if over else "")
    console.print(drawn)
    if len(shown) < len(table):
        console.print(Text(how.say(f"and {count(len(table) - len(shown))} more"), style="dim"))


def _cell(name: str, value: Any, how: Presentation) -> str:
    if name in ("rate", "share"):
        return percent(value)
    if name == "change":
        return points(value)
    if name in ("at", "first", "last"):
        return day(value)
    if name in ("sent", "bounced", "permanent", "temporary"):
        return count(value)
    if name == "campaign" and not value:
        return how.say("(none named)")
    return printable(how.say(str(value)) if name == "type" else str(value))


def _remedies(console: Console, report: BounceReport, how: Presentation) -> None:
    if not len(report.causes):
        return
    console.print()
    console.print(Text(how.say("What to do, in the order of effect"), style="bold"))
    for row in report.causes.to_dict("records"):
        head = f"{row['cause']} {row['title']} ({count(row['bounced'])}, {percent(row['share'])})"
        console.print(Text(head), soft_wrap=True)
        for line in str(row["remedy"]).splitlines():
            console.print(Text(f"  {line}", style="dim"), soft_wrap=True)
