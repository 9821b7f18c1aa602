"""A332: an address whose mail bounced for a cause that may pass."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .block_words import tell_block


@rule("A332", "blocked-temporary", Severity.WARNING, needs="blocks")
def blocked_temporary(addresses: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """Mail to this address bounced for a cause that may pass.

    Why: until the cause is resolved it will bounce again. An error from the policy's number of
    bounces in a row on (blocklist.strikes, by default 5), and where a platform or a person set it.
    Example: ann@example.com
    Remedy: see to the cause, then lift the block with `listhygiene blocklist unblock`.
    """
    blocked = addresses[addresses["block_type"].eq("temporary").fillna(False).astype(bool)]
    limits = {code: int(count) for code, count in policy.blocklist.strikes_by_cause.items()}
    limit = blocked["block_cause"].map(limits).fillna(policy.blocklist.strikes).astype(float)
    strikes = pd.to_numeric(blocked["block_strikes"]).fillna(0)
    heavy = blocked["block_final"].fillna(False).astype(bool) | strikes.ge(limit)
    detail = tell_block(blocked, policy, strikes.where(strikes.gt(1)))
    severity = heavy.map({True: str(Severity.ERROR), False: str(Severity.WARNING)})
    return pd.DataFrame({"detail": detail, "severity": severity}).reindex(addresses.index)
