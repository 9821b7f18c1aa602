"""H112: headers in two rows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("H112", "two-header-rows", Severity.WARNING)
def two_header_rows(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """The headers stand in two rows.

    Why: imports take the first row for the headers and the second for a contact.
    Example: 連絡先,,会社情報 above 氏名,メールアドレス,会社名
    Remedy: keep the row that names the columns and delete the other before you import the list.
    """
    two = "header_rows" in headers and bool(headers["header_rows"].eq(2).any())
    return pd.Series([True] if two else [], index=[-1] if two else [], dtype=bool)
