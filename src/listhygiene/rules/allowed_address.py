"""A335: an address that a person answers for, whatever bounced."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.bounce import CAUSE_NAMES
from ..model.listing import TEXT
from ..model.rule import Severity, rule
from .block_words import tell_day


@rule("A335", "allowed-address", Severity.INFO, needs="blocks")
def allowed_address(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """A person allowed this address, whatever bounced for good before.

    Why: who overrode a permanent block, when and why is to be seen wherever the address appears.
    Example: ann@example.com
    Remedy: ask that person where you doubt it; the next permanent bounce blocks the address again.
    """
    allowed = addresses[addresses["allowed"].fillna("").ne("").to_numpy(dtype=bool)]
    cause = allowed["block_cause"].astype(TEXT).fillna("")
    words = cause.map(lambda code: CAUSE_NAMES.get(code, code)).astype(TEXT)
    words += tell_day(allowed["block_since"], ", since {day}").fillna("")
    overridden = allowed["block_type"].eq("permanent").fillna(False)
    return (words + "; ").where(overridden.astype(bool), "") + allowed["allowed"]
