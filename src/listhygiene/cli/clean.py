"""`listhygiene clean`: the same list back, repaired and annotated."""

from __future__ import annotations

import sys
from typing import Any

import click

from ..model.errors import UsageError
from . import options
from .output import present, progress_bar


@click.command("clean")
@click.argument("path", metavar="LIST")
@click.option("-o", "--out", metavar="OUT", help="The file to write.")
@click.option("--in-place", is_flag=True, help="Replace the list itself.")
@click.option("--accept", metavar="CODES", multiple=True, help="Apply these rules' proposals.")
@click.option(
    "--only",
    type=click.Choice(["send", "review", "hold"]),
    multiple=True,
    help="Keep only contacts of this verdict.",
)
@click.option("--split", is_flag=True, help="One file a verdict: OUT.send, OUT.review, OUT.hold.")
@click.option("--quarantine", metavar="FILE", help="Write rows out of balance there, raw.")
@click.option(
    "--csv-formulas",
    "formulas",
    type=click.Choice(["keep", "escape", "refuse"]),
    default="keep",
    help="What becomes of cells that a spreadsheet would execute (CSV).",
)
@options.policy_options
@options.list_options
@options.dns_options
@options.blocklist_option
@options.rule_options
@click.option(
    "--format", "formats", metavar="NAME[=FILE]", multiple=True, help="Also write the report."
)
@options.show_addresses
@options.progress_options
def command(path: str, out: str | None, in_place: bool, **given: Any) -> None:
    """Give the same list back: safe repairs applied, four columns appended, nothing else changed.

    A change log is written beside the output; `listhygiene undo OUT` takes everything back.
    """
    target = out or (path if in_place else None)
    if target is None:
        raise UsageError("there is no output", remedy="Name it with -o OUT, or say --in-place.")
    if given["split"] and given["only"]:
        raise UsageError("--split and --only exclude each other", remedy="Leave one out.")
    policy = options.make_policy(given)
    from ..cleaning import Cleaning, clean

    how = Cleaning(
        accept=tuple(code for part in given["accept"] for code in part.replace(",", " ").split()),
        only=given["only"],
        split=given["split"],
        in_place=in_place,
        formulas=given["formulas"],
        quarantine=given["quarantine"],
        rename=bool(given.get("platform")),
    )
    with progress_bar(given) as progress:
        cleaned = clean(path, target, policy, how, progress=progress)
    if given["formats"]:
        present(cleaned.report, policy.lang, given, sys.stdout)
    if not given["quiet"]:
        _tell(cleaned, policy.lang)


def _tell(cleaned: Any, lang: str) -> None:
    from ..wording import speaker

    say = speaker(lang)
    for file, rows in cleaned.files.items():
        click.echo(say(f"Wrote {file}: {rows} contacts."), err=True)
    click.echo(say(f"{len(cleaned.changes)} cells repaired."), err=True)
    for log in cleaned.logs:
        click.echo(
            say(f"Every change is in {log}; take them back with listhygiene undo."), err=True
        )
    for note in cleaned.notes:
        click.echo(say(note), err=True)
