"""H107: lines above the header row."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.quantity import quantity
from ..model.rule import Severity, rule


@rule("H107", "preamble", Severity.WARNING)
def preamble(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """Lines stand above the header row.

    Why: imports take the first line for the headers. They are kept, and not judged as contacts.
    Example: 顧客リスト 2026年11月 above メールアドレス,氏名
    Remedy: delete the lines above the headers before you import the list.
    """
    lines = int(headers["preamble"].max()) if len(headers) else 0
    details = [f"{quantity(lines, 'line')} above the headers"] if lines else []
    return pd.Series(details, index=[-1] if lines else [], dtype=TEXT)
