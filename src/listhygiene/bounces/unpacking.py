"""Files as they come, as plain files: standard input, gzip and ZIP are unpacked into a folder."""

from __future__ import annotations

import contextlib
import gzip
import os
import shutil
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..model.errors import UnreadableBounces

LARGEST = 2 * 1024**3
"""Bytes that one packed file may unpack to."""

MOST_MEMBERS = 100_000
DEEPEST = 3
"""How often something packed may be packed again."""

_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@contextlib.contextmanager
def own_folder() -> Iterator[Path]:
    """Give a folder for unpacked files, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="listhygiene-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def plain_files(
    name: str, path: Path, folder: Path, depth: int = 0
) -> Iterator[tuple[str, Path | UnreadableBounces]]:
    """Yield (name, plain file) of what a file holds: itself, or what is packed in it.

    folder: where to unpack; a file there is gone when the next one is asked for. In the place of a
    file that cannot be unpacked stands the error.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(4)
        if head.startswith(_GZIP):
            yield from _unzipped_one(name, path, folder, depth)
        elif head in _ZIP and not _is_document(path):
            yield from _unzipped(name, path, folder, depth)
        else:
            yield name, path
    except _DAMAGED as error:
        yield name, _unreadable(name, error)


def from_stream(stream: BinaryIO, folder: Path) -> Path:
    """Write a stream, such as standard input, into a file."""
    target = folder / "stream"
    with target.open("wb") as out:
        shutil.copyfileobj(stream, out, 1024 * 1024)
    return target


def standard_input() -> BinaryIO:
    return sys.stdin.buffer


def _unzipped_one(
    name: str, path: Path, folder: Path, depth: int
) -> Iterator[tuple[str, Path | UnreadableBounces]]:
    with gzip.open(path) as packed, _room(name, folder, depth) as target:
        _copy(packed, target, name)  # type: ignore[arg-type]
        yield from plain_files(name, target, folder, depth + 1)


def _unzipped(
    name: str, path: Path, folder: Path, depth: int
) -> Iterator[tuple[str, Path | UnreadableBounces]]:
    with zipfile.ZipFile(path) as archive:
        members = sorted(archive.infolist(), key=lambda one: one.filename)
        if len(members) > MOST_MEMBERS:
            raise UnreadableBounces(f"holds more than {MOST_MEMBERS} files", file=name)
        for member in members:
            if member.is_dir():
                continue
            inner = f"{name}/{member.filename}"
            try:
                with archive.open(member) as packed, _room(inner, folder, depth) as target:
                    _copy(packed, target, inner)  # type: ignore[arg-type]
                    yield from plain_files(inner, target, folder, depth + 1)
            except UnreadableBounces as error:
                yield inner, error
            except _DAMAGED as error:
                yield inner, _unreadable(inner, error)


@contextlib.contextmanager
def _room(name: str, folder: Path, depth: int) -> Iterator[Path]:
    """Name a new file in the folder, and remove it in the end."""
    if depth >= DEEPEST:
        raise UnreadableBounces(f"is packed more than {DEEPEST} times", file=name)
    number, file = tempfile.mkstemp(dir=folder)
    os.close(number)
    try:
        yield Path(file)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(file)


def _copy(packed: BinaryIO, target: Path, name: str) -> None:
    size = 0
    with target.open("wb") as out:
        while block := packed.read(1024 * 1024):
            size += len(block)
            if size > LARGEST:
                raise UnreadableBounces(
                    f"unpacks to more than {LARGEST // 1024**3} GB",
                    file=name,
                    remedy="Unpack it and name its parts.",
                )
            out.write(block)


def _is_document(path: Path) -> bool:
    """Tell a workbook, which is a ZIP archive too, from an archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:1000])
    except _DAMAGED:
        return False
    return "[Content_Types].xml" in names or "mimetype" in names


def _unreadable(name: str, error: BaseException) -> UnreadableBounces:
    if isinstance(error, UnreadableBounces):
        return error
    if isinstance(error, RuntimeError):
        return UnreadableBounces("is encrypted", file=name, remedy="Unpack it with its password.")
    why = getattr(error, "strerror", None) or "damaged"
    return UnreadableBounces(
        f"could not be read ({why})", file=name, remedy="Check the file and its permissions."
    )
