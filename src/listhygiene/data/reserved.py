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
    """Return what each distinct domain is reserved for, and by which standard, '' where it is not.

    "for examples (RFC 2606 section 3)"
    """
    # The last one stands for "not found", which is place -1.
    reasons = [f"{row['use']} ({row['source']})" for row in facts(FILE)] + [""]
    found = np.array(reasons, dtype=object)[find(domains, _names())]
    return pd.Series(found, index=domains.index, dtype=TEXT)
