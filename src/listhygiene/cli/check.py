"""`listhygiene check`: judge lists and decide."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from ..model.errors import UsageError
from ..readahead import read_ahead
from . import options
from .output import present, progress_bar, spare_inputs, wanted_formats

if TYPE_CHECKING:
    from ..acceptance import Acceptance
    from ..model.report import Report
    from ..policy import Policy


@click.command("check")
@click.argument("lists", metavar="LIST...", nargs=-1, required=True)
@options.policy_options
@options.from_option
@options.sender_options
@options.list_options
@options.dns_options
@options.blocklist_option
@options.rule_options
@click.option(
    "--format", "formats", metavar="NAME[=FILE]", multiple=True, help="Format (repeatable)."
)
@click.option("--output", metavar="FILE", help="Write the report there instead.")
@click.option("--baseline", metavar="FILE", help="Fail only on what is new since this state.")
@click.option("--write-baseline", metavar="FILE", help="Accept the present state; write it there.")
@click.option("--prune-baseline", is_flag=True, help="Drop what is no longer there from it.")
@click.option(
    "--engine", type=click.Choice(["local", "dask", "spark"]), help="Judge in parts there."
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask's scheduler: tcp://HOST:8786.")
@click.option("--chunk-rows", metavar="N", type=click.IntRange(1), help="Rows of a part.")
@click.option(
    "--parts", metavar="FOLDER", help="Write findings and annotated rows there (Parquet)."
)
@options.show_addresses
@options.progress_options
def command(lists: tuple[str, ...], **given: Any) -> int:
    """Judge lists and decide whether they may be mailed; write no list.

    LIST is a file, a folder, a pattern such as "exports/*.csv", or a zip archive; several are
    judged together, so that a contact in two of them is found.

    Exit code: 0 the gate is open, 1 closed, 2 usage, 3 undecided.
    """
    in_parts = given["engine"] or given["chunk_rows"] or given["parts"]
    if len(lists) == 1 and not in_parts:
        read_ahead(lists[0])
    policy = options.make_policy(given)
    if in_parts:
        return _check_in_parts(lists, policy, given)
    from ..pipeline import check

    reports = [file for _, file in wanted_formats(given["formats"] or (), given["output"])]
    spare_inputs([*reports, given["write_baseline"]], policy)
    acceptance = _accepted(given)
    with progress_bar(given) as progress:
        spare = acceptance is None  # a baseline may want the columns that name a contact
        report = check(list(lists), policy, progress=progress, acceptance=acceptance, spare=spare)
    present(report, policy.lang, given, sys.stdout)
    if acceptance is not None and not given["quiet"]:
        _tell_baseline(report, acceptance, policy.lang)
    return report.decision.exit_code


def _accepted(given: dict[str, Any]) -> Acceptance | None:
    """Open the baseline that the options name, if any."""
    asked = given["baseline"], given["write_baseline"], given["prune_baseline"]
    if not any(asked):
        return None
    from ..acceptance import open_acceptance

    return open_acceptance(*asked)


def _check_in_parts(lists: tuple[str, ...], policy: Policy, given: dict[str, Any]) -> int:
    """Judge one large list part by part; the findings are those of the whole."""
    from ..partitions import Interrupted, check_in_parts
    from ..wording import speaker

    if len(lists) != 1:
        raise UsageError("one list can be judged in parts at a time", remedy="Name one.")
    if given["baseline"] or given["write_baseline"]:
        raise UsageError(
            "a baseline needs the list as a whole",
            remedy="Leave --engine, --chunk-rows and --parts out.",
        )
    try:
        with progress_bar(given) as progress:
            parted = check_in_parts(
                lists[0],
                policy,
                given["engine"] or "local",
                scheduler=given["scheduler"] or "",
                rows=given["chunk_rows"] or 0,
                out=given["parts"] or "",
                progress=progress,
            )
    except Interrupted as stop:
        say, folder = speaker(policy.lang), stop.folder
        click.echo(
            say(
                f"What is done is kept for a day in {folder}; the same command goes on from there."
            ),
            err=True,
        )
        raise
    present(parted.report, policy.lang, given, sys.stdout)
    return parted.report.decision.exit_code


def _tell_baseline(report: Report, acceptance: Acceptance, lang: str) -> None:
    from ..model.quantity import quantity
    from ..wording import speaker

    say = speaker(lang)
    told: Any = report.sources.get("baseline", {})
    for file, count in told.get("written", {}).items():
        click.echo(say(f"Wrote {file}: {quantity(count, 'accepted finding')}."), err=True)
    if told.get("not_written"):
        click.echo(say(f"No baseline was written: {told['not_written']}"), err=True)
    if acceptance.key.made:
        place = acceptance.key.place
        click.echo(
            say(f"Made a key in {place}; a pipeline needs the same one in LISTHYGIENE_KEY."),
            err=True,
        )
