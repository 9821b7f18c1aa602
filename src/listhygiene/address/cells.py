"""The cells of a list's e-mail columns: each text once, and which of them are plain addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cellsums import Sums, sum_texts
from ..cores import abreast
from ..texts import LARGE, Ids, Marks, keep, number, offsets_of, to_arrow
from . import library
from .plain import match_plain
from .syntax import FAST_OCTETS, PART

_SLOTS = 22
"""So many bits of a sum say in which slot of a table it is looked up."""


@dataclass(frozen=True)
class MailTexts:
    """The distinct texts of some columns.

    columns: which ones. texts: in the order in which they first appear, without blank ones. plain:
    which of them are plain addresses, short enough to be judged as such without asking the library.
    sums: a number of each (`sum_texts`). places: for each column the text of each row, -1 = blank.
    """

    columns: Sequence[int]
    texts: pa.Array
    plain: Marks
    sums: Sums
    places: dict[int, Ids]

    def odd(self) -> pa.Array:
        """Return the texts that are not plain."""
        return self.texts.filter(pa.array(~self.plain))


def read_texts(frame: pd.DataFrame, columns: Sequence[int]) -> MailTexts:
    """Find the distinct texts of some columns of a list.

    Most texts of a list are distinct, so that a hash table of all would say little: only cells
    whose sums are equal are compared.
    """
    arrays = [to_arrow(frame[place]) for place in columns]
    cells = arrays[0] if len(arrays) == 1 else pa.concat_arrays(arrays or [pa.array([], LARGE)])
    starts = range(0, max(1, len(cells)), PART)
    looked = abreast(lambda start: _look(cells.slice(start, PART)), starts)
    plain, sums = (np.concatenate(parts) for parts in zip(*looked, strict=True))
    rest = np.flatnonzero(~plain)
    # a cell of mere white space is blank; it carries no text to be judged
    said = pc.match_substring_regex(cells.take(pa.array(rest)), r"[^\s\p{Z}]")
    filled = plain.copy()
    filled[rest] = pc.fill_null(said, False).to_numpy(zero_copy_only=False)
    ordered = np.sort(sums[filled])
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    ids, first = number(cells, np.flatnonzero(are_among(sums, repeated) & filled), filled)
    parted = np.split(ids, len(columns)) if len(columns) else []
    return MailTexts(
        columns,
        keep(cells, first),
        plain[first],
        sums[first],
        dict(zip(columns, parted, strict=True)),
    )


def _look(cells: pa.Array) -> tuple[npt.NDArray[np.bool_], Sums]:
    plain = match_plain(cells) & (np.diff(offsets_of(cells)) <= FAST_OCTETS)
    if not library.is_as_tested():
        plain[:] = False
    return plain, sum_texts(cells)


def are_among(sums: Sums, others: Sums) -> Marks:
    """Tell which sums may be among others: all that are, and few that are not."""
    shift = np.uint32(32 - _SLOTS)
    slots = np.zeros(1 << _SLOTS, dtype=bool)
    slots[others >> shift] = True
    return np.asarray(slots[sums >> shift])
