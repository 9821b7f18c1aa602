"""Intake: the lists that paths, folders, patterns and zip archives stand for."""

from __future__ import annotations

import contextlib
import glob
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import numpy as np

from .earlier import CODE_LIST, COLUMNS
from .model.errors import ListHygieneError, UnreadableList
from .model.listing import Listing
from .model.report import Verdict
from .packs import Pack, open_pack, unpack_member
from .pipeline import read_list, read_options
from .policy import Policy
from .sheets import names_several, reading_one, spread

SUFFIXES = frozenset(
    {
        ".csv",
        ".tsv",
        ".tab",
        ".txt",
        ".xlsx",
        ".xlsm",
        ".xltx",
        ".xltm",
        ".xls",
        ".xlsb",
        ".ods",
        ".parquet",
        ".pq",
    }
)
"""What the name of a list ends with, where nobody named the file itself."""

_PACKED = frozenset({".zip"})
_LOOK = 1 << 16


@dataclass(frozen=True)
class Taken:
    """One list to be read.

    path: the file to read. shown: what people call it. place: where it belongs below an output
    folder, with `/`. pack: the zip archive that holds it, and member its name there, or None.
    sheet: of a workbook whose sheets are lists of their own, and beside: all of these.
    """

    path: str
    shown: str
    place: str
    pack: Pack | None = None
    member: str = ""
    sheet: str | None = None
    beside: tuple[str, ...] = ()


@dataclass
class Intake:
    """All lists of a run, in order.

    skipped: file -> why it is no list. troubles: file -> why it could not be taken in.
    """

    lists: list[Taken] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)
    several: bool = False
    """Whether more than one file may be meant: several were named, or a folder or a pattern."""

    def names(self) -> list[str]:
        """Return what the lists call each other: the same before and after they are cleaned."""
        alone = len({one.place for one in self.lists}) == 1
        return [
            "/".join(filter(None, ("" if alone else one.place, one.member, one.sheet or "")))
            or one.place
            for one in self.lists
        ]


@contextlib.contextmanager
def take_in(
    given: Sequence[str], leave: Mapping[str, str] | None = None, policy: Policy | None = None
) -> Iterator[Intake]:
    """Find the lists that the given paths stand for; zip members are unpacked while it is open.

    A file that is named itself is taken whatever it is called; a folder gives the files that are
    lists by their names, its subfolders' too; a pattern (`*.csv`, `**`) what it matches, where no
    file has that very name; a zip archive that is no workbook the lists in it. leave: real path ->
    why it is no list (the blocklist, an output folder). policy: where it names several sheets,
    each of a workbook is a list of its own.
    """
    intake = Intake()
    with contextlib.ExitStack() as stack:
        found = [one for path in given for one in _expand(path, len(given) > 1, intake)]
        intake.several |= len(given) > 1
        seen: set[str] = set()
        for one in found:
            real = os.path.realpath(one.path)
            why = _reason(real, leave or {}) or ("is named twice" if real in seen else "")
            seen.add(real)
            if why:
                intake.skipped[one.shown] = why
            elif _is_pack(one.path):
                _unpack(one, intake, stack)
            else:
                intake.lists.append(one)
        intake.lists = _apart(intake.lists)
        if policy is not None and names_several(policy):
            options = read_options(reading_one(policy))
            intake.lists = [one for it in intake.lists for one in spread(it, policy, options)]
        if given and not intake.lists and not intake.troubles:
            why = "; ".join(f"{file} {why}" for file, why in intake.skipped.items())
            intake.troubles[given[0]] = f"{given[0]}: there is no list in it. {why}".rstrip()
        yield intake


def read_taken(one: Taken, policy: Policy, keep: bool = False) -> Listing:
    """Read a list that was taken in, under the name that people know it by.

    keep: see `ReadOptions`. Raises UnreadableList.
    """
    if one.sheet is not None or names_several(policy):
        policy = reading_one(policy, one.sheet)
    try:
        listing = read_list(one.path, policy, policy.lang or "en", one.beside, keep)
    except ListHygieneError as error:
        error.file = one.shown
        raise
    unbalanced = dict(listing.unbalanced)
    for row in _foreign(listing):
        unbalanced.setdefault(row, "its own cells stand in the columns that clean appended")
    return replace(listing, path=one.shown, unbalanced=unbalanced)


def _foreign(listing: Listing) -> list[int]:
    """Find the rows of a CSV whose own cells stand in our columns.

    A row that was out of balance when `clean` appended its columns may since have as many cells as
    the header; what is there is neither a verdict with its codes nor blank, and is the user's own.
    """
    ours = [listing.header.index(name) for name in COLUMNS if name in listing.header]
    if listing.format != "csv" or len(ours) < len(COLUMNS):
        return []
    cells = [listing.frame.iloc[:, place] for place in ours]
    written = cells[0].isin([*map(str, Verdict)]) & cells[1].str.fullmatch(CODE_LIST)
    blank = np.logical_and.reduce([(one == "").to_numpy() for one in cells])
    foreign: list[int] = np.flatnonzero(~(written.to_numpy() | blank)).tolist()
    return foreign


def read_all(intake: Intake, policy: Policy, troubles: dict[str, str]) -> list[Listing]:
    """Read all lists that can be read; of the others `troubles` learns why."""
    read = []
    for one in intake.lists:
        try:
            read.append(read_taken(one, policy))
        except ListHygieneError as error:
            if error.exit_code == 2:
                raise
            troubles[one.shown] = str(error)
    return read


