"""The source: a list's bytes once more, and the proof that they are those that were read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..files import stamp_of
from ..model.errors import UnwritableList
from ..model.listing import Listing
from .encoding import codec_matches, from_plain, to_plain
from .table import Dialect, Records

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Source:
    """A list's bytes once more, and what the reader knows of them."""

    listing: Listing
    content: bytes
    dialect: Dialect
    records: Records
    rows: npt.NDArray[np.int64]
    named: int | None

    @property
    def balanced(self) -> Marks:
        """Which rows may be touched at all: those out of balance go unchanged into the output."""
        marks = np.ones(len(self.rows), dtype=bool)
        marks[list(self.listing.unbalanced)] = False
        return marks


def open_source(listing: Listing) -> Source:
    """Return the list's bytes, read again where the file may have been written since; `prove` tells
    whether they are those of then.

    Raises UnwritableList where they cannot be."""
    facts, dialect = listing.facts, listing.facts["dialect"]
    content = _kept(listing)
    try:
        if content is None:
            content = to_plain(_read(listing), dialect.encoding, dialect.bom, dialect.codec)
    except UnicodeError:
        raise _changed(listing) from None
    if len(content) < int(facts["records"].ends.max(initial=0)):
        raise _changed(listing)
    return Source(listing, content, dialect, facts["records"], facts["rows"], facts["named"])


def prove(source: Source) -> None:
    """Raise UnwritableList where the list's bytes are others than when it was read, or could not
    be given back as they were."""
    listing, dialect = source.listing, source.dialect
    kept = source.content is listing.facts["content"]
    if kept and codec_matches(dialect.encoding, dialect.codec):
        return
    hasher = hashlib.sha256(dialect.bom)
    hasher.update(from_plain(source.content, dialect.encoding, dialect.codec))
    if hasher.hexdigest() == listing.facts["sha256"]:
        return
    if hashlib.sha256(_read(listing)).hexdigest() != listing.facts["sha256"]:
        raise _changed(listing)
    raise UnwritableList(
        f"its {dialect.encoding.upper()} has more than one spelling of the same character",
        file=listing.path,
        remedy="Save the list as UTF-8 first.",
    )


def _kept(listing: Listing) -> bytes | None:
    """Return what the reader has kept of a file that nobody has written since."""
    stamp = listing.facts["stamp"]
    kept: bytes | None = listing.facts["content"]
    return kept if stamp is not None and stamp == stamp_of(listing.path) else None


def _read(listing: Listing) -> bytes:
    try:
        return Path(listing.path).read_bytes()
    except OSError as error:
        raise UnwritableList(
            f"cannot be read again ({error.strerror or type(error).__name__})", file=listing.path
        ) from error


def _changed(listing: Listing) -> UnwritableList:
    return UnwritableList(
        "the list has changed since it was read", file=listing.path, remedy="Run again."
    )
