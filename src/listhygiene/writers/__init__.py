"""Writers: a listing and its edits in, the user's own file back; one module a format.

A writer module has a NAME, `writes(listing, out) -> bool`, `write(listing, edits, out)`, which
returns what `restore` needs (a mapping that JSON can hold), and `restore(content, restoring)`.
It may have `write_sheets(lists, out)`, `quarantine(listing, out)`, `refused_cells(listing, edits)`,
`remarks(listing, edits)` and `remember(listing)`.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol, cast

from ..model.errors import ListHygieneError, UnreadableList, UnwritableList
from ..model.listing import Edits, Listing

Restoring = Mapping[str, object]
"""How to go back from what was written to what was read: "format" and what that format needs."""


class Writer(Protocol):
    """What a module of this package offers."""

    NAME: str

    def writes(self, listing: Listing, out: Path) -> bool:
        """Tell whether this list can be written to this file by this module."""

    def write(self, listing: Listing, edits: Edits, out: Path) -> Restoring:
        """Write the list with its edits; raises UnwritableList, and then nothing was changed."""

    def restore(self, content: bytes, restoring: Restoring) -> bytes:
        """Return the bytes of the original."""


def write(listing: Listing, edits: Edits, out: str | os.PathLike[str]) -> Restoring:
    """Give a list back as a file: only what `edits` names differs from what was read.

    The file appears whole or not at all. Result: what `restore` needs; fit for JSON. Raises
    UnwritableList.
    """
    place = Path(out)
    for writer in _writers():
        if writer.writes(listing, place):
            return {"format": writer.NAME, **writer.write(listing, edits, place)}
    raise UnwritableList(
        f"a list of the format {listing.format} cannot be written here",
        file=str(place),
        remedy="Choose an output of the same kind as the input.",
    )


def write_together(
    lists: Sequence[tuple[Listing, Edits]], out: str | os.PathLike[str]
) -> Restoring:
    """Give the lists of one file back as a file: one list, or several sheets of a workbook.

    See `write`. Raises UnwritableList, also where the output has no sheets.
    """
    place, (listing, edits) = Path(out), lists[0]
    if len(lists) == 1:
        return write(listing, edits, out)
    for writer in _writers():
        if writer.writes(listing, place) and hasattr(writer, "write_sheets"):
            return {"format": writer.NAME, **writer.write_sheets(lists, place)}
    raise UnwritableList(
        "several sheets can be written to a workbook only",
        file=str(place),
        remedy="Name an XLSX file with -o, or one sheet with --sheet.",
    )


def restore(out: str | os.PathLike[str], restoring: Restoring) -> bytes:
    """Return the original's bytes from a file that `write` wrote, and what it returned then.

    Raises ListHygieneError where the file has been edited since, saying where.
    """
    try:
        content = Path(out).read_bytes()
    except OSError as error:
        raise UnreadableList(
            f"cannot be read ({error.strerror or type(error).__name__})",
            file=os.fspath(out),
            remedy="Check the path and its permissions.",
        ) from error
    for writer in _writers():
        if restoring.get("format") == writer.NAME:
            try:
                return writer.restore(content, restoring)
            except ListHygieneError as error:
                error.file = error.file or os.fspath(out)
                raise
    raise ListHygieneError("the change log names a format that is not known", file=os.fspath(out))


def quarantine(listing: Listing, out: str | os.PathLike[str]) -> int:
    """Write the raw records of a list that are out of balance to a file; return how many.

    Raises UnwritableList where the format has no such records.
    """
    for writer in _writers():
        if listing.format == writer.NAME and hasattr(writer, "quarantine"):
            return int(writer.quarantine(listing, Path(out)))
    if listing.unbalanced:
        raise UnwritableList(
            f"a list of the format {listing.format} has no raw rows to set aside",
            file=os.fspath(out),
        )
    return 0


def remember(listing: Listing, out: str | os.PathLike[str]) -> Listing | None:
    """Return a list that can be written to a file although its cells are let go; None: it can't."""
    for writer in _writers():
        if writer.writes(listing, Path(out)):
            keep: Callable[[Listing], Listing] | None = getattr(writer, "remember", None)
            return None if keep is None else keep(listing)
    return None


def refused_cells(listing: Listing, edits: Edits) -> dict[tuple[int, int], str]:
    """Return the cells of `edits` that the list's format keeps as they are, and why."""
    found: dict[tuple[int, int], str] = {}
    for writer in _writers():
        if hasattr(writer, "refused_cells"):
            found |= writer.refused_cells(listing, edits)
    return found


def remarks(listing: Listing, edits: Edits, out: str | os.PathLike[str]) -> list[str]:
    """Say what a person should know of the file that `write` makes of a list."""
    for writer in _writers():
        if writer.writes(listing, Path(out)):
            told: Callable[[Listing, Edits], list[str]] | None = getattr(writer, "remarks", None)
            return [] if told is None else told(listing, edits)
    return []


def _writers() -> Iterator[Writer]:
    for name in sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name[0] != "_"):
        module = importlib.import_module(f"{__name__}.{name}")
        if hasattr(module, "writes"):
            yield cast(Writer, module)
