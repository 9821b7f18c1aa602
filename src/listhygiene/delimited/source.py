"""The source: a list's bytes once more, and the proof that they are those that were read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..model.errors import UnwritableList
from ..model.listing import Listing
from .encoding import from_plain, to_plain
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
    """Read the list's bytes again; `prove` tells whether they are those of then.

    Raises UnwritableList where they cannot be."""
    dialect: Dialect = listing.facts["dialect"]
    try:
        content = to_plain(_read(listing), dialect.encoding, dialect.bom, dialect.codec)
    except UnicodeError:
        raise _changed(listing) from None
    facts = listing.facts
    if len(content) < int(facts["records"].ends.max(initial=0)):
        raise _changed(listing)
    return Source(listing, content, dialect, facts["records"], facts["rows"], facts["named"])


def prove(source: Source) -> None:
    """Raise UnwritableList where the list's bytes are others than when it was read, or could not
    be given back as they were."""
    listing, dialect = source.listing, source.dialect
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
