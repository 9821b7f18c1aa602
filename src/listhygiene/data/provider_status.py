"""Providers that have shut their mail down, will, or are said to have; and legacy ones alive."""

from __future__ import annotations

import functools

import pandas as pd

from .facts import facts
from .names import Names, find, names_of_facts

FILE = "provider_status.csv"

ENDED, ENDING, LEGACY, REPORTED = "ended", "ending", "legacy", "reported_ended"
"""ended: the provider, or two sources, say so; reported_ended: one source does."""


@functools.cache
def _names() -> Names:
    return names_of_facts(facts(FILE))


def provider_status(domains: pd.Series) -> pd.DataFrame:
    """Return status, since, until and note of those distinct domains that the file knows.

    The index holds the labels of `domains`; the columns are texts. since, until: ISO dates, as
    exact as the source ("2021-02"), '' where not known.
    """
    places = find(domains, _names())
    known = places >= 0
    rows = [facts(FILE)[place] for place in places[known]]
    columns = ["status", "since", "until", "note"]
    return pd.DataFrame(
        [[row[name] for name in columns] for row in rows],
        index=domains.index[known],
        columns=columns,
    )
