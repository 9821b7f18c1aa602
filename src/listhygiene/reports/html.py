"""The report as one HTML page: nothing is fetched, and it works without a script."""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from ..address.mask import printable
from ..headers import SHOWN
from ..model.quantity import quantity
from ..model.report import Gate, ListReport, ProjectedBounce, Report, SenderReport, unaccepted
from .figures import causes, mailed_texts, months, rows_with_findings, worst_domains
from .options import Presentation
from .tally import baseline_lines, column_name, line_of, tally, verdict_counts

if TYPE_CHECKING:
    import jinja2

NAME = "html"

MOST_ROWS = 2000
"""Rows that the table of contacts shows; the whole is in the formats csv and json."""
LONGEST = 300
"""Characters of a text from the file that are shown."""

MARKS = {Gate.OPEN: "✓", Gate.CLOSED: "✕", Gate.UNDECIDED: "?"}
HEADLINES = {
    Gate.OPEN: "OPEN: this may be mailed.",
    Gate.CLOSED: "CLOSED: do not mail this yet.",
    Gate.UNDECIDED: "UNDECIDED: it could not be judged.",
}


def render(report: Report, how: Presentation) -> str:
    """Write the page; whatever comes from the file is escaped, and addresses are masked."""
    style, script = _own("report.css"), _own("report.js")
    page = _environment().get_template("report.html.j2")
    return page.render(
        say=how.say,
        lang=how.lang,
        style=style,
        script=script,
        policy=_content_policy(style, script),
        gate=str(report.decision.gate),
        mark=MARKS[report.decision.gate],
        headline=HEADLINES[report.decision.gate],
        reasons=[one for one in report.decision.reasons if one.decision != Gate.OPEN],
        warnings=[one for one in report.decision.reasons if one.decision == Gate.OPEN],
        lists=[_list(report, one, how) for one in report.lists],
        senders=[_sender(report, one, how) for one in report.senders],
        skipped=_skipped(report),
        baseline=baseline_lines(report, how),
        sources=_sources(report),
        as_of=report.as_of.date().isoformat(),
        version=report.version,
    )


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("listhygiene.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "shown": shown,
        "whole": _whole,
        "count": _count,
        "percent": _percent,
        "quantity": quantity,
    }
    return made


def _whole(text: object) -> str:
    """Show a record of DNS as it stands, to be copied, but for what steers."""
    return printable(str(text))


def shown(text: object) -> str:
    """Return a text from the file as a page may show it: of sane length, one direction, one line.

    Jinja escapes the markup. Bidirectional and control characters become \\uXXXX, since they would
    make a page say another thing than the file; half surrogates, which no encoding holds, too.
    """
    whole = printable(str(text))
    if len(whole) > LONGEST:
        whole = f"{whole[:LONGEST]}…"
    return whole.encode("utf-8", "backslashreplace").decode("utf-8")


def _count(number: int) -> str:
    return f"{number:,}"


def _percent(share: float) -> str:
    return f"{share:.1%}"


@functools.cache
def _own(name: str) -> Any:
    from markupsafe import Markup

    part = resources.files("listhygiene.reports").joinpath("templates", name)
    return Markup("\n".join(part.read_text(encoding="utf-8").splitlines()))


