"""C542: a proposed repair that was accepted by rule and looked at by nobody yet."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("C542", "accepted-repair", Severity.WARNING)
def accepted_repair(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """A proposed repair of the address was accepted and awaits a look.

    Why: the cell could be read in more than one way; clean --accept took the one that DNS supports,
        which is likely and not certain.
    Example: taro@example,co.jp that became taro@example.co.jp
    Remedy: compare it with the change log, then take C542 out of the row's listhygiene_codes.
    """
    return contacts["awaiting"]
