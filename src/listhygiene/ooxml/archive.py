"""The package as a zip file: its members as they lie in the file, byte for byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from ..model.errors import UnreadableList

STORED, DEFLATED = 0, 8
CHUNK = 1 << 20

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
_MAX_DIRECTORY = 64 << 20
_MAX_MEMBERS = 20_000


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the package (APPNOTE.TXT 4.3.12).

    entry: its whole record in the central directory. offset: of its local header. start: of its
    packed bytes. packed, size: bytes before and after unpacking.
    """

    name: str
    entry: bytes
    offset: int
    start: int
    packed: int
    size: int
    crc: int
    method: int
    flags: int


@dataclass(frozen=True)
class Archive:
    """A zip file whose directory was read and found sane.

    members: in the order of the central directory. directory: offset of that directory.
    tail: everything after the directory, the end record and its comment.
    """

    path: Path
    members: tuple[Member, ...]
    directory: int
    tail: bytes

    @cached_property
    def by_name(self) -> dict[str, Member]:
        """The members by part name, which is compared without case (ECMA-376 part 2, 6.3.5)."""
        return {member.name.casefold(): member for member in self.members}

    def find(self, name: str) -> Member | None:
        """Return the member of a part name, with or without the leading slash."""
        return self.by_name.get(name.lstrip("/").casefold())


def open_archive(path: Path) -> Archive:
    """Read the directory of a zip file and check that its members lie side by side.

    Refuses (UnreadableList) what is no zip file, is cut off, is spread over several files, names
    a member twice or outside the package, or whose members overlap (CVE-2024-0450).
    """
    try:
        with path.open("rb") as stream:
            return _read_directory(path, stream)
    except (struct.error, ValueError, IndexError) as error:
        raise damaged(path, "its table of contents is damaged") from error
    except OSError as error:
        raise UnreadableList(
            f"cannot be opened ({error.strerror or type(error).__name__})",
            file=str(path),
            remedy="Check the path and the permissions.",
        ) from error


def damaged(path: Path, why: str) -> UnreadableList:
    """Make the error of a workbook that is damaged or was cut off."""
    return UnreadableList(
        f"is no whole workbook: {why}",
        file=str(path),
        remedy="Fetch it again, or open it in a spreadsheet program and save it as XLSX.",
    )


def refused(path: Path, why: str) -> UnreadableList:
    """Make the error of a workbook that is built to do harm, or looks so."""
    return UnreadableList(
        f"is refused: {why}",
        file=str(path),
        remedy="If you trust it, open it in a spreadsheet program and save it as a new file.",
    )


def unpack(archive: Archive, member: Member, limit: int | None = None) -> Iterator[bytes]:
    """Yield a member's content in pieces of about 1 MiB, and check its length and checksum.

    limit: refuse a member that says it is longer than so many bytes.
    """
    if limit is not None and member.size > limit:
        raise refused(archive.path, f"its part {member.name} unpacks to {member.size:,} bytes")
    if member.flags & 1:
        raise refused(archive.path, f"its part {member.name} is encrypted")
    if member.method not in (STORED, DEFLATED):
        raise damaged(archive.path, f"its part {member.name} is packed in an unknown way")
    crc = count = 0
    try:
        for piece in _pieces(archive.path, member):
            crc, count = zlib.crc32(piece, crc), count + len(piece)
            if count > member.size:
                break
            yield piece
    except zlib.error as error:
        raise damaged(archive.path, f"its part {member.name} cannot be unpacked") from error
    if count != member.size or crc != member.crc:
        raise damaged(archive.path, f"its part {member.name} fails its checksum")


def read_part(archive: Archive, member: Member, limit: int = 64 << 20) -> bytes:
    """Return a member's content at once; see `unpack`."""
    return b"".join(unpack(archive, member, limit))


