"""Outputs: which files a cleaning writes, and which rows go into each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
import pandas as pd

from .files import same_file
from .intake import Intake, Taken
from .model.errors import UnreadableList, UsageError
from .model.listing import Listing
from .model.quantity import quantity
from .model.report import Verdict

Marks = npt.NDArray[np.bool_]

_VALUES_ONLY = frozenset({".xls", ".xlsb", ".ods"})
"""Kinds of workbooks that are read and written back as XLSX."""


@dataclass(frozen=True)
class Output:
    """One file to write: where, and the rows it keeps (None = all)."""

    path: Path
    keep: Marks | None = None

    def count(self, listing: Listing) -> int:
        """Return how many of a list's rows it keeps."""
        return len(listing.frame) if self.keep is None else int(self.keep.sum())


def holds_types(target: Path) -> bool:
    """Tell whether a file's cells have a type: a text in it is never executed, nor escaped."""
    return target.suffix.lower() in {".xlsx", ".xlsm", ".parquet", ".pq"}


def output_folder(out: str) -> dict[str, str]:
    """A folder of results is no list, wherever it lies."""
    real = Path(out).resolve()
    return {str(real): "is the output"} if real.is_dir() else {}


def refuse_troubles(intake: Intake) -> None:
    """Raise UnreadableList where there is nothing to clean, or not all of it can be had."""
    if intake.troubles:
        raise UnreadableList(" ".join(intake.troubles.values()).rstrip("."))
    if not intake.lists:
        raise UnreadableList("there is no list in what was given", remedy="Name a list.")


def together(lists: Sequence[Taken]) -> Iterator[list[int]]:
    """Group the lists that are written together: of an archive, of a workbook, else each alone."""
    files: dict[str, list[int]] = {}
    for place, one in enumerate(lists):
        files.setdefault(one.pack.path if one.pack else one.path, []).append(place)
    yield from files.values()


def find_targets(intake: Intake, out: str | None, in_place: bool) -> list[Path]:
    """Say of each list which file it is written to; of one in an archive, to which archive.

    One list goes to `out` itself; several, or any to an existing folder, go below it to the place
    that each has among what was given. Raises UsageError where two would be one file, or one is an
    input.
    """
    if in_place:
        if out is not None:
            raise UsageError("--in-place and -o exclude each other", remedy="Leave one out.")
        return [_source(one) for one in intake.lists]
    if out is None:
        raise UsageError("there is no output", remedy="Name it with -o OUT, or say --in-place.")
    folder = intake.several or os.path.isdir(out) or out.endswith(("/", os.sep))
    if folder and os.path.isfile(out):
        raise UsageError(
            "several lists cannot be written to one file", file=out, remedy="Name a folder with -o."
        )
    targets = [Path(out) / _written_name(one) if folder else Path(out) for one in intake.lists]
    _check(intake.lists, targets)
    return targets


def _source(one: Taken) -> Path:
    return Path(one.pack.path if one.pack else one.path)


def _written_name(one: Taken) -> str:
    place = PurePosixPath(one.place)
    if one.pack is None and place.suffix.lower() in _VALUES_ONLY:
        return str(place) + ".xlsx"
    return str(place)


def _check(lists: Sequence[Taken], targets: Sequence[Path]) -> None:
    owners: dict[str, str] = {}
    for one, target in zip(lists, targets, strict=True):
        source = str(_source(one))
        if same_file(source, target):
            raise UsageError(
                "the output is the input",
                file=str(target),
                remedy="Name another one, or say --in-place to have it replaced.",
            )
        if owners.setdefault(os.path.realpath(target).casefold(), source) != source:
            raise UsageError(
                "two lists would be written to it", file=str(target), remedy="Clean them apart."
            )


def divide(
    target: Path,
    verdicts: pd.Series,
    *,
    only: Sequence[str] = (),
    split: bool = False,
    leave: Sequence[int] = (),
    limit: int | None = None,
) -> list[Output]:
    """Divide a list's rows: by verdict, and into files of at most `limit` rows.

    verdicts: one a row. only: those that stay, () for all. split: a file a verdict, OUT.send and
    so on. leave: rows that go nowhere. More than `limit` rows go to OUT.1, OUT.2 and so on.
    """
    names = [str(one) for one in Verdict] if split else [""]
    outputs: list[Output] = []
    for name in names:
        keep = np.ones(len(verdicts), dtype=bool)
        if name or only:
            keep = np.array(verdicts.isin([name] if name else list(only)), dtype=bool)
        keep[list(leave)] = False
        path = _numbered(target, name) if name else target
        outputs += _cut(path, keep, limit, whole=not name and not only and not len(leave))
    return outputs


def _cut(path: Path, keep: Marks, limit: int | None, *, whole: bool) -> list[Output]:
    rows = np.flatnonzero(keep)
    if limit is None or len(rows) <= limit:
        return [Output(path, None if whole else keep)]
    parts = []
    for number, start in enumerate(range(0, len(rows), limit), start=1):
        part = np.zeros(len(keep), dtype=bool)
        part[rows[start : start + limit]] = True
        parts.append(Output(_numbered(path, str(number)), part))
    return parts


def _numbered(path: Path, name: str) -> Path:
    return path.with_name(f"{path.stem}.{name}{path.suffix}")


def surplus_notes(lists: Sequence[Listing], parts: Sequence[Output]) -> list[str]:
    """Say how many rows lose cells in a file of values: no column is there for what has none."""
    return [
        f"{quantity(len(rows), 'row')} out of balance: any cells beyond the last header are not in "
        f"{part.path}; --quarantine keeps such rows raw."
        for listing, part in zip(lists, parts, strict=True)
        if (rows := [it for it in listing.unbalanced if part.keep is None or part.keep[it]])
    ]
