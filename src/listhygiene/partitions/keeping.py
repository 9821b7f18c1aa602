"""What an interrupted run in parts leaves behind, so that the same run goes on from there."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .. import __version__
from ..policy import Policy

KEPT_FOR = 86_400.0
"""Seconds after which what was left behind is removed: it holds the list's addresses."""


class Interrupted(KeyboardInterrupt):
    """The run was interrupted, and what is done of it is kept in `folder`."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = folder


@contextlib.contextmanager
def working_folder(path: str, policy: Policy, rows: int) -> Iterator[str]:
    """Give the folder of a run in parts: the one that an interrupted run of the same list left.

    It is the same list where path, size, time and the way in which it is read are the same. Raises
    Interrupted in place of KeyboardInterrupt where anything is kept; whatever else ends the block
    removes the folder. One that an earlier run left is removed after a day.
    """
    place = _place(path, policy, rows)
    own = _claim(place) if place else None
    if place is None or own is None:
        with tempfile.TemporaryDirectory(prefix="listhygiene-") as folder:
            yield folder
        return
    keep = False
    try:
        yield str(own)
    except KeyboardInterrupt as stop:
        keep = any(own.iterdir()) and _give_back(own, place)
        if keep:
            raise Interrupted(str(place)) from stop
        raise
    finally:
        if not keep:
            shutil.rmtree(own, ignore_errors=True)


def _place(path: str, policy: Policy, rows: int) -> Path | None:
    """Return where the run of one file is kept; None for what is no single file."""
    import platformdirs

    try:
        found = os.stat(path)
        real = os.path.realpath(path)
    except OSError:
        return None
    if not os.path.isfile(path):
        return None
    told = (__version__, real, found.st_size, found.st_mtime_ns, rows, policy.list, policy.lang)
    name = hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return Path(platformdirs.user_cache_dir("listhygiene", appauthor=False)) / "parts" / name


def _claim(place: Path) -> Path | None:
    """Take a folder for this process alone, with what is in it; None where none can be made."""
    own = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(place.parent)
        try:
            os.rename(place, own)
        except FileNotFoundError:
            own.mkdir(mode=0o700)
    except OSError:
        return None
    return own


def _give_back(own: Path, place: Path) -> bool:
    """Leave a folder for the next run; another that was left meanwhile stays."""
    try:
        os.rename(own, place)
        os.utime(place)
    except OSError:
        return False
    return True


def _sweep(parent: Path) -> None:
    """Remove what was left too long ago, by whatever ended those runs."""
    oldest = time.time() - KEPT_FOR
    for one in parent.iterdir():
        with contextlib.suppress(OSError):
            if one.stat().st_mtime < oldest:
                shutil.rmtree(one, ignore_errors=True)
