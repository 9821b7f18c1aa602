"""The commands, found by name and loaded when asked for; and what becomes of every way to end."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any

import click

from .. import __version__
from ..model.errors import ListHygieneError

COMMANDS = {
    "check": "Judge lists and decide; writes no list; the exit code is the gate.",
    "clean": "Give the same list back: safe repairs applied, annotated.",
    "undo": "Take the repairs of a change log back.",
    "sender": "Judge the From address and its domain's authentication.",
    "bounces": "Read bounces into the blocklist, explain one, report the rate.",
    "blocklist": "List, show, block, unblock, allow, examine, import and export.",
    "headers": "Show the column roles, and what a platform's import expects.",
    "apply": "Apply accepted repairs to a newer copy of the list.",
    "diff": "Compare two lists or reports: who came, went, changed verdict.",
    "plan": "Split a send into daily batches.",
    "policy": "Show the effective policy, or write a commented one.",
    "rules": "List the rules, or explain one.",
    "dns": "Record the DNS answers of a list's domains.",
}
"""Command -> one line of help; each has a module of its name in this folder."""

USAGE, TROUBLE, INTERRUPTED, TERMINATED = 2, 3, 130, 143


class _Commands(click.Group):
    """Loads a command's module when it is asked for, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for name in COMMANDS if _exists(name)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS or not _exists(cmd_name):
            return None
        module = importlib.import_module(f"{__package__}.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


def _exists(name: str) -> bool:
    return importlib.util.find_spec(f"{__package__}.{name}") is not None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="listhygiene")
def commands() -> None:
    """A linter for contact lists, with a memory for bounces.

    It decides whether a list may be mailed, and gives the spreadsheet back. Exit codes of check,
    sender and diff --gate: 0 open, 1 closed, 2 usage, 3 undecided.
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code: only a closed gate gives 1."""
    signal.signal(signal.SIGTERM, _terminate)
    _spare_memory(sys.argv[1:] if arguments is None else arguments)
    _speak_utf8()
    try:
        result: Any = commands.main(
            args=None if arguments is None else list(arguments),
            prog_name="listhygiene",
            standalone_mode=False,
        )
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else 0
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except (click.Abort, KeyboardInterrupt):
        from ..wording import speaker

        say = speaker(_language(arguments))
        click.echo(say("Interrupted; nothing half-written is left."), err=True)
        return INTERRUPTED
    except ListHygieneError as error:
        from ..wording import tell

        click.echo(f"listhygiene: {tell(error, _language(arguments))}", err=True)
        return error.exit_code
    except BrokenPipeError:
        # the reader of our output went away; give the interpreter a place to flush to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return TROUBLE
    except SystemExit as end:
        # click leaves with 1 when the reader of our output goes away: that is no closed gate
        return TERMINATED if end.code == TERMINATED else TROUBLE
    except Exception as error:
        return _unforeseen(error)


def _language(arguments: Sequence[str] | None) -> str:
    """Return the language that the command line asks for, else the locale's."""
    from ..wording import default_language

    given = sys.argv[1:] if arguments is None else list(arguments)
    for place, one in enumerate(given):
        name, _, value = one.partition("=")
        if name == "--lang":
            return value or " ".join(given[place + 1 : place + 2])
    return default_language()


def _unforeseen(error: Exception) -> int:
    """Tell of a fault of this program without a traceback, which could hold addresses."""
    if os.environ.get("LISTHYGIENE_TRACEBACK"):
        import traceback

        traceback.print_exception(error)
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = ""
    if frame is not None:
        name = frame.tb_frame.f_code.co_filename.replace("\\", "/").rsplit("/", 1)[-1]
        place = f" in {name}, line {frame.tb_lineno}"
    click.echo(
        f"listhygiene: a fault of this program ({type(error).__name__}{place}). "
        "Please report it; LISTHYGIENE_TRACEBACK=1 shows all of it.",
        err=True,
    )
    return TROUBLE


def _spare_memory(arguments: Sequence[str]) -> None:
    """Set this program's own memory up for few large columns and many small lasting objects.

    Columns come and go; the system's allocator gives them back at once and at less cost than
    Arrow's own, which keeps what one part of a list needed for the next. What the cyclic collector
    would look through again and again stays to the end. Arrow reads its setting when it is loaded.
    numpy's linear algebra, of which nothing is asked here, need not begin threads of its own.
    """
    in_parts = any(one.startswith("--chunk-rows") for one in arguments)
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "mimalloc" if in_parts else "system")
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "300")  # ms; else it gives much back for a moment
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(200_000, 50, 1000)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


def _speak_utf8() -> None:
    """Let a redirected stream carry any text, whatever the console's own encoding is."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            if stream.isatty():
                reconfigure(errors="backslashreplace")
            else:
                reconfigure(encoding="utf-8", errors="backslashreplace")
