"""C522: another spelling of an earlier row's mailbox."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .repeated_contact import earlier_row


@rule("C522", "same-mailbox", Severity.INFO, needs="first_rows")
def same_mailbox(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """An earlier row holds the same mailbox under another spelling.

    Why: some providers ignore dots, case or what follows a +; the person would get two mails.
    Example: t.aro+news@gmail.com after taro@gmail.com
    Remedy: keep one of the two rows.
    """
    return earlier_row(contacts, "same_mailbox").where(contacts["first_row"].isna())
