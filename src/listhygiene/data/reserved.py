"""Reserved domains: names that standards keep for examples, tests and local use."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from ..model.listing import TEXT
from .facts import facts
from .names import Names, find, names_of_facts

FILE = "reserved.csv"


@functools.cache
def _names() -> Names:
    return names_of_facts(facts(FILE))


def reserved_reason(domains: pd.Series) -> pd.Series:
    """Return what each distinct domain is reserved for ("for examples"), '' where it is not."""
    uses = np.array([row["use"] for row in facts(FILE)] + [""], dtype=object)
    return pd.Series(uses[find(domains, _names())], index=domains.index, dtype=TEXT)


def reserved_source(domains: pd.Series) -> pd.Series:
    """Return the standard that reserves each distinct domain, '' where none does."""
    sources = np.array([row["source"] for row in facts(FILE)] + [""], dtype=object)
    return pd.Series(sources[find(domains, _names())], index=domains.index, dtype=TEXT)
