"""`listhygiene bounces`: read what came back, explain it, and report the rate."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from ..model.errors import UsageError
from . import options
from .output import progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from ..returns import Summary

READ_FORMATS = ("text", "jsonl", "csv")
REPORT_FORMATS = ("text", "json", "csv", "xlsx", "html")
BY = ("campaign", "cause", "type", "domain", "provider", "period", "address")

_campaign_option = click.option(
    "--campaign", default="", metavar="NAME", help="Campaign of bounces that name none themselves."
)


@click.group("bounces")
def command() -> None:
    """Read bounces into the blocklist, explain one, report the rate.

    PATH: messages (.eml), mbox, Maildir, JSON, JSON lines, CSV, XLSX, folders of these, gzip and
    ZIP of these, or - for standard input. What a file is, is told by its content.
    """


@command.command("add")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@_campaign_option
@options.policy_options
@options.blocklist_option
@options.progress_options
def add(paths: tuple[str, ...], campaign: str, **given: Any) -> int:
    """Enter bounces into the blocklist; the same again changes nothing.

    Exit code: 0, 3 where a file that was named itself could not be read.
    """
    policy = options.make_policy(given)
    from ..returns import add_bounces

    with progress_bar(given) as progress:
        summary = add_bounces(paths, policy, campaign=campaign, progress=progress)
    return _closed(summary, policy.lang, given, stored=True)


@command.command("read")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@_campaign_option
@click.option("--format", "form", type=click.Choice(READ_FORMATS), default="text")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@options.policy_options
@options.show_addresses
@options.progress_options
def read(paths: tuple[str, ...], campaign: str, form: str, out: str | None, **given: Any) -> int:
    """Print what `add` would enter, a line a recipient, and store nothing.

    jsonl and csv hold whole addresses; text masks them unless --show-addresses is given, and then
    leaves the server's words out, which repeat them.
    """
    policy = options.make_policy(given)
    from ..returns import Summary, read_bounces
    from ..wording import speaker

    summary = Summary()
    with progress_bar(given) as progress:
        lines = read_bounces(paths, campaign=campaign, progress=progress, summary=summary)
        if form == "text":
            drawn = _text(lines, bool(given["show_addresses"]), speaker(policy.lang))
        else:
            drawn = _jsonl(lines) if form == "jsonl" else _csv(lines)
        _write(drawn, out)
    return _closed(summary, policy.lang, given, stored=False)


@command.command("explain")
@click.argument("path", metavar="FILE")
@options.policy_options
@options.sender_options
@options.show_addresses
def explain(path: str, show_addresses: bool, **given: Any) -> None:
    """Show of one message what was read, and which line decided."""
    policy = options.make_policy(given)
    from ..explaining import explained
    from ..reports.options import Presentation

    how = Presentation(lang=policy.lang or "en", show_addresses=show_addresses)
    for line in explained(path, policy, how):
        click.echo(line)


@command.command("sent")
@click.argument("campaign")
@click.option("--count", type=click.IntRange(0), help="How many contacts it was sent to.")
@click.option("--list", "path", metavar="FILE", help="The list that it was sent to.")
@click.option("--at", metavar="DATE", help="When it was sent; else as known, or today.")
@options.policy_options
@options.list_options
@options.blocklist_option
@options.progress_options
def sent(campaign: str, count: int | None, path: str | None, at: str | None, **given: Any) -> None:
    """Say how many a campaign was sent to, or to whom; without it there is no rate."""
    if (count is None) == (path is None):
        raise UsageError(
            "how many were sent is to be told in one way",
            remedy="Give either --count N or --list FILE.",
        )
    policy = options.make_policy(given)
    from ..bounce_rate import enter_sent
    from ..wording import speaker

    known = enter_sent(campaign, policy, count=count, path=path, at=_day(at, "--at"))
    if not given["quiet"]:
        click.echo(speaker(policy.lang)(f"{campaign}: {known:,} sent."), err=True)


@command.command("report")
@click.option("--campaign", "campaigns", metavar="NAME", multiple=True, help="Only these.")
@click.option("--since", metavar="DATE", help="Sent on this day or later.")
@click.option("--until", metavar="DATE", help="Sent before this day.")
@click.option("--by", type=click.Choice(BY), help="Only this table; csv: campaign.")
@click.option("--format", "form", type=click.Choice(REPORT_FORMATS), default="text")
@click.option("-o", "--out", metavar="FILE", help="Write there instead.")
@options.policy_options
@options.sender_options
@options.blocklist_option
@options.show_addresses
def report(
    campaigns: tuple[str, ...],
    since: str | None,
    until: str | None,
    by: str | None,
    form: str,
    out: str | None,
    **given: Any,
) -> None:
    """Show the bounce rate against the 5 % line, or the platform's own.

    By campaign, month, cause with its remedy, type, receiving provider and domain, and who bounced
    again and again.
    """
    policy = options.make_policy(given)
    from ..bounce_rate import bounce_report
    from ..reports.options import Presentation
    from ..reports.rates import render, table_by, tables
    from .tables import write_table, write_workbook

    found = bounce_report(
        policy, since=_day(since, "--since"), until=_day(until, "--until"), campaigns=campaigns
    )
    terminal = out is None and form == "text" and sys.stdout.isatty()
    how = Presentation(policy.lang or "en", bool(given["show_addresses"]), terminal)
    if form == "xlsx" and not by:
        write_workbook(tables(found, how), out)
    elif form in ("csv", "xlsx"):
        write_table(table_by(found, by or "campaign", how), form, out)
    else:
        _write([render(found, form, by or "", how)], out)


def _day(text: str | None, option: str) -> datetime | None:
    if not text:
        return None
    import pandas as pd

    try:
        return _utc(pd.Timestamp(text))
    except ValueError:
        raise UsageError(
            f"{text!r} is no day", place=option, remedy="Write it as 2026-11-23."
        ) from None


def _utc(day: Any) -> datetime:
    at: datetime = (day.tz_localize("UTC") if day.tzinfo is None else day).to_pydatetime()
    return at


def _write(parts: Iterable[str], out: str | None) -> None:
    """Write texts to the standard output as they come, or to a file all at once."""
    if out is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    from ..files import replacing

    with replacing(out) as stream:
        for part in parts:
            stream.write(part.encode("utf-8", "backslashreplace"))


def _jsonl(lines: Iterable[dict[str, Any]]) -> Iterable[str]:
    for line in lines:
        yield json.dumps(line, ensure_ascii=False) + "\n"


def _csv(lines: Iterable[dict[str, Any]]) -> Iterable[str]:
    import csv
    import io

    from ..formulas import escape_formula
    from ..returns import FIELDS

    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\r\n")
    rows.writerow(FIELDS)
    for line in lines:
        rows.writerow([escape_formula(str(line[name] or "")) for name in FIELDS])
        yield stream.getvalue()
        stream.seek(0)
        stream.truncate()
    yield stream.getvalue()


def _text(lines: Iterable[dict[str, Any]], show: bool, say: Callable[[str], str]) -> Iterable[str]:
    """Write a line an event: whose, what, why, where from; with addresses also the words."""
    from ..address.mask import mask, printable

    for line in lines:
        who = (line["address"] or "-") if show else mask(line["address"] or "") or "-"
        what = " ".join(
            part
            for part in (
                say(line["kind"]),
                say(line["type"] or ""),
                f"{line['code']} {line['cause']}" if line["code"] else "",
                line["status"] or line["reply"] or "",
            )
            if part
        )
        words = f": {line['diagnostic']}" if show and line["diagnostic"] else ""
        yield printable(f"{who}  {what}  ({line['file']}){words}") + "\n"


def _closed(summary: Summary, lang: str, given: dict[str, Any], *, stored: bool) -> int:
    """Account for every file, and return the exit code."""
    from ..wording import speaker, tell

    say = speaker(lang)
    for one in summary.unreadable:
        if one.named or not given["quiet"]:
            click.echo(f"listhygiene: {tell(one.error, lang)}", err=True)
    if not given["quiet"]:
        for line in _counts(summary, stored, say):
            click.echo(say(line), err=True)
    return 3 if summary.failed else 0


def _counts(summary: Summary, stored: bool, say: Callable[[str], str]) -> Iterable[str]:
    yield (
        f"Files: {summary.files} (with bounces: {summary.bounces}, undecided: {summary.doubtful}, "
        f"without: {summary.ordinary}, unreadable: {len(summary.unreadable)}, "
        f"entered before: {summary.repeated})."
    )
    if summary.kinds:
        kinds = ", ".join(f"{say(kind)} {number}" for kind, number in sorted(summary.kinds.items()))
        yield f"Notices: {kinds}."
    if stored:
        yield f"Blocklist entries: {summary.new} new, {summary.known} known already."
    if summary.undecided and stored:
        yield (
            f"Undecided, kept whole for a person: {summary.undecided} "
            "(listhygiene blocklist undecided)."
        )
