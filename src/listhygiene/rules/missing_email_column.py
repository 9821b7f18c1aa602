"""H101: a list without an e-mail column."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..headers import columns_seen
from ..model.contacts import Role
from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("H101", "missing-email-column", Severity.ERROR)
def missing_email_column(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """No column holds e-mail addresses.

    Why: without one there is nobody to mail; the import of any platform asks for it.
    Example: a list with the columns 氏名 and 会社名 only
    Remedy: name the column with --email-column, or head it メールアドレス or Email Address.
    """
    if headers["role"].isin(Role.EMAILS).any():
        return pd.Series([], dtype=TEXT)
    return pd.Series([f"columns: {columns_seen(list(headers['header']))}"], index=[-1], dtype=TEXT)
