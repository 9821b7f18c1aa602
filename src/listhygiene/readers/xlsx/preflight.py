"""What a package must be before any reader opens it: of sane size, and packed as workbooks are."""

from __future__ import annotations

from ...ooxml.archive import Archive, refused

MOST_PARTS = 10_000
MOST_BYTES = 8 << 30
_SUSPECT_SIZE = 64 << 20
_SUSPECT_RATIO = 400
"""XML of millions of alike cells packs to about a hundredth; deflate's limit, where bombs are, is
1,032 (RFC 1951)."""


def check_sizes(archive: Archive) -> None:
    """Refuse a package that would unpack to more than a workbook can mean (UnreadableList).

    Overlapping, doubled and escaping members were refused when the archive was opened; what a
    member says of its size is held against what comes out when it is unpacked.
    """
    if len(archive.members) > MOST_PARTS:
        raise refused(archive.path, f"it has {len(archive.members):,} parts")
    total = sum(member.size for member in archive.members)
    if total > MOST_BYTES:
        raise refused(archive.path, f"it unpacks to {total:,} bytes")
    for member in archive.members:
        ratio = member.size / max(member.packed, 1)
        if member.size > _SUSPECT_SIZE and ratio > _SUSPECT_RATIO:
            raise refused(
                archive.path,
                f"its part {member.name} unpacks to {ratio:.0f} times its size, as a zip bomb does",
            )
