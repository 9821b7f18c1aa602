"""C512: a contact whose last mailing is unknown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..dates import BLANK, UNREADABLE
from ..model.listing import TEXT
from ..model.rule import Severity, rule
from .stale import last_activity

_DETAILS = {BLANK: "the cell is blank", UNREADABLE: "the cell is no date that exists"}


@rule("C512", "unknown-last-mailed", Severity.WARNING, needs="last_mailed")
def unknown_last_mailed(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """It is unknown when the contact was mailed last.

    Why: a blank or unreadable day is not a fresh one; it may be years ago, or never.
    Example: 2024/05 (no day), 2024-02-30, or nothing under 最終送信日
    Remedy: fill in the day, or treat the contact as one that was not mailed for long.
    """
    known = last_activity(contacts, policy).notna() | ~contacts["has_last_mailed"].astype(bool)
    return contacts.loc[~known, "last_mailed_state"].map(_DETAILS).astype(TEXT)
