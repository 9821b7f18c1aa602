"""A333: an address whose owner reported mail as spam."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .block_words import tell_day


@rule("A333", "complained", Severity.ERROR, needs="blocks")
def complained(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The recipient reported earlier mail as spam.

    Why: Gmail and Yahoo refuse the mail of senders whom three in a thousand recipients report; who
    did it once does it again.
    Example: ann@example.com
    Remedy: leave the contact out of every campaign.
    """
    return tell_day(addresses["complained"])
