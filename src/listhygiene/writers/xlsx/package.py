"""A package written again: untouched members byte for byte, changed ones packed anew in place."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import BinaryIO

from ...model.errors import UnwritableList
from ...ooxml.archive import CHUNK, DEFLATED, ENTRY, LOCAL, Archive, Member, place_of_end
from ...patch import PatchMaker

Content = Callable[[], Iterable[bytes]]
"""Gives the new content of a part, in pieces."""

_WIDE = 0xFFFFFFFF
_DESCRIPTOR = 0x0008


def write_package(
    archive: Archive,
    out: BinaryIO,
    replaced: Mapping[str, Content],
    patch: PatchMaker,
    level: int = 6,
) -> dict[str, int]:
    """Write the archive to `out` with the parts in `replaced` (part name -> content) changed.

    Order, names, dates, attributes, remarks and whatever lies between members stay. patch: takes
    the steps that lead back to the original file. level: of deflate. Returns the checksum of each
    changed part. Raises UnwritableList for a package beyond 4 GiB.
    """
    places: dict[str, tuple[int, int, int, int]] = {}
    ordered = sorted(archive.members, key=lambda member: member.offset)
    ends = [member.offset for member in ordered[1:]] + [archive.directory]
    with archive.path.open("rb") as source:
        _copy(source, out, 0, ordered[0].offset if ordered else archive.directory, patch)
        for member, end in zip(ordered, ends, strict=True):
            start = out.tell()
            content = replaced.get(member.name)
            if content is None:
                _copy(source, out, member.offset, end, patch)
                places[member.name] = (start, member.crc, member.packed, member.size)
                continue
            crc, packed, size = _pack(member, content, source, out, level)
            places[member.name] = (start, crc, packed, size)
            source.seek(member.offset)
            patch.step(0, out.tell() - start, source.read(end - member.offset))
        _write_directory(archive, source, out, places, set(replaced), patch)
    return {name: places[name][1] for name in replaced}


def _copy(source: BinaryIO, out: BinaryIO, start: int, end: int, patch: PatchMaker) -> None:
    source.seek(start)
    left = end - start
    while left > 0:
        block = source.read(min(left, CHUNK))
        out.write(block)
        left -= len(block)
    if end > start:
        patch.step(end - start)


def _pack(
    member: Member, content: Content, source: BinaryIO, out: BinaryIO, level: int
) -> tuple[int, int, int]:
    """Write a member's local header and its new content; return checksum and sizes."""
    source.seek(member.offset)
    fields = list(LOCAL.unpack(source.read(LOCAL.size)))
    name = source.read(fields[9])
    extra = _without_wide(source.read(fields[10]))
    start = out.tell()
    out.write(b"\0" * LOCAL.size + name + extra)
    crc, size = _deflate(content(), out, level)
    end = out.tell()
    packed = end - start - LOCAL.size - len(name) - len(extra)
    if max(size, packed) >= _WIDE:
        raise too_large(str(member.name))
    fields[2] &= ~_DESCRIPTOR
    fields[3] = DEFLATED
    fields[6:9] = [crc, packed, size]
    fields[10] = len(extra)
    out.seek(start)
    out.write(LOCAL.pack(*fields))
    out.seek(end)
    return crc, packed, size


def _deflate(pieces: Iterable[bytes], out: BinaryIO, level: int) -> tuple[int, int]:
    """Write pieces packed; return their checksum and size.

    One piece is packed while the next one is made: zlib lets other threads run meanwhile.
    """
    engine = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    crc = size = 0
    with ThreadPoolExecutor(1) as packer:
        packed: Future[bytes] | None = None
        for piece in pieces:
            crc, size = zlib.crc32(piece, crc), size + len(piece)
            if packed is not None:
                out.write(packed.result())
            packed = packer.submit(engine.compress, piece)
        if packed is not None:
            out.write(packed.result())
    out.write(engine.flush())
    return crc, size


def _write_directory(
    archive: Archive,
    source: BinaryIO,
    out: BinaryIO,
    places: Mapping[str, tuple[int, int, int, int]],
    changed: set[str],
    patch: PatchMaker,
) -> None:
    start = out.tell()
    entries = [_entry(one, places[one.name], one.name in changed) for one in archive.members]
    directory = b"".join(entries)
    out.write(directory)
    out.write(_tail(archive.tail, start, len(directory)))
    if out.tell() >= _WIDE:
        raise too_large(str(archive.path))
    source.seek(archive.directory)
    patch.step(0, out.tell() - start, source.read())


def _entry(member: Member, place: tuple[int, int, int, int], changed: bool) -> bytes:
    """Return a member's record for the new directory."""
    fields = list(ENTRY.unpack_from(member.entry))
    if fields[16] == _WIDE:
        raise too_large(member.name)
    fields[16], crc, packed, size = place
    rest = member.entry[ENTRY.size :]
    if changed:
        name, extra = rest[: fields[10]], rest[fields[10] : fields[10] + fields[11]]
        remark = rest[fields[10] + fields[11] :]
        extra = _without_wide(extra)
        fields[3] &= ~_DESCRIPTOR
        fields[4] = DEFLATED
        fields[7:10] = [crc, packed, size]
        fields[11] = len(extra)
        rest = name + extra + remark
    return ENTRY.pack(*fields) + rest


def _tail(tail: bytes, start: int, length: int) -> bytes:
    """Point the end records (the 64-bit one too, where there is one) to the new directory."""
    made = bytearray(tail)
    if tail.startswith(b"PK\x06\x06"):
        struct.pack_into("<QQ", made, 40, length, start)
        locator = tail.find(b"PK\x06\x07")
        struct.pack_into("<Q", made, locator + 8, start + length)
    end = place_of_end(tail)
    old = struct.unpack_from("<2L", tail, end + 12)
    new = [_WIDE if was == _WIDE else now for was, now in zip(old, (length, start), strict=True)]
    struct.pack_into("<2L", made, end + 12, *new)
    return bytes(made)


def _without_wide(extra: bytes) -> bytes:
    """Drop the 64-bit sizes of the old content from an extra field (APPNOTE 4.5.3)."""
    kept, place = b"", 0
    while place + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, place)
        if tag != 1:
            kept += extra[place : place + 4 + length]
        place += 4 + length
    return kept + extra[place:]


def too_large(file: str) -> UnwritableList:
    """Make the error of a workbook that a plain zip file cannot hold."""
    return UnwritableList(
        "the workbook is larger than 4 GB",
        file=file,
        remedy="Split the list, or write it as CSV (-o OUT.csv).",
    )
