"""Sets of domain names, matched against whole columns: the name itself, or a name above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..texts import offsets_of
from .facts import Fact

NO_DOTS = 1000
"""More dots than a name can have: no name stands for its subdomains."""


@dataclass(frozen=True)
class Names:
    """A set of names; `exact` and `above` carry them at the same places, in Arrow.

    exact: the names.
    above: the names that stand for their subdomains too, null where not.
    dots: the fewest dots that one of the latter has.
    """

    exact: pa.Array
    above: pa.Array
    dots: int

    def __len__(self) -> int:
        return len(self.exact)


def names_of(names: Iterable[str], *, subdomains: bool = True) -> Names:
    """Make a set of names that all stand for their subdomains too, or none does."""
    listed = list(names)
    return _names(listed, listed if subdomains else [None] * len(listed))


def names_of_facts(rows: Sequence[Fact]) -> Names:
    """Make a set of names of facts with the columns domain and match ("exact" or "suffix")."""
    above = [row["domain"] if row["match"] == "suffix" else None for row in rows]
    return _names([row["domain"] for row in rows], above)


def _names(exact: Sequence[str], above: Sequence[str | None]) -> Names:
    dots = min((name.count(".") for name in above if name is not None), default=NO_DOTS)
    return Names(pa.array(exact, pa.large_string()), pa.array(above, pa.large_string()), dots)


def arrow(texts: pd.Series) -> pa.Array:
    """Return a text column as one Arrow array, missing as null."""
    array = pa.array(texts.array, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def find(domains: pd.Series, names: Names) -> npt.NDArray[np.int64]:
    """Say of each domain which of the names is it, or the nearest one above it; -1 = none.

    domains: distinct ASCII lower-case names. The result is positional.
    """
    texts = arrow(domains)
    if not len(names):
        return np.full(len(texts), -1, np.int64)
    places = _places(texts, names.exact)
    # A name above has one dot less: those without dots to spare are below no listed name.
    dots = np.asarray(pc.fill_null(pc.count_substring(texts, "."), 0))
    open_ = np.flatnonzero((places < 0) & (dots > names.dots))
    texts, dots = texts.take(pa.array(open_)), dots[open_]
    while len(open_):
        texts = _parents(texts)
        dots = dots - 1
        found = _places(texts, names.above)
        places[open_] = found
        more = (found < 0) & (dots > names.dots)
        texts, open_, dots = texts.filter(pa.array(more)), open_[more], dots[more]
    return places


def _parents(names: pa.Array) -> pa.Array:
    """Return what stands behind the first dot of names that have one, in bytes that are there."""
    offsets = offsets_of(names)
    cuts = np.empty(2 * len(names) + 1, np.int64)
    cuts[0::2] = offsets
    cuts[1::2] = offsets[:-1] + pc.find_substring(names, ".").to_numpy() + 1
    halves = [None, pa.py_buffer(cuts), names.buffers()[2]]
    pieces = pa.Array.from_buffers(names.type, 2 * len(names), halves)
    return pieces.take(pa.array(np.arange(1, 2 * len(names), 2)))


def find_any(domains: pd.Series, names: Names) -> npt.NDArray[np.bool_]:
    """Say of each domain whether it is one of the names, or below one that stands for more."""
    return find(domains, names) >= 0


def _places(texts: pa.Array, names: pa.Array) -> npt.NDArray[np.int64]:
    found = pc.index_in(texts, value_set=names, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1)).astype(np.int64)
