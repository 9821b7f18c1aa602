"""`listhygiene apply`: the accepted repairs of a change log, on a newer copy of the list."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from . import options

if TYPE_CHECKING:
    from ..merging import Merged

SHOWN = 20
"""How many repairs that no longer fit are shown as text; JSON has them all."""


@click.command("apply")
@click.argument("log")
@click.argument("to")
@click.option("-o", "--out", metavar="OUT", help="The file to write.")
@click.option("--in-place", is_flag=True, help="Replace TO itself.")
@options.policy_options
@options.list_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@options.show_addresses
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but the result.")
def command(log: str, to: str, out: str | None, in_place: bool, **given: Any) -> None:
    """Make the repairs of LOG, a change log of `clean`, on TO, a newer copy of the list.

    A cell is found by its column's header and the text that was repaired; where the list has a
    column that names its rows (an id, 会員番号), by that too. What no longer fits is told. The
    change log of this run stands beside the output; `listhygiene undo OUT` takes it back.
    """
    policy = options.make_policy(given)
    from ..merging import merge

    merged = merge(log, to, out, policy, in_place=in_place)
    if given["form"] == "json":
        click.echo(json.dumps(_document(merged, given), ensure_ascii=False, indent=1))
    elif not given["quiet"]:
        _tell(merged, policy.lang, given)


def _document(merged: Merged, given: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": 1,
        "out": merged.out,
        "log": merged.log,
        "applied": len(merged.changes),
        "done": merged.done,
        "notes": list(merged.notes),
        "misfits": [
            {
                "header": one.change.header,
                "line": one.line,
                "why": one.why,
                "rule": one.change.rule,
                **({"text": one.change.before} if given["show_addresses"] else {}),
            }
            for one in merged.misfits
        ],
    }


def _tell(merged: Merged, lang: str, given: dict[str, Any]) -> None:
    from ..address.mask import mask, printable
    from ..merging import misfit_lines
    from ..model.quantity import quantity
    from ..wording import speaker

    say = speaker(lang)
    click.echo(say(f"Wrote {merged.out}: {quantity(len(merged.changes), 'cell')} changed."))
    if merged.done:
        click.echo(say(f"{quantity(merged.done, 'cell')} had been repaired already."))
    for note in merged.notes:
        click.echo(say(note))
    if merged.misfits:
        click.echo(say(f"{quantity(len(merged.misfits), 'repair')} no longer fit:"))
    for line, text in list(misfit_lines(merged))[:SHOWN]:
        shown = text if given["show_addresses"] else mask(text)
        click.echo(f"  {printable(say(line))} ({printable(shown)})")
    if len(merged.misfits) > SHOWN:
        click.echo(say("  … (--format json shows all)"))
    if merged.log:
        click.echo(
            say(f"Every change is in {merged.log}; take them back with listhygiene undo."), err=True
        )
