"""`listhygiene clean`: the same list back, repaired and annotated."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..readahead import read_ahead
from . import options
from .output import present, progress_bar

if TYPE_CHECKING:
    from ..cleaning import Cleaned


@click.command("clean")
@click.argument("lists", metavar="LIST...", nargs=-1, required=True)
@click.option("-o", "--out", metavar="OUT", help="The file to write; for several the folder.")
@click.option("--in-place", is_flag=True, help="Replace the lists themselves.")
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
@click.option("--values-only", is_flag=True, help="Write a workbook anew, with its texts only.")
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
def command(lists: tuple[str, ...], out: str | None, in_place: bool, **given: Any) -> None:
    """Give the same list back: safe repairs applied, four columns appended, nothing else changed.

    LIST is a file, a folder, a pattern such as "exports/*.csv", or a zip archive; several are
    judged together. A change log is written beside each output; `listhygiene undo OUT` takes
    everything back. With --platform the headers and the number of rows a file are as its import
    expects them: OUT.1, OUT.2 and so on; what is no contact (lines above the headers, a repeated
    header, totals) is left out.
    """
    if len(lists) == 1:
        read_ahead(lists[0])
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
        values_only=given["values_only"],
    )
    with progress_bar(given) as progress:
        cleaned = clean(lists, out, policy, how, progress=progress, spare=True)
    if given["formats"]:
        present(cleaned.report, policy.lang, given, sys.stdout)
    if not given["quiet"]:
        _tell(cleaned, policy.lang)


def _tell(cleaned: Cleaned, lang: str) -> None:
    from ..model.quantity import quantity
    from ..wording import speaker

    say = speaker(lang)
    for file, rows in cleaned.files.items():
        click.echo(say(f"Wrote {file}: {quantity(rows, 'contact')}."), err=True)
    click.echo(say(f"{quantity(len(cleaned.changes), 'cell')} changed."), err=True)
    for log in cleaned.logs:
        click.echo(
            say(f"Every change is in {log}; take them back with listhygiene undo."), err=True
        )
    for note in cleaned.notes:
        click.echo(say(note), err=True)
    for file, why in cleaned.skipped:
        click.echo(say(f"Skipped {file}: it {why}."), err=True)
