"""ZIP: an archive of lists back, the cleaned members packed anew and all others byte for byte."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from ..files import replacing
from ..model.errors import ListHygieneError
from ..model.listing import Listing
from ..ooxml.archive import CHUNK, Archive
from ..patch import PatchMaker, apply_patch, fingerprint
from .xlsx.package import Content, write_package

NAME = "zip"


def writes(listing: Listing, out: Path) -> bool:
    """Tell that no single list is written as an archive."""
    return False


def write_archive(archive: Archive, members: Mapping[str, Path], out: Path) -> dict[str, object]:
    """Write an archive with the members (name -> file) replaced; return what `restore` needs.

    Order, dates, remarks and the packed bytes of all other members stay. Raises UnwritableList.
    """
    patch = PatchMaker()
    replaced: dict[str, Content] = {name: _reading(path) for name, path in members.items()}
    with replacing(out) as stream:
        write_package(archive, cast(BinaryIO, stream), replaced, patch)
    with out.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    packed = base64.b64encode(patch.finish()).decode("ascii")
    return {"format": NAME, "output": digest, "patch": packed}


def restore(content: bytes, restoring: Mapping[str, object]) -> bytes:
    """Return the original archive's bytes; raises ListHygieneError where it was changed since."""
    if fingerprint(content) != restoring["output"]:
        raise ListHygieneError(
            "the archive has been changed since it was written",
            remedy="Undo works on the archive exactly as clean wrote it.",
        )
    return apply_patch(content, base64.b64decode(str(restoring["patch"])))


def _reading(path: Path) -> Content:
    def pieces() -> Iterable[bytes]:
        return _pieces(path)

    return pieces


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece
