"""The command line: parse a request, call the hall, present."""

from __future__ import annotations

import gc
from collections.abc import Sequence


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code (design, section 6)."""
    from .main import main

    code = main(arguments)
    gc.freeze()  # what lives goes with the process: nobody need look through it for cycles
    if arguments is None:
        _leave(code)
    raise SystemExit(code)


def _leave(code: int) -> None:
    """End the process where nothing is left to be done, without taking everything apart first.

    Files are written whole by then, or not at all; what is registered for the end is done, and
    both streams are flushed. Another thread, a tracer or an inspector wants the long way.
    """
    import atexit
    import os
    import sys
    import threading

    watched = sys.gettrace() or sys.getprofile() or sys.flags.inspect or sys.flags.interactive
    if watched or threading.active_count() > 1:
        return
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return
    os._exit(code)