def _content_policy(style: str, script: str) -> str:
    """Allow this page its own style and script by their hashes (CSP 3), and nothing else at all."""

    def mark(text: str) -> str:
        digest = hashlib.sha256(text.encode("utf-8")).digest()
        return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"

    return (
        f"default-src 'none'; style-src {mark(style)}; script-src {mark(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _list(report: Report, one: ListReport, how: Presentation) -> dict[str, Any]:
    listing = one.contacts.listing
    counts = verdict_counts(one)
    total = len(one.verdicts)
    stale = report.policy.get("stale.months")
    found, rows = rows_with_findings(one, MOST_ROWS)
    headers = one.contacts.headers
    roles = [
        (how.column(str(name)), role)
        for name, role in zip(headers["header"], headers["role"], strict=True)
        if role
    ]
    counted = tally(report, one, how.examples)
    return {
        "path": listing.path,
        "form": listing.format.upper(),
        "sheet": listing.sheet,
        "encoding": listing.encoding,
        "header_line": listing.header_line,
        "notes": listing.notes,
        "roles": roles[:SHOWN],
        "more_roles": f", … ({len(roles):,})" if len(roles) > SHOWN else "",
        "total": total,
        "verdicts": [(name, n, n / total if total else 0.0) for name, n in counts.items()],
        "rules": counted,
        "most": max((it.count for it in counted), default=1),
        "causes": causes(one),
        "domains": worst_domains(one),
        "bounce": _bounce(one.projected, report.policy),
        "months": months(one, report.as_of, stale if isinstance(stale, int) else 6),
        "rows": _rows(report, one, found, how),
        "with_findings": rows,
        "clean": total - rows,
    }


def _bounce(rate: ProjectedBounce, policy: Mapping[str, object]) -> dict[str, Any]:
    """Lay the two ranges and the limit on one axis, which ends where all of them can be seen."""
    limit = _share(policy.get("gate.bounce_floor"))
    end = max(2 * (limit or 0.0), 1.25 * rate.ceiling, 1.25 * rate.send_ceiling, 0.02)
    end = next((one for one in (0.02, 0.05, 0.1, 0.2, 0.5) if end <= one), 1.0)
    return {
        "lanes": [
            ("the list as it is", rate.floor, rate.ceiling),
            ("its send part", rate.send_floor, rate.send_ceiling),
        ],
        "limit": limit,
        "end": end,
        "bound": rate.bound,
    }


def _share(value: object) -> float | None:
    text = str(value)
    return float(text[:-1]) / 100 if text.endswith("%") else None


def _rows(report: Report, one: ListReport, found: Any, how: Presentation) -> list[dict[str, Any]]:
    """Return the rows to show: line, verdict, address and findings of each."""
    addresses = mailed_texts(one)
    texts = one.contacts.texts["text"]
    made: dict[int, dict[str, Any]] = {}
    for finding in found.itertuples(index=False):
        row = int(finding.row)
        if row not in made:
            address = str(addresses.iloc[row])
            made[row] = {
                "line": line_of(one, row),
                "verdict": str(one.verdicts.iloc[row]),
                "address": how.mask(address) if address else "",
                "findings": [],
            }
        rule = report.rules[str(finding.rule)]
        aside = not finding.weighs and finding.column >= 0
        made[row]["findings"].append(
            {
                "code": rule.code,
                "severity": str(finding.severity),
                "message": rule.message,
                "detail": finding.detail,
                "column": how.column(column_name(one, int(finding.column))) if aside else "",
                "text": texts.loc[finding.text_id]
                if how.show_addresses and finding.text_id >= 0
                else "",
            }
        )
    return list(made.values())


def _sender(report: Report, one: SenderReport, how: Presentation) -> dict[str, Any]:
    found = unaccepted(one.findings)
    columns = zip(found["rule"], found["severity"], found["detail"], strict=True)
    return {
        "address": how.mask(one.address),
        "findings": [
            (report.rules[str(code)], str(severity), str(detail))
            for code, severity, detail in columns
        ],
        "facts": [(name, _fact(value)) for name, value in one.facts.items() if value],
    }


def _fact(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(_fact(one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {one}" for name, one in value.items() if one)
    return str(value)


def _skipped(report: Report) -> list[tuple[str, str]]:
    by_reason: dict[str, list[str]] = {}
    for code, why in sorted(report.skipped.items()):
        by_reason.setdefault(why, []).append(code)
    return [(", ".join(codes), why) for why, codes in by_reason.items()]


def _sources(report: Report) -> dict[str, Any]:
    sources = report.sources
    blocklist = sources.get("blocklist")
    versions = sources.get("domains")
    return {
        "dns": sources.get("dns", ""),
        "blocklist": blocklist if isinstance(blocklist, Mapping) else {},
        "versions": versions if isinstance(versions, Mapping) else {},
    }
