"""Domains that cannot exist, provable without DNS: no such top-level domain, a bare suffix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ..model.listing import TEXT
from .slips import slip_cost
from .suffixes import has_known_end, has_known_top, is_public_suffix

NO_SUCH_END = "there is no such top-level domain"
BARE_SUFFIX = "the name is a public suffix, under which domains are registered"
NO_HOST_NAME = "the name breaks the rules of host names"

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""RFC 1123 2.1: letters, digits, inner hyphens, at most 63."""
LONGEST = 253
"""RFC 1035 2.3.4: 255 octets, two of them the outermost length octets."""
ENDS = ("com", "net", "org", "jp", "co.jp", "ne.jp", "or.jp", "ac.jp", "go.jp")
"""The ends that a misspelt end may have been, the commoner first."""


def impossible_reason(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Return why each distinct domain (ASCII, lower case) cannot exist, '' where it can."""
    hosts = domains.str.fullmatch(rf"{LABEL}(?:\.{LABEL})*").fillna(False)
    hosts &= domains.str.len() <= LONGEST
    found = np.full(len(domains), "", dtype=object)
    found[is_public_suffix(domains, folder).to_numpy()] = BARE_SUFFIX
    found[~has_known_top(domains, folder).to_numpy()] = NO_SUCH_END
    found[~hosts.to_numpy(bool)] = NO_HOST_NAME
    return pd.Series(found, index=domains.index, dtype=TEXT)


def repair_end(domain: str, folder: Path | None = None) -> str:
    """Return the domain under the one common end that its own was meant to be, '' where unsure."""
    name, _, end = domain.rpartition(".")
    if not name:
        return ""
    joined = [one for one in ENDS if "." in one and end == one.replace(".", "")]
    costs = sorted((slip_cost(end, one), one) for one in ENDS if "." not in one)
    near = [one for cost, one in costs if cost <= 1.0 and cost == costs[0][0]]
    for one in joined or (near if len(near) == 1 else []):
        if has_known_end(f"{name}.{one}", folder):
            return f"{name}.{one}"
    return ""
