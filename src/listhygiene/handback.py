"""Handback: a list given back as a file with its change log, whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .changelog import earlier_log, log_path, sha256, write_log
from .changes import Change, begin_lines
from .files import same_file, standing_by
from .intake import Taken
from .model.errors import UnwritableList
from .model.listing import Edits, Listing
from .packs import Pack
from .writers import Restoring, remarks, write_together
from .writers.zip import write_archive

Edited = tuple[Listing, Edits]
"""A list, and what is to change in it."""


@dataclass(frozen=True)
class Written:
    """What became of a file. log: None where it is in place and would not change. undoable: the
    original can be had back from the log. same: nothing at all differs from the source."""

    log: Path | None
    undoable: bool
    same: bool

    def closing_words(self, source: str, name: str, lists: Sequence[Edited]) -> list[str]:
        """Return what a person should know of the file that was written."""
        if self.log is None:
            return [f"{name} is as it was: there is nothing to change."]
        if self.same:
            return [f"{name} is the same as {source}: there was nothing to change."]
        if self.undoable:
            return [words for listing, edits in lists for words in remarks(listing, edits, name)]
        return [
            f"{name} is a new file of values, without the formulas, formats and other sheets of "
            f"{source}, which stays as it is."
        ]


def hand_back(
    lists: Sequence[Edited],
    source: str,
    target: Path,
    changes: Sequence[Change],
    keys: Sequence[int | None],
) -> Written:
    """Write a list, or those on several sheets of a workbook, and the change log before it counts.

    source: the file that the lists were read from. keys: the columns that name their rows. The old
    file at `target` stands until it and its log are on the disk. Raises UnwritableList.
    """
    in_place = same_file(source, target)
    lines = begin_lines(changes)
    with standing_by(target) as scratch:
        restoring = write_together(_from(lists, source), scratch)
        original, digest = _digests(restoring, source, scratch)
        if restoring.get("new") and in_place:
            raise UnwritableList(
                "rows can be left out of a workbook only by writing a new one",
                file=str(target),
                remedy="Name another file with -o: in its place it could not be undone.",
            )
        if in_place and digest == original:
            scratch.unlink()
            return Written(None, undoable=True, same=True)
        head = {
            "input": lists[0][0].path,
            "input_sha256": original,
            "output": target.name,
            "output_sha256": digest,
            **_told([listing for listing, _ in lists], keys),
            "earlier": earlier_log(target, original) if in_place else "",
        }
        log = write_log(log_path(target), head, changes, restoring, lines)
    return Written(log, undoable=not restoring.get("new"), same=digest == original)


def hand_back_archive(
    pack: Pack,
    members: Sequence[tuple[Taken, Sequence[Edited]]],
    target: Path,
    changes: Sequence[Change],
) -> tuple[Path | None, list[str]]:
    """Write an archive with the lists in it changed; return its log (None: no change) and notes.

    Lists of a format that cannot be written under their own name stay as they are, and are named.
    """
    original = sha256(pack.path)
    in_place = same_file(pack.path, target)
    files: dict[str, Path] = {}
    notes: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="listhygiene-") as folder,
        standing_by(target) as scratch,
    ):
        for number, (taken, lists) in enumerate(members):
            made = Path(folder) / f"{number:05d}{Path(taken.path).suffix}"
            try:
                restoring = write_together(_from(lists, taken.path), made)
            except UnwritableList as error:
                notes.append(f"{taken.shown} was left as it is: {error.problem}.")
                continue
            if restoring.get("new"):
                notes.append(f"{taken.shown} is a new workbook of values.")
            before, after = _digests(restoring, taken.path, made)
            if before != after:
                files[taken.member] = made
        restoring = write_archive(pack.archive, files, scratch)
        if in_place and not files:
            scratch.unlink()
            return None, notes
        left = {taken.member for taken, _ in members} - set(files)
        head = {
            "input": pack.path,
            "input_sha256": original,
            "output": target.name,
            "output_sha256": sha256(scratch),
            "earlier": earlier_log(target, original) if in_place else "",
        }
        written = [one for one in changes if one.list not in left]
        log = write_log(log_path(target), head, written, restoring)
    return log, notes


def _digests(restoring: Restoring, source: str, written: Path) -> tuple[str, str]:
    """Return the checksums of what was read and written, as the writer saw them pass by."""
    if restoring.get("new"):
        return sha256(source), sha256(written)
    return str(restoring.get("input") or sha256(source)), str(restoring["output"])


def _told(listings: Sequence[Listing], keys: Sequence[int | None]) -> dict[str, Any]:
    """Return what the log's head says of the list, or of each of several sheets."""
    told = []
    for one, key in zip(listings, keys, strict=True):
        named = "" if key is None else one.header[key]
        told.append({"sheet": one.sheet, "header": list(one.header), "key": named})
    return told[0] if len(told) == 1 else {"sheets": told}


def _from(lists: Sequence[Edited], source: str) -> list[Edited]:
    """Return the lists under the name of the file that they were read from."""
    return [(replace(listing, path=source), edits) for listing, edits in lists]
