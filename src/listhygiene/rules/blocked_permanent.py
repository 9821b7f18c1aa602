"""A331: an address that the blocklist holds for good."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .block_words import tell_block


@rule("A331", "blocked-permanent", Severity.ERROR, needs="blocks")
def blocked_permanent(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """Mail to this address bounced for good, or was blocked for good.

    Why: the server said that no later try will succeed; each one costs the sender's reputation.
    Example: ann@example.com
    Remedy: do what its cause asks for; where mail is sure to arrive again, record who says so with
    `listhygiene blocklist allow`.
    """
    blocked = addresses["block_type"].eq("permanent") & addresses["allowed"].fillna("").eq("")
    return tell_block(addresses[blocked.fillna(False).astype(bool)], policy)
