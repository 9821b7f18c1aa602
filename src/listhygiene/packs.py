"""Packs: zip archives of lists, read behind limits and written back with the rest untouched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .model.errors import UnreadableList
from .ooxml.archive import ENTRY, Archive, Member, open_archive, unpack

MOST_BYTES = 8 << 30
"""How much all members of an archive may unpack to."""

_TIGHT = 64 << 20
_RATIO = 250
"""A member that unpacks to more than 64 MiB and 250 times its packed size is no list."""


@dataclass(frozen=True)
class Pack:
    """An open zip archive. path: as given."""

    path: str
    archive: Archive

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield the members that are files: their name in the archive, and as people read it."""
        for member in self.archive.members:
            shown = _readable(member)
            if not shown.endswith("/") and not shown.startswith("__MACOSX/"):
                yield member.name, shown


def open_pack(path: str) -> Pack:
    """Open an archive; raises UnreadableList for a damaged or hostile one.

    Refused are names that lead out of it, members twice or over each other, and more bytes than
    an honest archive of lists unpacks to.
    """
    try:
        archive = open_archive(Path(path))
    except UnreadableList as error:
        error.problem = error.problem.replace("no whole workbook", "no whole archive")
        error.remedy = "Unpack it yourself and name the folder."
        raise
    total = sum(member.size for member in archive.members)
    if total > MOST_BYTES:
        raise _refused(path, f"it unpacks to {total:,} bytes")
    for member in archive.members:
        if member.size > max(_TIGHT, _RATIO * member.packed):
            raise _refused(path, f"{_readable(member)} unpacks to {member.size:,} bytes")
    return Pack(path, archive)


def unpack_member(pack: Pack, name: str, target: Path) -> None:
    """Write a member to a file of its own; raises UnreadableList where it is damaged."""
    member = pack.archive.find(name)
    assert member is not None
    if member.flags & 1:
        raise _refused(pack.path, f"{_readable(member)} is encrypted")
    try:
        with target.open("wb") as stream:
            for piece in unpack(pack.archive, member):
                stream.write(piece)
    except UnreadableList as error:
        error.problem = error.problem.replace("no whole workbook", "no whole archive")
        error.remedy = "Pack the lists again."
        raise
    except OSError as error:
        raise UnreadableList(
            f"cannot be unpacked ({error.strerror or type(error).__name__})",
            file=pack.path,
            remedy="Free space in the folder for temporary files.",
        ) from error


def _readable(member: Member) -> str:
    """Return a member's name as people read it: UTF-8, or what its bytes are in CP932.

    Old programs in Japan write names in CP932 and don't say so (APPNOTE.TXT, appendix D).
    """
    length = ENTRY.unpack_from(member.entry)[10]
    raw = member.entry[ENTRY.size : ENTRY.size + length]
    for encoding in ("utf-8", "cp932"):
        try:
            return raw.decode(encoding).replace("\\", "/")
        except UnicodeDecodeError:
            continue
    return member.name


def _refused(path: str, why: str) -> UnreadableList:
    return UnreadableList(
        f"is refused: {why}", file=path, remedy="Unpack it yourself and name the folder."
    )
