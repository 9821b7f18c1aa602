"""Sets of domain names, matched against whole columns: the name itself, or a name above it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .facts import Fact


@dataclass(frozen=True)
class Names:
    """A set of names; `exact` and `above` carry them at the same places, in Arrow.

    exact: the names. above: the names that stand for their subdomains too, null where not.
    """

    exact: pa.Array
    above: pa.Array

    def __len__(self) -> int:
        return len(self.exact)


def names_of(names: Iterable[str], *, subdomains: bool = True) -> Names:
    """Make a set of names that all stand for their subdomains too, or none does."""
    exact = pa.array(list(names), pa.large_string())
    return Names(exact, exact if subdomains else pa.nulls(len(exact), pa.large_string()))


def names_of_facts(rows: Sequence[Fact]) -> Names:
    """Make a set of names of facts with the columns domain and match ("exact" or "suffix")."""
    above = [row["domain"] if row["match"] == "suffix" else None for row in rows]
    exact = pa.array([row["domain"] for row in rows], pa.large_string())
    return Names(exact, pa.array(above, pa.large_string()))


def arrow(texts: pd.Series) -> pa.Array:
    """Return a text column as one Arrow array, missing as null."""
    array = pa.array(texts.array, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def find(domains: pd.Series, names: Names) -> npt.NDArray[np.int64]:
    """Say of each domain which of the names is it, or the nearest one above it; -1 = none.

    domains: distinct ASCII lower-case names. The result is positional.
    """
    texts = arrow(domains)
    places = _places(texts, names.exact)
    if names.above.null_count == len(names.above):
        return places
    open_ = np.flatnonzero(places < 0)
    texts = texts.take(pa.array(open_))
    while len(open_):
        # The parent: all after the first dot; a name without a dot has none.
        texts = pc.replace_substring_regex(texts, r"^[^.]*\.", "", max_replacements=1)
        dotted = pc.fill_null(pc.match_substring(texts, "."), False)
        found = _places(texts, names.above)
        places[open_] = found
        more = (found < 0) & np.asarray(dotted)
        texts, open_ = texts.filter(pa.array(more)), open_[more]
    return places


def find_any(domains: pd.Series, names: Names) -> npt.NDArray[np.bool_]:
    """Say of each domain whether it is one of the names, or below one that stands for more."""
    return find(domains, names) >= 0


def _places(texts: pa.Array, names: pa.Array) -> npt.NDArray[np.int64]:
    found = pc.index_in(texts, value_set=names, skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1)).astype(np.int64)
