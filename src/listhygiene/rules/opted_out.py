"""C533: a contact that opted out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("C533", "opted-out", Severity.ERROR)
def opted_out(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The person opted out of mail.

    Why: an opt-out binds whatever else the list says; mailing on is unlawful and brings complaints.
    Example: 1 under 配信停止, or a day under UNSUB_TIME
    Remedy: leave the contact out.
    """
    return contacts["opted_out"].astype(bool)
