"""A334: an address whose owner withdrew consent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .block_words import tell_day


@rule("A334", "unsubscribed", Severity.ERROR, needs="blocks")
def unsubscribed(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The recipient withdrew consent.

    Why: mail after that is against the law in most places, and is reported as spam.
    Example: ann@example.com
    Remedy: leave the contact out of every campaign.
    """
    return tell_day(addresses["unsubscribed"])
