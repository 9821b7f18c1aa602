"""Unfinished files: named after the run that writes them, so that a killed run's are known."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import socket
import tempfile
import time
from pathlib import Path

DAY = 86_400

_NAME = re.compile(r"\..*\.(?P<host>[0-9a-f]{8})-(?P<number>\d{1,10})\.\w+\.part(?:\.\w+|-\w+)?")
"""`.NAME.HOST-PROCESS.RANDOM.part`, perhaps with a suffix, or with that of SQLite's journal."""


def make_part(target: Path, suffix: str = "") -> tuple[int, Path]:
    """Create an empty file beside `target` that only its owner may read; return its descriptor too.

    What killed runs left in this folder is removed first. Raises OSError.
    """
    clear_stale(target.parent)
    number, name = tempfile.mkstemp(
        prefix=f".{target.name[:60]}.{_host()}-{os.getpid()}.",
        suffix=f".part{suffix}",
        dir=target.parent,
    )
    return number, Path(name)


def name_part(target: Path) -> Path:
    """Return such a name for a file that somebody else creates; see `make_part`."""
    clear_stale(target.parent)
    return target.with_name(f".{target.name}.{_host()}-{os.getpid()}.new.part")


@functools.cache
def clear_stale(folder: Path) -> None:
    """Remove the unfinished files of runs that were killed, once a run and folder.

    Of this machine's runs the system knows which still live; a file of another machine, or of a
    container of its own, counts as left behind when nobody has written to it for a day.
    """
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(".") and (found := _NAME.fullmatch(entry.name)):
                with contextlib.suppress(OSError):
                    if _is_stale(found, entry.stat(follow_symlinks=False).st_mtime):
                        os.unlink(entry.path)


def _is_stale(found: re.Match[str], written: float) -> bool:
    if time.time() - written > DAY:
        return True
    return found["host"] == _host() and not _lives(int(found["number"]))


def _lives(number: int) -> bool:
    """Tell whether a process of this machine lives; where it cannot be asked, it does."""
    if os.name != "posix":  # Windows' os.kill would end it
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


@functools.cache
def _host() -> str:
    """Return a short name of this machine, and of the container in which process numbers count."""
    try:
        space = str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        space = ""
    return hashlib.sha256(f"{socket.gethostname()} {space}".encode()).hexdigest()[:8]
