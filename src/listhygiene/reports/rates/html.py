"""The bounce rates as one HTML page with pictures: nothing is fetched, and there is no script."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...model.bounce_report import BounceReport
from ..html import shown
from ..options import Presentation
from .figures import count, day, headline, impossible, is_over, percent, points

if TYPE_CHECKING:
    import jinja2

MOST_CAMPAIGNS = 36
MOST_DOMAINS = 15
MOST_OFFENDERS = 50
ENDS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
"""Where the axis of a rate may end."""

_OWN = (
    ".scroll { overflow-x: auto; }",
    ".scroll th, .scroll td { overflow-wrap: normal; font-variant-numeric: tabular-nums; }",
    ".scroll td:first-child { overflow-wrap: anywhere; min-width: 8rem; }",
    ".rate-line { stroke: var(--text); stroke-width: 2; stroke-dasharray: 4 3; }",
    ".lane { margin: 0 0 .9rem; break-inside: avoid; }",
)
"""What this page needs beside the style of the report."""

_MARKS = {"red": ("✕", "is-closed"), "green": ("✓", "is-open"), "yellow": ("?", "is-undecided")}


def render(report: BounceReport, how: Presentation) -> str:
    """Write the page; everything is escaped, and addresses are masked unless asked for."""
    style = _style()
    line, colour = headline(report)
    named = report.campaigns[report.campaigns["campaign"].ne("").to_numpy(dtype=bool)]
    offenders = report.offenders.head(MOST_OFFENDERS)
    return _environment().get_template("rates.html.j2").render(
        say=how.say,
        lang=how.lang,
        style=style,
        policy=_content_policy(style),
        headline=line,
        mark=_MARKS[colour],
        report=report,
        unnamed=int(report.total["unnamed"].iloc[0]),
        charts=[
            _chart("Rate by campaign", "campaign", _records(named.tail(MOST_CAMPAIGNS)), report),
            _chart("Rate by month", "month", _records(report.months), report),
        ],
        left_out=max(0, len(named) - MOST_CAMPAIGNS),
        impossible=impossible(report),
        causes=_records(report.causes),
        types=_records(report.types),
        providers=_records(report.providers.head(MOST_DOMAINS)),
        domains=_records(report.domains.head(MOST_DOMAINS)),
        offenders=_records(offenders.assign(address=offenders["address"].map(how.mask))),
    )  # fmt: skip


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("listhygiene.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = {"shown": shown, "count": count, "percent": percent, "points": points, "day": day}
    made.filters |= filters
    made.tests |= {"over": is_over, "known": lambda value: not pd.isna(value)}
    return made


@functools.cache
def _style() -> Any:
    from markupsafe import Markup

    part = resources.files("listhygiene.reports").joinpath("templates", "report.css")
    return Markup("\n".join([*part.read_text(encoding="utf-8").splitlines(), *_OWN]))


def _content_policy(style: str) -> str:
    """Allow this page its own style by its hash (CSP 3), and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): one for name, one in row.items()} for row in table.to_dict("records")]


def _chart(
    title: str, name: str, rows: list[dict[str, Any]], report: BounceReport
) -> dict[str, Any]:
    """Lay the rates and the line on one axis, which ends where all of them can be seen."""
    known = [float(row["rate"]) for row in rows if not pd.isna(row["rate"])]
    highest = max([2 * report.line, *(1.1 * one for one in known)])
    end = next((one for one in ENDS if highest <= one), max(1.0, highest))
    return {
        "title": title,
        "name": name,
        "rows": rows,
        "end": end,
        "any": bool(known),
        "line": 100 * report.line / end,
    }
