"""Where e-mails lie: files, folders, Maildir, mbox, gzip of these, standard input.

A large mbox is read message by message in flat memory; a message over the cap is cut there, since
what decides stands at its beginning.
"""

from __future__ import annotations

import gzip
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from ..model.errors import UnreadableBounces

LARGEST = 8 * 1024 * 1024
"""Bytes of one message that are kept; the rest of it is passed over."""

_FROM_LINE = re.compile(rb"From [^\r\n]{0,400}?\d{1,2}:\d{2}")
_QUOTED_FROM = re.compile(rb"(?m)^>(>*From )")
_FIELD = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
_KNOWN = re.compile(
    rb"(?im)^(?:received|return-path|from|to|date|subject|message-id|mime-version|delivered-to"
    rb"|content-type|x-[\w-]{1,60}):"
)
_GZIP = b"\x1f\x8b"

Unreadable = Callable[[str, str], None]
"""Told the name of a file that could not be read, and why."""


def recognises(head: bytes) -> bool:
    """Tell by its first bytes (a few thousand are enough) whether a file holds mail.

    It does where it begins with an mbox separator or a header block with a header of mail in it.
    """
    text = head.lstrip(b"\xef\xbb\xbf\r\n \t")
    if _FROM_LINE.match(text) or text.startswith((b"From ", b">From ")):
        return True
    lines = text[:8_192].splitlines()[:40]
    if not lines or not _FIELD.match(lines[0]):
        return False
    block = text[:8_192].split(b"\n\n")[0].split(b"\r\n\r\n")[0]
    return len(_KNOWN.findall(block)) >= 2


def messages(
    path: str | os.PathLike[str], unreadable: Unreadable | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of each message of a file, a folder (with all below it) or "-".

    A name is the path; of a message in an mbox the path and its number ("box#3"). Files of a
    folder that cannot be read are told to `unreadable` and passed over; without it, and for a path
    given by itself, UnreadableBounces is raised. Hidden files and links to folders are passed over.
    """
    name = os.fspath(path)
    if name == "-":
        yield from split(sys.stdin.buffer, "-")
    elif Path(name).is_dir():
        for file in files_below(name):
            try:
                yield from messages_of(file)
            except UnreadableBounces as error:
                if unreadable is None:
                    raise
                unreadable(file, error.problem)
    else:
        yield from messages_of(name)


def files_below(folder: str) -> Iterator[str]:
    """Yield the files of a folder and all below it, in the order of their names.

    Of a Maildir (cur, new, tmp) what is in tmp is not yet delivered, and passed over.
    """
    for base, folders, names in os.walk(folder):
        maildir = {"cur", "new", "tmp"} <= set(folders)
        folders[:] = sorted(
            one for one in folders if not one.startswith(".git") and not (maildir and one == "tmp")
        )
        for name in sorted(names):
            if not name.startswith("."):
                yield os.path.join(base, name)


def messages_of(file: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of the messages of one file; raises UnreadableBounces."""
    try:
        with open_plain(file) as stream:
            yield from split(stream, file)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or "damaged" if error.args else "damaged"
        raise UnreadableBounces(
            f"could not be read ({why})", file=file, remedy="Check the file and its permissions."
        ) from error


def open_plain(file: str) -> BinaryIO:
    """Open a file for reading, through gzip where it is compressed; raises OSError."""
    stream = open(file, "rb")  # noqa: SIM115 - handed to the caller
    if stream.read(2) == _GZIP:
        stream.close()
        return gzip.open(file, "rb")  # type: ignore[return-value]
    stream.seek(0)
    return stream


def split(stream: BinaryIO, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the messages of a stream: one, or those of an mbox (RFC 4155), one at a time.

    Several bear the name with their number, box#2. What is called .eml is one message, whatever
    lines it quotes: many were saved with the separator of the mbox that they came from.
    """
    first = stream.readline(LARGEST)
    while first and not first.strip():
        first = stream.readline(LARGEST)
    if not first:
        return
    if not _FROM_LINE.match(first):
        yield name, _rest(stream, first)
        return
    if name.lower().removesuffix(".gz").endswith(".eml"):
        content = stream.read(LARGEST)
        yield name, _unquoted([content])
        return
    yield from _split_mbox(stream, name)


def _rest(stream: BinaryIO, first: bytes) -> bytes:
    return first + stream.read(LARGEST)


def _split_mbox(stream: BinaryIO, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the messages after the first separator, which was read already."""
    kept: list[bytes] = []
    size, number, blank = 0, 1, False
    while line := stream.readline(65_536):
        if blank and line.startswith(b"From ") and _FROM_LINE.match(line):
            yield f"{name}#{number}", _unquoted(kept)
            kept, size, number, blank = [], 0, number + 1, False
            continue
        if size < LARGEST:
            kept.append(line)
            size += len(line)
        blank = not line.strip()
    if kept:
        yield name if number == 1 else f"{name}#{number}", _unquoted(kept)


def _unquoted(lines: list[bytes]) -> bytes:
    """Join the lines of a message and undo the quoting of its lines that begin with From."""
    content = b"".join(lines)
    return _QUOTED_FROM.sub(rb"\1", content) if b"\n>" in content else content
