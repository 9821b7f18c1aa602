"""`listhygiene dns`: record the answers of a list's domains, for a run that can be repeated."""

from __future__ import annotations

from typing import Any

import click

from . import options
from .output import progress_bar, spare_inputs, tell_aside


@click.group("dns")
def command() -> None:
    """Record the DNS answers of a list's domains."""


@command.command("record")
@click.argument("lists", metavar="LIST...", nargs=-1, required=True)
@click.option("-o", "--out", metavar="FILE", required=True, help="The recording to write (JSON).")
@options.policy_options
@options.from_option
@options.sender_options
@options.list_options
@options.dns_options
@options.progress_options
def record(lists: tuple[str, ...], out: str, **given: Any) -> None:
    """Ask DNS what `check` would ask of these lists, and write the answers to FILE.

    `listhygiene check LIST --dns FILE` then judges without a network.
    """
    policy = options.make_policy(given)
    from ..recording import record_answers

    spare_inputs([out])

    with progress_bar(given) as progress:
        answers = record_answers(list(lists), out, policy, progress)
    if not given["quiet"]:
        from ..model.quantity import quantity

        tell_aside(f"Wrote {out}: {quantity(answers, 'answer')}.", policy.lang)
