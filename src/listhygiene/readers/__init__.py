"""Readers: a file of any known format in, a listing out; one module a format, found by itself.

A reader module has a NAME, `recognises(head, path) -> bool` (head: the first 8 KiB) and
`read(path, options) -> Listing`; of a format with sheets also `sheets_of`.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

from ..model.errors import UnreadableList
from ..model.listing import Listing, ReadOptions

HEAD = 8192

_SAVE = "Open it in a spreadsheet program and save the list as XLSX or CSV."
_ADDRESS_BOOK = "Import it into an address book, and export the contacts as CSV."
_FOREIGN = (
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"PK\x03\x04", "a ZIP archive", "Unpack it first."),
    (b"PK\x05\x06", "an empty ZIP archive", "Export the list again."),
    (b"BZh91AY", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ\x00", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!\x1a", "a RAR archive", "Unpack it first."),
    (b"%PDF-", "a PDF document", "Export the list as CSV or XLSX."),
    (b"\x89PNG", "a picture", "Export the list as CSV or XLSX."),
    (b"\xff\xd8\xff", "a picture", "Export the list as CSV or XLSX."),
    (b"GIF89a", "a picture", "Export the list as CSV or XLSX."),
    (b"PAR1\x15", "a Parquet file", "Export the list as CSV or XLSX."),
    (b"SQLite format 3\x00", "a SQLite database", "Export the list as CSV or XLSX."),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old or encrypted Office file",
        "Open it, take the password away, and save it as XLSX or CSV.",
    ),
    (b"{\\rtf", "an RTF document", "Save the list as CSV or XLSX."),
    (b"\x09\x00\x04\x00", "a workbook of Excel 2", _SAVE),  # [MS-XLS] has only what came later
    (b"\x09\x02\x06\x00", "a workbook of Excel 3", _SAVE),
    (b"\x09\x04\x06\x00", "a workbook of Excel 4", _SAVE),
    (b"\x7fELF", "a program", "Name a CSV or XLSX file."),
    (b"MZ\x90", "a program", "Name a CSV or XLSX file."),
)

_MARKED_UP = (
    (rb"<!doctype html|<html[\s>]|<table[\s>]", "a web page", _SAVE),
    (rb"<\?xml\s|<\w+:?\w*\s+xmlns", "an XML document", _SAVE),
    (rb"ID;P[^\r\n]*[\r\n]+[A-Z]{1,2};[A-Z]", "a SYLK file", _SAVE),
    (rb"TABLE\r?\n0,1\r?\n", "a DIF file", _SAVE),
    (rb"BEGIN:VCARD[\r\n]", "a vCard file", _ADDRESS_BOOK),  # RFC 6350, 6.1.1
    (rb"(?:version:[ ]*1[\r\n]+)?dn:[ :]", "an LDIF file", _ADDRESS_BOOK),  # RFC 2849
    (rb"\{\s*\"|\[\s*\{\s*\"", "a JSON document", "Export the list as CSV or XLSX."),
)
"""What is text, and no delimited text: web applications give such files the name `list.xls`."""


class Reader(Protocol):
    """What a module of this package offers."""

    NAME: str

    def recognises(self, head: bytes, path: Path) -> bool:
        """Tell from its first bytes whether a file is of this format."""

    def read(self, path: Path, options: ReadOptions) -> Listing:
        """Read the file; raises UnreadableList."""


def read(path: str | os.PathLike[str], options: ReadOptions | None = None) -> Listing:
    """Read a contact list, recognised by its content and not by its name.

    Raises UnreadableList (missing, empty, a folder, not a list at all, damaged) and UsageError
    (an option that cannot be followed).
    """
    name = os.fspath(path)
    place = Path(name)
    head = _read_head(place, name)
    for reader in _readers():
        if reader.recognises(head, place):
            return reader.read(place, options or ReadOptions())
    raise _foreign(head, name)


def sheets_of(
    path: str | os.PathLike[str], options: ReadOptions, wanted: Sequence[str]
) -> tuple[str, ...]:
    """Return the sheets that are wanted of a workbook, in their order; () for what has no sheets.

    wanted: names, or `ALL_SHEETS`. Raises UnreadableList, and UsageError for one not there.
    """
    place = Path(path)
    head = _read_head(place, os.fspath(path))
    for reader in _readers():
        if reader.recognises(head, place):
            found = getattr(reader, "sheets_of", None)
            return tuple(found(place, options, wanted)) if found else ()
    return ()


def recognised(path: str | os.PathLike[str]) -> str | None:
    """Return the name of the format that a file's content shows, None for none of ours."""
    place = Path(path)
    head = _read_head(place, os.fspath(path))
    return next((one.NAME for one in _readers() if one.recognises(head, place)), None)


def _readers() -> Iterator[Reader]:
    """Import the readers one by one, text last: it takes whatever nobody else knows."""
    names = sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name[0] != "_")
    for name in sorted(names, key=lambda one: (one == "csv", one)):
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "recognises"):
            yield cast(Reader, module)


def _read_head(place: Path, name: str) -> bytes:
    try:
        if place.is_dir():
            raise UnreadableList("is a folder", file=name, remedy="Name a file in it.")
        with place.open("rb") as stream:
            head = stream.read(HEAD)
    except FileNotFoundError:
        raise UnreadableList(
            "there is no such file", file=name, remedy="Check the path and the name."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is no path"
        raise UnreadableList(
            f"cannot be opened ({reason})", file=name, remedy="Check the path and its permissions."
        ) from error
    if not head:
        raise UnreadableList("the file is empty", file=name, remedy="Export the list again.")
    return head


def _foreign(head: bytes, name: str) -> UnreadableList:
    for magic, what, remedy in _FOREIGN:
        if head.startswith(magic):
            return UnreadableList(f"this is {what}, not a contact list", file=name, remedy=remedy)
    for what, remedy in _marked_up(head):
        return UnreadableList(f"this is {what}, not a contact list", file=name, remedy=remedy)
    return UnreadableList(
        "this is not a text file or a workbook",
        file=name,
        remedy="Name a CSV or XLSX file, or say its encoding with --encoding.",
    )


def is_foreign(head: bytes) -> bool:
    """Tell whether the first bytes are those of a format that is surely no text."""
    return any(head.startswith(magic) for magic, _, _ in _FOREIGN) or any(_marked_up(head))


def _marked_up(head: bytes) -> Iterator[tuple[str, str]]:
    """Yield what a text is that is no list, and the remedy; white space and a mark may lead."""
    start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xfe\xff\xbf \t\r\n")
    for pattern, what, remedy in _MARKED_UP:
        if re.match(pattern, start, re.IGNORECASE):
            yield what, remedy
