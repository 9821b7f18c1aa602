"""The canvas of the text reports: colours and the width of a terminal, or plain lines."""

from __future__ import annotations

import io
import shutil

from rich.console import Console

from .options import Presentation

WIDTH = 100
"""Columns where there is no terminal to ask."""


def open_canvas(how: Presentation) -> Console:
    """Open a console that draws into memory; colours only on a terminal."""
    return Console(
        file=io.StringIO(),
        force_terminal=how.terminal,
        no_color=None if how.terminal else True,
        width=shutil.get_terminal_size((WIDTH, 24)).columns if how.terminal else WIDTH,
        highlight=False,
        emoji=False,
        markup=False,
    )


def drawn(canvas: Console) -> str:
    """Return what was drawn, without spaces at the ends of lines."""
    assert isinstance(canvas.file, io.StringIO)
    return "\n".join(line.rstrip() for line in canvas.file.getvalue().splitlines()) + "\n"
