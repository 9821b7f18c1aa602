"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO

from .model.errors import ListHygieneError, UnwritableList
from .parts import make_part

_AT_ONCE = 1 << 24
"""So many bytes are worth a word to the disk."""
_SETTLE: Callable[[int], None] | None = getattr(os, "fdatasync", None)
"""Windows and macOS have no such call."""
_FINENESS = 3.0
"""Seconds after which a file that is written again bears another time."""


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a binary file that takes the place of `path` when the block ends well.

    The bytes go to a temporary file in the same folder, are flushed to the disk, and are renamed
    into place; after an error, a full disk or a kill the old file stands as it was. The mode of
    the old file is kept. What a killed run left of its temporary file is removed by the next one
    in that folder. Raises UnwritableList where the folder refuses.
    """
    target = Path(os.path.realpath(path))
    try:
        number, part = make_part(target)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(number, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _take_mode(part, target)
        os.replace(part, target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def settling(stream: IO[bytes]) -> Iterator[Callable[[bytes | memoryview], None]]:
    """Give a function that writes to a stream, while the disk takes what was written before.

    So less is left to be waited for when the file is flushed at its end. Raises OSError.
    """
    waiting: list[Future[None]] = []
    sizes = [0]

    def write(content: bytes | memoryview) -> None:
        stream.write(content)
        sizes.append(sizes.pop() + len(content))
        if sizes[0] >= _AT_ONCE and all(one.done() for one in waiting) and _SETTLE is not None:
            while waiting:
                waiting.pop().result()  # the system tells of a bad disk once
            waiting.append(disk.submit(_SETTLE, stream.fileno()))
            sizes[0] = 0

    with ThreadPoolExecutor(1) as disk:
        yield write
        while waiting:
            waiting.pop().result()


@contextlib.contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Tell of what the system refuses within the block as UnwritableList."""
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error) from error


def make_folder(path: str | os.PathLike[str]) -> None:
    """Make a folder and those above it, where they are not there; raises UnwritableList."""
    with writing(path):
        Path(path).mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def standing_by(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Give a scratch file beside `path`, which takes its place when the block ends well.

    For what is written by others and must be known before it counts: it has the same suffix, and
    is gone after an error. A block that takes it away leaves `path` as it is. Raises
    UnwritableList; an error that names the scratch file names `path` instead.
    """
    target = Path(os.path.realpath(path))
    try:
        number, scratch = make_part(target, target.suffix)
        os.close(number)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        yield scratch
        if scratch.exists():
            _take_mode(scratch, target)
            os.replace(scratch, target)
            _sync_folder(target.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    except ListHygieneError as error:
        if error.file == os.fspath(scratch):
            error.file = os.fspath(path)
        raise
    finally:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)


def write_whole(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file at once; see `replacing`."""
    with replacing(path) as stream:
        stream.write(content)


def stamp_of(path: str | os.PathLike[str]) -> tuple[int, ...] | None:
    """Return by what the system tells a file from one that was written since; None: it can't.

    What is written within the fineness of the system's clock (two seconds on FAT) may bear the
    time that was there before.
    """
    try:
        found = os.stat(path)
    except OSError:
        return None
    if found.st_mtime > time.time() - _FINENESS:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def same_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Tell whether two paths are one file: the same name, a link, or a hard link."""
    try:
        return os.path.samefile(one, other)
    except OSError:
        return os.path.realpath(one) == os.path.realpath(other)


def _unwritable(path: str | os.PathLike[str], error: OSError) -> UnwritableList:
    return UnwritableList(
        f"cannot be written ({error.strerror or type(error).__name__}); nothing was changed",
        file=os.fspath(path),
        remedy="Choose another place, or free space and check the folder's permissions.",
    )


def _take_mode(part: Path, target: Path) -> None:
    """Give the new file the old one's mode, or what a plainly created file would have."""
    with contextlib.suppress(OSError):
        if target.exists():
            part.chmod(target.stat().st_mode & 0o777)
        elif os.name == "posix":
            mask = os.umask(0)
            os.umask(mask)
            part.chmod(0o666 & ~mask)


def _sync_folder(folder: Path) -> None:
    """Make the renaming itself last through a power cut; Windows has no such call."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
