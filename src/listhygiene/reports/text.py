"""The report for a person at a terminal: the answer first, then why, then what to do."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..address.mask import printable
from ..headers import SHOWN
from ..model.quantity import quantity
from ..model.report import Decision, Gate, ListReport, Report, SenderReport, unaccepted
from ..model.rule import Severity
from .canvas import drawn, open_canvas
from .options import Presentation
from .tally import Tally, baseline_lines, tally, verdict_counts

NAME = "text"

STYLES = {Gate.OPEN: "bold green", Gate.CLOSED: "bold red", Gate.UNDECIDED: "bold yellow"}
SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
HEADLINES = {
    Gate.OPEN: "OPEN: this may be mailed.",
    Gate.CLOSED: "CLOSED: do not mail this yet.",
    Gate.UNDECIDED: "UNDECIDED: it could not be judged.",
}


def render(report: Report, how: Presentation) -> str:
    """Write the report as text; colours only on a terminal."""
    console = open_canvas(how)
    _decision(console, report.decision, how)
    for one in report.lists:
        _list(console, report, one, how)
    for sender in report.senders:
        _sender(console, report, sender, how)
    _footer(console, report, how)
    return drawn(console)


def _decision(console: Console, decision: Decision, how: Presentation) -> None:
    console.print(Text(how.say(HEADLINES[decision.gate]), style=STYLES[decision.gate]))
    for reason in decision.reasons:
        mark = "!" if reason.decision == Gate.OPEN else "-"
        limit = f"{reason.key}: {how.say(reason.limit)}; {how.say(reason.origin)}"
        line = f"{mark} {how.say(reason.measure)} [{limit}]"
        console.print(Text(printable(line)), soft_wrap=True)
        console.print(Text(f"  {printable(how.say(reason.remedy))}", style="dim"), soft_wrap=True)


def _list(console: Console, report: Report, one: ListReport, how: Presentation) -> None:
    listing, say = one.contacts.listing, how.say
    console.print()
    console.print(Text(printable(listing.path), style="bold"), soft_wrap=True)
    form = [
        listing.format.upper(),
        say(f"sheet {listing.sheet}") if listing.sheet else "",
        listing.encoding or "",
        say(f"header in line {listing.header_line}") if listing.header_line else say("no header"),
    ]
    console.print(
        Text("  " + " · ".join([say(quantity(len(one.verdicts), "contact")), *filter(None, form)])),
        soft_wrap=True,
    )
    headers = one.contacts.headers
    roles = [
        f"{printable(how.column(str(name))) or say(f'column {place}')} = {say(role)}"
        for place, (name, role) in enumerate(
            zip(headers["header"], headers["role"], strict=True), start=1
        )
        if role
    ]
    more = f", … ({len(roles):,})" if len(roles) > SHOWN else ""
    told = ", ".join(roles[:SHOWN]) + more
    console.print(Text(f"  {say('columns')}: {told or say('none recognised')}"), soft_wrap=True)
    for note in listing.notes:
        console.print(Text(f"  {say('note')}: {printable(say(note))}"), soft_wrap=True)
    counts = verdict_counts(one)
    shares = "  ".join(f"{say(name)} {number}" for name, number in counts.items())
    console.print(Text(f"  {shares}"))
    rate = one.projected
    bound = say(" (upper bound)") if rate.bound else ""
    console.print(
        Text(
            f"  {say('projected bounce rate')}: {rate.floor:.1%} – {rate.ceiling:.1%}{bound}; "
            f"{say('of the send part')}: {rate.send_floor:.1%} – {rate.send_ceiling:.1%}{bound}"
        ),
        soft_wrap=True,
    )
    _findings(console, tally(report, one, how.examples), one, how)


def _findings(console: Console, counted: list[Tally], one: ListReport, how: Presentation) -> None:
    if not counted:
        console.print(Text(f"  {how.say('no findings')}"))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column(how.say("rule"), no_wrap=True)
    table.add_column(how.say("count"), justify="right", no_wrap=True)
    table.add_column(how.say("finding and remedy"), overflow="fold", ratio=1)
    table.add_column(how.say("lines"), overflow="fold", max_width=24)
    for it in counted:
        style = SEVERITY_STYLES[Severity(it.severity)]
        text = Text(how.say(it.rule.message), style=style)
        for detail, _ in it.details[:2]:
            text.append(f"\n{printable(how.say(detail))}", style="")
        text.append(f"\n{_arrow(how)}{how.say(it.rule.remedy)}", style="dim")
        lines = ", ".join(str(line) for line in it.lines)
        more = " …" if it.count > len(it.lines) else ""
        table.add_row(
            Text(how.say(it.severity), style=style), it.rule.code, str(it.count), text, lines + more
        )
    console.print(table)


def _sender(console: Console, report: Report, one: SenderReport, how: Presentation) -> None:
    console.print()
    shown = how.mask(one.address)
    console.print(Text(f"{how.say('sender')} {printable(shown)}", style="bold"), soft_wrap=True)
    found = unaccepted(one.findings)
    if not len(found):
        console.print(Text(f"  {how.say('no findings')}"))
    for code, severity, detail in zip(
        found["rule"], found["severity"], found["detail"], strict=True
    ):
        rule = report.rules[str(code)]
        style = SEVERITY_STYLES[Severity(str(severity))]
        head = f"  {how.say(str(severity))} {code} {how.say(rule.message)}"
        console.print(Text(head, style=style), soft_wrap=True)
        if detail:
            for line in how.say(str(detail)).splitlines():
                console.print(Text(f"    {printable(line)}"), soft_wrap=True)
        console.print(Text(f"    {_arrow(how)}{how.say(rule.remedy)}", style="dim"), soft_wrap=True)


def _arrow(how: Presentation) -> str:
    """A space would let a line break between the arrow and a Japanese sentence."""
    return "→" if how.lang == "ja" else "→ "


def _footer(console: Console, report: Report, how: Presentation) -> None:
    console.print()
    by_reason: dict[str, list[str]] = {}
    for code, why in sorted(report.skipped.items()):
        by_reason.setdefault(why, []).append(code)
    for why, codes in by_reason.items():
        line = f"{how.say('not judged')}: {', '.join(codes)} – {printable(how.say(why))}"
        console.print(Text(line, style="dim"), soft_wrap=True)
    sources = report.sources
    skipped = sources.get("skipped_files")
    for file, why in (skipped if isinstance(skipped, dict) else {}).items():
        line = printable(how.say(f"Skipped {file}: it {why}."))
        console.print(Text(line, style="dim"), soft_wrap=True)
    for line in baseline_lines(report, how):
        console.print(Text(line), soft_wrap=True)
    said = [
        f"{how.say('as of')} {report.as_of.date().isoformat()}",
        f"listhygiene {report.version}",
    ]
    said += [f"DNS: {printable(str(sources['dns']))}"] if "dns" in sources else []
    blocklist = sources.get("blocklist")
    if isinstance(blocklist, dict):
        said.append(
            f"{how.say('blocklist')}: "
            + how.say(quantity(blocklist.get("addresses", 0), "address", "addresses"))
        )
        if blocklist.get("due"):
            said.append(
                how.say(
                    f"{quantity(blocklist['due'], 'block is', 'blocks are')} due for examination"
                )
            )
    console.print(Text(" · ".join(said), style="dim"), soft_wrap=True)
    versions = sources.get("domains")
    if isinstance(versions, dict):
        listed = ", ".join(f"{name} {version}" for name, version in versions.items())
        console.print(Text(f"{how.say('lists')}: {listed}", style="dim"), soft_wrap=True)
