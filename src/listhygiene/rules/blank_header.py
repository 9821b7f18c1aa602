"""H103: a column with content and no header."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("H103", "blank-header", Severity.WARNING)
def blank_header(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """A column with content has no header.

    Why: an import cannot map it; under a merged header cell only the first column has a name.
    Example: Email,,Company over cells that are all filled
    Remedy: give the column a header of its own, or delete it.
    """
    blank = headers["header"].str.strip().eq("") & headers["filled"].gt(0)
    return blank & headers["has_header"].astype(bool)