def _pieces(path: Path, member: Member) -> Iterator[bytes]:
    left = member.packed
    with path.open("rb") as stream:
        stream.seek(member.start)
        engine = zlib.decompressobj(-zlib.MAX_WBITS) if member.method == DEFLATED else None
        while left > 0:
            raw = stream.read(min(left, CHUNK // 4))
            if not raw:
                return
            left -= len(raw)
            if engine is None:
                yield raw
                continue
            while raw and not engine.eof:
                yield engine.decompress(raw, CHUNK)
                raw = engine.unconsumed_tail
    if engine is not None and (rest := engine.flush()):
        yield rest


def _read_directory(path: Path, stream: BinaryIO) -> Archive:
    length = stream.seek(0, 2)
    count, size, offset = _find_end(path, stream, length)
    if count > _MAX_MEMBERS or size > _MAX_DIRECTORY:
        raise refused(path, f"it has {count:,} parts")
    if offset + size > length:
        raise damaged(path, "it was cut off")
    stream.seek(offset)
    directory = stream.read(size)
    stream.seek(offset + size)
    tail = stream.read(length - offset - size)
    members = tuple(_members(path, stream, directory, count))
    _check_names(path, members)
    _check_layout(path, members, offset)
    return Archive(path, members, offset, tail)


def _find_end(path: Path, stream: BinaryIO, length: int) -> tuple[int, int, int]:
    """Return the directory's count, size and offset, as the end record has them."""
    start = max(0, length - _END.size - 0xFFFF)
    stream.seek(start)
    block = stream.read()
    place = place_of_end(block)
    if place < 0 or len(block) - place < _END.size:
        raise damaged(path, "it is no zip file, or was cut off")
    _, disk, first, _, count, size, offset, _ = _END.unpack_from(block, place)
    locator = place - _LOCATOR.size
    if locator >= 0 and block[locator : locator + 4] == b"PK\x06\x07":
        _, _, where, _ = _LOCATOR.unpack_from(block, locator)
        stream.seek(where)
        end64 = _END64.unpack(stream.read(_END64.size))
        if end64[0] != b"PK\x06\x06":
            raise damaged(path, "its table of contents is damaged")
        disk, first, count, size, offset = end64[4], end64[5], end64[7], end64[8], end64[9]
    if disk or first:
        raise damaged(path, "it is one of several files of a split archive")
    return count, size, offset


def place_of_end(block: bytes) -> int:
    """Return where the end record stands: its comment, which may hold anything, ends the file.

    The last signature where none does; something was put behind the file then.
    """
    last = place = block.rfind(b"PK\x05\x06")
    while place >= 0:
        size = int.from_bytes(block[place + 20 : place + _END.size], "little")
        if place + _END.size + size == len(block):
            return place
        place = block.rfind(b"PK\x05\x06", 0, place)
    return last


def _members(path: Path, stream: BinaryIO, directory: bytes, count: int) -> Iterator[Member]:
    place = 0
    for _ in range(count):
        fields = ENTRY.unpack_from(directory, place)
        signature, _, _, flags, method, _, _, crc, packed, size = fields[:10]
        if signature != b"PK\x01\x02":
            raise damaged(path, "its table of contents is damaged")
        name_length, extra_length, remark_length = fields[10:13]
        end = place + ENTRY.size + name_length + extra_length + remark_length
        entry = directory[place:end]
        raw_name = entry[ENTRY.size : ENTRY.size + name_length]
        extra = entry[ENTRY.size + name_length : ENTRY.size + name_length + extra_length]
        size, packed, offset = _wide(extra, size, packed, fields[16])
        name = raw_name.decode("utf-8" if flags & 0x800 else "cp437", "replace")
        start = _check_local(path, stream, offset, raw_name)
        yield Member(
            name.replace("\\", "/"), entry, offset, start, packed, size, crc, method, flags
        )
        place = end


def _wide(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Take 64-bit values from the extra field where the 32-bit ones say so (APPNOTE 4.5.3)."""
    place = 0
    while place + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, place)
        if tag == 1:
            block = extra[place + 4 : place + 4 + length]
            values = [value for (value,) in struct.iter_unpack("<Q", block[: length // 8 * 8])]
            taken = iter(values)
            size = next(taken) if size == 0xFFFFFFFF else size
            packed = next(taken) if packed == 0xFFFFFFFF else packed
            offset = next(taken) if offset == 0xFFFFFFFF else offset
            break
        place += 4 + length
    return size, packed, offset


def _check_local(path: Path, stream: BinaryIO, offset: int, name: bytes) -> int:
    """Check a member's local header against the directory; return where its bytes start."""
    stream.seek(offset)
    header = stream.read(LOCAL.size)
    fields = LOCAL.unpack(header)
    if fields[0] != b"PK\x03\x04" or stream.read(fields[9]) != name:
        raise damaged(path, "its table of contents does not fit its parts")
    return offset + LOCAL.size + int(fields[9]) + int(fields[10])


def _check_names(path: Path, members: tuple[Member, ...]) -> None:
    seen: set[str] = set()
    for member in members:
        name = member.name
        if name.startswith("/") or ":" in name or ".." in name.split("/") or "\0" in name:
            raise refused(path, "a part's name leads out of the package")
        if name.casefold() in seen:
            raise refused(path, f"it has the part {name} twice")
        seen.add(name.casefold())


def _check_layout(path: Path, members: tuple[Member, ...], directory: int) -> None:
    """Refuse members that share bytes: one packed part read as many is a bomb."""
    end = 0
    for member in sorted(members, key=lambda one: one.offset):
        if member.offset < end:
            raise refused(path, "its parts overlap")
        end = member.start + member.packed
    if end > directory:
        raise refused(path, "its parts overlap")
