"""H113: a date column whose day and month cannot be told apart."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("H113", "ambiguous-date-order", Severity.WARNING)
def ambiguous_date_order(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """Day and month of this column cannot be told apart.

    Why: 05/06/2026 is the 5th of June or the 6th of May; no cell settles it, or cells contradict
        each other. Nothing is guessed: such days are unknown (C513).
    Example: a column with 05/06/2026 and 07/08/2026 only
    Remedy: export the dates year first: 2026-06-05.
    """
    return headers["order"].eq("ambiguous")
