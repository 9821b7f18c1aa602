"""`listhygiene policy`: the effective policy, or a commented one to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..model.errors import UsageError
from . import options
from .output import tell_aside


@click.group("policy")
def command() -> None:
    """Show the effective policy, or write a commented one."""


@command.command("show")
@options.policy_options
@options.dns_options
@options.blocklist_option
@options.rule_options
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def show(form: str, **given: Any) -> None:
    """Print the effective policy, and where each value comes from."""
    policy = options.make_policy(given)
    from ..policy import showing

    if form == "json":
        import json

        values = {
            key: {"value": value, "from": policy.origins.get(key, "default")}
            for key, value in showing.effective(policy).items()
        }
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
        return
    for key, value, origin in showing.show(policy):
        click.echo(f"{key} = {value}  # {origin}")


@command.command("init")
@click.argument("path", default="listhygiene.toml")
def init(path: str) -> None:
    """Write a policy with every default and what it means; an existing file is left alone."""
    if Path(path).exists():
        raise UsageError("the file exists already", file=path, remedy="Name another one.")
    from ..files import write_whole
    from ..policy.showing import commented

    write_whole(path, commented().encode("utf-8"))
    tell_aside(f"Wrote {path}.", "")
