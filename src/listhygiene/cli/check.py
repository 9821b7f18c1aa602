"""`listhygiene check`: judge lists and decide."""

from __future__ import annotations

import sys
from typing import Any

import click

from . import options
from .output import present, progress_bar


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
@options.show_addresses
@options.progress_options
def command(lists: tuple[str, ...], **given: Any) -> int:
    """Judge lists and decide whether they may be mailed; write no list.

    Exit code: 0 the gate is open, 1 closed, 2 usage, 3 undecided.
    """
    policy = options.make_policy(given)
    from ..pipeline import check

    with progress_bar(given) as progress:
        report = check(list(lists), policy, progress=progress)
    present(report, policy.lang, given, sys.stdout)
    return report.decision.exit_code
