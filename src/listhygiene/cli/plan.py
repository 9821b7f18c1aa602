"""`listhygiene plan`: daily batches of a send."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from . import options
from .output import progress_bar, put

if TYPE_CHECKING:
    from ..planning import Plan
    from ..reports.options import Presentation

SHOWN = 5
"""Providers of a day that the text names."""


@click.command("plan")
@click.argument("path", metavar="LIST")
@click.option("--per-day", type=click.IntRange(1), help="At most so many a day; the policy's else.")
@click.option(
    "--per-provider", type=click.IntRange(1), help="At most so many a day to one provider."
)
@click.option("-o", "--out", metavar="FOLDER", help="Write a list a day there.")
@options.policy_options
@options.from_option
@options.sender_options
@options.list_options
@options.dns_options
@options.blocklist_option
@options.rule_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--output", metavar="FILE", help="Write the table there instead.")
@options.progress_options
def command(path: str, out: str | None, form: str, **given: Any) -> None:
    """Split a send into daily batches, the freshest contacts first.

    Contacts for review and on hold are in no batch. A provider is who receives the mail: the domain
    of the mail server that DNS names. Without -o only the table is shown.
    """
    policy = options.make_policy(given)
    from ..planning import plan
    from ..reports.options import Presentation

    with progress_bar(given) as progress:
        made = plan(
            path,
            given["per_day"] or 0,
            given["per_provider"] or 0,
            out,
            policy,
            progress=progress,
        )
    how = Presentation(lang=policy.lang)
    put((_json if form == "json" else _text)(made, how), given["output"], sys.stdout)


def _text(made: Plan, how: Presentation) -> str:
    from rich.console import Console
    from rich.table import Table

    from ..address.mask import printable
    from ..model.quantity import quantity

    say = how.say
    days = len(made.batches)
    who, when = quantity(made.contacts, "contact"), quantity(days, "day")
    lines = [say(f"{who} in {when}, at most {made.per_day} a day")]
    if made.per_provider:
        lines.append(say(f"at most {made.per_provider} a day to one provider"))
    left = sum(made.left_out.values())
    if left:
        lines.append(say(f"left out, for review or on hold: {quantity(left, 'contact')}"))
    if made.report.decision.exit_code:
        lines.append(say(f"the gate of the whole list is {made.report.decision.gate}"))
    if made.repaired:
        lines.append(say(f"repaired: {quantity(made.repaired, 'cell')}"))
    table = Table(box=None, pad_edge=False, padding=(0, 1), show_edge=False)
    for name, justify in (("day", "right"), ("date", "left"), ("contacts", "right")):
        table.add_column(say(name), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    table.add_column(say("last mailed since"), no_wrap=True)
    table.add_column(say("by provider"), overflow="fold")
    for one in made.batches:
        table.add_row(
            str(one.day),
            one.date.date().isoformat(),
            str(len(one.rows)),
            one.oldest.date().isoformat() if one.oldest is not None else say("unknown"),
            printable(_providers(one.providers, how)),
        )
    console = Console(width=100, no_color=True, highlight=False, emoji=False, markup=False)
    with console.capture() as drawn:
        console.print(table)
    lines += ["", *(line.rstrip() for line in drawn.get().splitlines())] if days else []
    lines += ["", *(printable(one.file) for one in made.batches)] if _written(made) else []
    return "\n".join(lines) + "\n"


def _written(made: Plan) -> bool:
    return any(one.file for one in made.batches)


def _providers(counts: dict[str, int], how: Presentation) -> str:
    named = [f"{name} {number}" for name, number in list(counts.items())[:SHOWN]]
    rest = list(counts.values())[SHOWN:]
    if rest:
        named.append(how.say(f"{len(rest)} others {sum(rest)}"))
    return ", ".join(named)


def _json(made: Plan, how: Presentation) -> str:
    document = {
        "schema": 1,
        "list": made.report.lists[0].contacts.listing.path,
        "gate": str(made.report.decision.gate),
        "contacts": made.contacts,
        "per_day": made.per_day,
        "per_provider": made.per_provider or None,
        "left_out": made.left_out,
        "repaired": made.repaired,
        "days": [
            {
                "day": one.day,
                "date": one.date.date().isoformat(),
                "contacts": len(one.rows),
                "last_mailed_since": one.oldest.date().isoformat() if one.oldest else None,
                "providers": one.providers,
                "file": one.file or None,
            }
            for one in made.batches
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
