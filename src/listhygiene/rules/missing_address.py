"""C501: a contact without an address."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("C501", "missing-address", Severity.WARNING)
def missing_address(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The contact has no e-mail address.

    Why: there is nothing to mail; Zoho Campaigns skips such rows without a word.
    Example: a row whose メールアドレス is blank, or なし
    Remedy: ask for the address, or leave the contact out.
    """
    return contacts["address"] < 0
