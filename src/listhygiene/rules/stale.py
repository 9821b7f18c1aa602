"""C511: a contact that was not mailed for long."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..model.quantity import quantity
from ..model.rule import Severity, rule


@rule("C511", "stale", Severity.WARNING, needs="last_mailed")
def stale(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The contact was not mailed for six months or more (stale.months).

    Why: addresses die and people forget; the help page sets apart contacts without a mail for six
        months or more. Calendar months: for a send on 31 August all up to 28 February are stale.
    Example: 2025-12-01 under 最終送信日, for a send on 2026-11-23
    Remedy: leave the contact out, or win it back in a small mailing of its own.
    """
    mailed = last_activity(contacts, policy)
    limit = policy.as_of - pd.DateOffset(months=policy.stale.months)
    old = mailed[(mailed <= limit) & contacts["has_last_mailed"].astype(bool)]
    codes, days = pd.factorize(old)
    details = [_detail(day, policy.as_of) for day in pd.DatetimeIndex(days)]
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(details)), index=old.index)


def last_activity(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """Return the day of the last mailing that counts, NaT where it is unknown.

    An open or click counts as a mailing where it lies at most stale.opens_count_months before the
    send, and never one in the future.
    """
    mailed = contacts["last_mailed"]
    months = policy.stale.opens_count_months
    if not months:
        return mailed
    opened = contacts["last_opened"]
    counts = (opened >= policy.as_of - pd.DateOffset(months=months)) & (opened <= policy.as_of)
    return pd.Series(np.fmax(mailed, opened.where(counts)), index=contacts.index)


def _detail(day: pd.Timestamp, as_of: pd.Timestamp) -> str:
    months = (as_of.year - day.year) * 12 + as_of.month - day.month - (as_of.day < day.day)
    return f"last mailed {day:%Y-%m-%d}, {quantity(months, 'month')} ago"
