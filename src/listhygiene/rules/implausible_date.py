"""C513: a date that cannot be right, or cannot be told."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..dates import AMBIGUOUS
from ..model.listing import TEXT
from ..model.rule import Severity, rule

EARLIEST = pd.Timestamp(1990, 1, 1)
"""Nobody was mailed in masses before; 1970-01-01 and 1900-01-01 are programs' words for "never"."""


@rule("C513", "implausible-date", Severity.WARNING)
def implausible_date(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """A day of mailing or opening lies in the future, before e-mail, or cannot be told.

    Why: 05/06/2026 is the 5th of June or the 6th of May; nothing is guessed. A day after the send
        is a slip, and 1970-01-01 a program's word for none.
    Example: 2062-05-01 under 最終送信日
    Remedy: correct the day; export dates year first: 2026-06-05.
    """
    parts = []
    for name, words in (("last_mailed", "last mailed"), ("last_opened", "last opened")):
        day = contacts[name]
        odd = day[(day > policy.as_of) | (day < EARLIEST)]
        parts.append(odd.dt.strftime(f"{words} %Y-%m-%d").astype(TEXT))
        unclear = contacts.index[(contacts[f"{name}_state"] == AMBIGUOUS).to_numpy(dtype=bool)]
        told = f"{words}: day and month cannot be told apart"
        parts.append(pd.Series(told, index=unclear, dtype=TEXT))
    found: pd.Series = pd.concat(parts)
    return found[~found.index.duplicated()]
