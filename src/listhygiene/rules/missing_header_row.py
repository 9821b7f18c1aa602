"""H106: a list that begins with a contact."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("H106", "missing-header-row", Severity.ERROR)
def missing_header_row(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """The list has no header row: its first row is a contact already.

    Why: an import takes the first row for headers and loses that contact; no column can be known
        by its name.
    Example: a file whose first line is taro@example.com,佐藤 太郎
    Remedy: put a row of headers on top: メールアドレス, 氏名, ...
    """
    missing = bool(len(headers)) and not headers["has_header"].astype(bool).any()
    return pd.Series([True] if missing else [], index=[-1] if missing else [], dtype=bool)
