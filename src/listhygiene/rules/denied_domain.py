"""D421: a domain that the user's own policy says must not be mailed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..model.rule import Severity, rule


@rule("D421", "denied-domain", Severity.ERROR)
def denied_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """Your policy says that this domain must not be mailed.

    Why: the policy's list domains.deny names it, or a domain above it.
    Example: ann@example.com
    Remedy: leave the contact out, or take the domain off domains.deny.
    """
    denied = [one.lower().strip(".") for one in policy.domains.deny]
    hit = np.zeros(len(domains), dtype=bool)
    for one in denied:
        hit |= domains["domain"].eq(one).to_numpy() | domains["domain"].str.endswith(
            f".{one}"
        ).to_numpy(dtype=bool)
    return pd.Series(hit, index=domains.index)
