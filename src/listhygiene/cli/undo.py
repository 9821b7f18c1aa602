"""`listhygiene undo`: the original of a cleaned list, byte for byte."""

from __future__ import annotations

import click

from .output import tell_aside


@click.command("undo")
@click.argument("out")
@click.option("--to", metavar="FILE", help="Write the original there; else in the place of OUT.")
@click.option("--log", metavar="FILE", help="The change log; else the one beside OUT.")
def command(out: str, to: str | None, log: str | None) -> None:
    """Take the repairs of OUT's change log back: the original, exactly."""
    from ..changelog import undo

    place = undo(out, to, log)
    tell_aside(f"Gave the original back as {place}.", "")