def own_files(policy: Policy) -> dict[str, str]:
    """Return the files of a run that are no lists, though they may lie among them: path -> why."""
    named = {"blocklist.url": "is the blocklist", "dns.source": "holds recorded answers"}
    places = {policy.place(key): why for key, why in named.items()}
    return {os.path.realpath(path): why for path, why in places.items() if os.path.isfile(path)}


def _reason(real: str, leave: Mapping[str, str]) -> str:
    return next(
        (why for path, why in leave.items() if real == path or real.startswith(path + os.sep)), ""
    )


def _expand(path: str, among: bool, intake: Intake) -> Iterator[Taken]:
    if os.path.isdir(path):
        intake.several = True
        name = os.path.basename(os.path.realpath(path))
        yield from _walk(path, f"{name}/" if among else "", intake)
    elif glob.has_magic(path) and not os.path.lexists(path):
        intake.several = True
        root = _fixed_part(path)
        matches = sorted(one for one in glob.glob(path, recursive=True) if os.path.isfile(one))
        for one in matches:
            if why := _byproduct(os.path.basename(one)):
                intake.skipped[one] = why
                continue
            yield Taken(one, one, Path(os.path.relpath(one, root or ".")).as_posix())
        if not matches:
            intake.troubles[path] = f"{path}: no file matches. Check the pattern."
    else:
        yield Taken(path, path, os.path.basename(path))


def _fixed_part(pattern: str) -> str:
    """Return the folder before the first part of a pattern that has a wildcard."""
    parts: list[str] = []
    for part in Path(pattern).parts[:-1]:
        if glob.has_magic(part):
            break
        parts.append(part)
    return os.path.join(*parts) if parts else ""


def _walk(folder: str, prefix: str, intake: Intake) -> Iterator[Taken]:
    """Yield the lists below a folder, by name; hidden files and folders are left alone."""

    def refuse(error: OSError) -> None:
        where = str(error.filename)
        intake.troubles[where] = f"{where}: the folder cannot be read ({error.strerror})."

    for here, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            path = os.path.join(here, name)
            why = _unlike(name) or _wordless(path)
            if name.startswith("."):
                continue
            if why:
                intake.skipped[path] = why
                continue
            relative = Path(os.path.relpath(path, folder)).as_posix()
            yield Taken(path, path, prefix + relative)


def _unlike(name: str) -> str:
    """Say why a name is not that of a list, '' where it may be one."""
    if PurePosixPath(name).suffix.lower() not in SUFFIXES | _PACKED:
        return _byproduct(name) or "is no list by its name"
    return _byproduct(name)


def _byproduct(name: str) -> str:
    """Say of a file that no person meant that it is one, '' of others."""
    if name.startswith("~$"):
        return "is a lock of an office program"
    return "is a change log" if name.endswith(".changes.jsonl") else ""


def _wordless(path: str) -> str:
    """Say that a text file holds no address: it is a readme, not a list."""
    if not path.lower().endswith(".txt"):
        return ""
    try:
        with open(path, "rb") as stream:
            return "" if b"@" in stream.read(_LOOK) else "is a text without addresses"
    except OSError:
        return ""


def _is_pack(path: str) -> bool:
    """Tell whether a file is a zip archive and no workbook."""
    from .readers import recognised

    try:
        with open(path, "rb") as stream:
            if stream.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                return False
        return recognised(path) is None
    except OSError:
        return False


def _unpack(one: Taken, intake: Intake, stack: contextlib.ExitStack) -> None:
    """Take the lists of a zip archive in."""
    try:
        pack = open_pack(one.path)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="listhygiene-")))
        lists = []
        for number, (member, name) in enumerate(pack.files()):
            shown = f"{one.shown}/{name}"
            base = PurePosixPath(name).name
            why = "is an archive in an archive" if base.lower().endswith(".zip") else _unlike(base)
            if why:
                intake.skipped[shown] = why
                continue
            target = scratch / f"{number:05d}{PurePosixPath(base).suffix.lower()}"
            unpack_member(pack, member, target)
            if why := _wordless(str(target)):
                intake.skipped[shown] = why
                continue
            lists.append(Taken(str(target), shown, one.place, pack, member))
        if not lists:
            raise UnreadableList("the archive holds no list", file=one.shown)
    except ListHygieneError as error:
        error.file = one.shown
        intake.troubles[one.shown] = str(error)
        return
    intake.lists += lists


def _apart(lists: Sequence[Taken]) -> list[Taken]:
    """Give files of one name from several folders places of their own."""
    files: dict[str, set[str]] = {}
    for one in lists:
        real = one.pack.path if one.pack else one.path
        files.setdefault(one.place.casefold(), set()).add(os.path.realpath(real))
    alike = {real for several in files.values() if len(several) > 1 for real in several}
    if not alike:
        return list(lists)
    root = os.path.commonpath([os.path.dirname(real) for real in alike])
    made = []
    for one in lists:
        real = os.path.realpath(one.pack.path if one.pack else one.path)
        inside = Path(os.path.relpath(real, root)).as_posix()
        made.append(replace(one, place=inside) if real in alike else one)
    return made
