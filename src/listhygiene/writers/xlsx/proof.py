"""The proof after every write: what was not to change is the same, what changed is whole."""

from __future__ import annotations

import xml.parsers.expat as expat
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from ...model.errors import UnreadableList, UnwritableList
from ...ooxml.archive import CHUNK, ENTRY, Archive, Member, open_archive, unpack
from ...ooxml.rows import decoded, encoding_of


def prove(old: Archive, written: Path, changed: Mapping[str, int]) -> None:
    """Read a written package from the disk again and hold it against its original.

    changed: the parts that were to change, with their checksums. The members must be the same in
    name, order and record; the packed bytes of the untouched ones the same byte for byte; the
    changed ones must unpack to what was written and be well-formed. Raises UnwritableList.
    """
    try:
        new = open_archive(written)
        if [one.name for one in new.members] != [one.name for one in old.members]:
            raise _failed(old.path, "its list of parts")
        for before, after in zip(old.members, new.members, strict=True):
            if before.name not in changed:
                if not _same(old, before, new, after):
                    raise _failed(old.path, f"its part {before.name}")
                continue
            if after.crc != changed[before.name]:
                raise _failed(old.path, f"its part {before.name}")
            _check_form(new, after)
    except (UnreadableList, expat.ExpatError) as error:
        raise _failed(old.path, "the written package") from error


def _same(old: Archive, before: Member, new: Archive, after: Member) -> bool:
    """Compare two members: their records but for the offset, and their packed bytes."""
    cut = ENTRY.size - 4
    if before.entry[:cut] != after.entry[:cut] or before.entry[cut + 4 :] != after.entry[cut + 4 :]:
        return False
    left = before.packed
    with old.path.open("rb") as one, new.path.open("rb") as other:
        one.seek(before.start)
        other.seek(after.start)
        while left > 0:
            length = min(left, CHUNK)
            if one.read(length) != other.read(length):
                return False
            left -= length
    return True


def _check_form(archive: Archive, member: Member) -> None:
    pieces = unpack(archive, member)
    first = next(pieces, b"")
    encoding = encoding_of(first)
    # Expat knows no encoding of several bytes but UTF-8 and UTF-16.
    parser = expat.ParserCreate(None if encoding.startswith("utf-") else "utf-8")
    raw = chain([first], pieces)
    for piece in raw if encoding.startswith("utf-") else decoded(raw, encoding, archive.path):
        parser.Parse(piece)
    parser.Parse(b"", True)


def _failed(path: Path, what: str) -> UnwritableList:
    return UnwritableList(
        f"the written workbook failed its proof ({what}) and was thrown away",
        file=str(path),
        remedy="Write the list as CSV (-o OUT.csv).",
    )
