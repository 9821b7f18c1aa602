"""H109: a list that does not say when a contact was mailed last."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.contacts import Role
from ..model.rule import Severity, rule


@rule("H109", "no-last-mailed-column", Severity.WARNING)
def no_last_mailed_column(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """No column says when a contact was mailed last: staleness is not judged.

    Why: contacts not mailed for six months or more bounce and complain more; C511 and C512 need
        the day and are skipped.
    Example: a list with メールアドレス and 氏名 only
    Remedy: export the day of the last mailing too, as 最終送信日 or Last Mailed, or name its column
        with --last-mailed-column.
    """
    missing = not headers["role"].eq(Role.LAST_MAILED).any()
    return pd.Series([True] if missing else [], index=[-1] if missing else [], dtype=bool)
