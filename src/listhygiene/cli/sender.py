"""`listhygiene sender`: the From address and its domain's authentication, without a list."""

from __future__ import annotations

import sys
from typing import Any

import click

from . import options
from .output import present


@click.command("sender")
@click.argument("address")
@options.policy_options
@options.sender_options
@options.dns_options
@options.blocklist_option
@options.rule_options
@click.option(
    "--format", "formats", metavar="NAME[=FILE]", multiple=True, help="Format (repeatable)."
)
@click.option("--output", metavar="FILE", help="Write the report there instead.")
@options.show_addresses
@options.progress_options
def command(address: str, **given: Any) -> int:
    """Judge the From address of a send: SPF, DKIM, DMARC, MX, free webmail.

    Exit code: 0 the gate is open, 1 closed, 2 usage, 3 undecided.
    """
    policy = options.make_policy({**given, "sender": (address,)})
    from ..pipeline import check

    report = check([], policy)
    present(report, policy.lang, given, sys.stdout)
    return report.decision.exit_code
