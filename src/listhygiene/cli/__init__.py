"""The command line: parse a request, call the hall, present."""

from __future__ import annotations

import gc
from collections.abc import Sequence


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (design, section 6)."""
    from .main import main

    code = main(arguments)
    gc.freeze()  # what lives goes with the process: nobody need look through it for cycles
    raise SystemExit(code)
