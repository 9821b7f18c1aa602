"""A321: an address that the user's own policy says must not be mailed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("A321", "denied-address", Severity.ERROR)
def denied_address(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """Your policy says that this address must not be mailed.

    Why: the policy's list addresses.deny names it.
    Example: ann@example.com
    Remedy: leave the contact out, or take the address off addresses.deny.
    """
    if not policy.addresses.deny:
        return pd.Series(False, index=addresses.index)
    return addresses["address"].str.lower().isin([one.lower() for one in policy.addresses.deny])
