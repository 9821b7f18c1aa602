"""Where results go: standard output, files, and a progress bar that only a terminal sees."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

import click

from ..model.errors import UsageError

if TYPE_CHECKING:
    from ..model.report import Report
    from ..policy import Policy

Progress = Callable[[str, int, int], None]


def present(report: Report, lang: str, given: dict[str, Any], stream: TextIO) -> None:
    """Write the report in every format asked for: NAME to the stream, NAME=FILE to the file."""
    from ..reports import render
    from ..reports.options import Presentation

    wanted = wanted_formats(given.get("formats") or (), given.get("output"))
    rendered = []
    for name, file in wanted:  # all are made before any is written
        how = Presentation(
            lang=lang,
            show_addresses=bool(given.get("show_addresses")),
            terminal=file is None and stream.isatty(),
        )
        rendered.append((file, render(report, name, how)))
    for file, text in rendered:
        put(text, file, stream)


def put(text: str, file: str | None, stream: TextIO) -> None:
    """Write a result whole to a file, or to the stream where none is named."""
    from ..files import write_whole

    if file is None:
        click.echo(text, nl=False, file=stream)
    else:
        spare_inputs([file])
        write_whole(file, text.encode("utf-8", "backslashreplace"))


def spare_inputs(files: Iterable[str | None], policy: Policy | None = None) -> None:
    """Raise UsageError where a file to be written is an argument of the command, which it reads."""
    from ..overwriting import refuse_overwriting

    context = click.get_current_context(silent=True)
    if context is None:
        return
    named = [one.name for one in context.command.params if isinstance(one, click.Argument)]
    values = [context.params.get(name or "") for name in named]
    read = [text for one in values for text in ([one] if isinstance(one, str) else one or ())]
    refuse_overwriting([one for one in files if one], read, policy)


def wanted_formats(formats: tuple[str, ...], output: str | None) -> list[tuple[str, str | None]]:
    """Read --format NAME[=FILE] and --output; at most one goes to the stream."""
    wanted: list[tuple[str, str | None]] = []
    for one in formats or ("text",):
        name, _, file = one.partition("=")
        wanted.append((name, file or None))
    loose = [place for place, (_, file) in enumerate(wanted) if file is None]
    if output and not loose:
        raise UsageError(
            "--output has nothing to write: every --format names its own file",
            remedy="Leave --output out.",
        )
    if output:
        wanted[loose[0]] = (wanted[loose[0]][0], output)
        loose = loose[1:]
    if len(loose) > 1:
        raise UsageError(
            "two formats cannot share the standard output",
            remedy="Give all but one a file: --format junit=report.xml.",
        )
    return wanted


def tell_aside(text: str, lang: str) -> None:
    """Say a sentence on the standard error, in a language ('' = the locale's)."""
    from ..wording import default_language, speaker

    click.echo(speaker(lang or default_language())(text), err=True)


@contextlib.contextmanager
def progress_bar(given: dict[str, Any]) -> Iterator[Progress | None]:
    """Give the hall a progress callback that draws on a terminal's standard error."""
    if given.get("quiet") or given.get("no_progress") or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total, rate="")
            elapsed = bar.tasks[tasks[stage]].elapsed or 0
            rate = f"{done / elapsed:,.0f}/s" if elapsed > 1 else ""
            bar.update(tasks[stage], completed=done, total=total, rate=rate)

        yield tell
