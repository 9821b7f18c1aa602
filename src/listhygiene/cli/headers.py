"""`listhygiene headers`: what the columns are for, and what a platform's import expects."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import click

from ..model.command import shell_word
from . import options

if TYPE_CHECKING:
    from ..importing import Columns
    from ..wording import Say

WIDTH = 120
"""Columns of the table at least, since headers are long."""

BY = {
    "option": "named by you",
    "alias": "by its header",
    "content": "by its content",
}
"""How a column came to its role."""


@click.command("headers")
@click.argument("lists", metavar="LIST...", nargs=-1, required=True)
@options.policy_options
@options.list_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@options.show_addresses
def command(lists: tuple[str, ...], form: str, **given: Any) -> int:
    """Show what each column of a list is for and, with --platform, what its import expects.

    `listhygiene clean LIST -o OUT --platform NAME` writes the headers shown, and files of as many
    rows as the import takes. Exit code: 0, 2 usage, 3 a list could not be read.
    """
    policy = options.make_policy(given)
    from ..importing import document, map_columns

    mapping = map_columns(lists, policy)
    if form == "json":
        click.echo(json.dumps(document(mapping), ensure_ascii=False, indent=1))
        return 3 if mapping.troubles else 0
    from ..wording import speaker

    say = speaker(policy.lang)
    for one in mapping.lists:
        _show(one, say, bool(given["show_addresses"]))
    for file, why in mapping.skipped.items():
        click.echo(say(f"Skipped {file}: it {why}."))
    for why in mapping.troubles.values():
        click.echo(f"listhygiene: {why}", err=True)
    return 3 if mapping.troubles else 0


def _show(one: Columns, say: Say, addresses: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from ..address.mask import printable
    from ..model.quantity import quantity

    listing = one.listing
    where = f"header in line {listing.header_line}" if listing.header_line else "no header"
    form = [listing.sheet and say(f"sheet {listing.sheet}"), listing.encoding, say(where)]
    rows = say(quantity(len(listing.frame), "contact"))
    click.echo(f"{printable(listing.path)}: {rows}, {', '.join(filter(None, form))}")
    for note in listing.notes:
        click.echo(f"  {say('note')}: {printable(say(note))}")
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    titles = ["#", "header", "role", "", "cells look like", "suggested header"]
    for name in titles + ([one.platform.title] if one.platform else []):
        table.add_column(say(name), overflow="fold")
    for place, row in one.headers.iterrows():
        cells = [
            str(int(str(place)) + 1),
            _shown(row["header"], addresses) or say("(blank)"),
            say(row["role"]) or "–",
            say(BY.get(row["by"], "")),
            say(row["content_role"]) + (f" ({row['order']})" if row["order"] else ""),
            row["standard"],
        ]
        if one.platform:
            new = one.renames.get(int(str(place)))
            cells.append(new or (row["header"] if row["role"] and not addresses else ""))
        table.add_row(*map(printable, cells))
    width = max(WIDTH, shutil.get_terminal_size().columns)
    Console(markup=False, highlight=False, emoji=False, width=width).print(table)
    if one.platform:
        _show_import(one, say)


def _shown(header: str, addresses: bool) -> str:
    from ..address.mask import mask

    return header if addresses or "@" not in header else mask(header)


def _show_import(one: Columns, say: Say) -> None:
    from ..address.mask import printable
    from ..model.quantity import quantity

    assert one.platform is not None
    title = one.platform.title
    if not one.platform.rules:
        click.echo(say(f"{title} publishes nothing of an import."))
    problems = [it for it in one.problems if it.fact != "headers"]  # the table has those
    for problem in problems:
        click.echo(f"  {say(str(problem.severity))}: {printable(say(str(problem)))}")
    for fact, source in {it.fact: it.source for it in problems}.items():
        note = one.platform.notes.get(fact)
        click.echo(f"  {title}, {fact}: {f'{note}; ' if note else ''}{source}")
    if one.renames:
        click.echo(say(f"Called otherwise by {title}: {quantity(len(one.renames), 'header')}."))
    if one.files > 1:
        limit = one.platform.row_limit(one.listing.format)
        click.echo(say(f"{title} takes {limit:,} rows a file: {one.files} files."))
    if one.renames or one.files > 1:
        click.echo(
            say(
                f"listhygiene clean {shell_word(one.listing.path)} -o OUT "
                f"--platform {one.platform.name} "
                "writes it so."
            )
        )
