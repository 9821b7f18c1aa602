"""H111: cells that a spreadsheet would execute."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.quantity import quantity
from ..model.rule import Severity, rule


@rule("H111", "executable-cell", Severity.WARNING)
def executable_cell(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """A spreadsheet that opens this file would execute cells of this column.

    Why: a cell that begins with = + - or @ is a formula there (OWASP, CSV injection); a stranger
        may have typed it into a form.
    Example: =HYPERLINK("http://example.com","click")
    Remedy: look at the cells; clean --csv-formulas escape writes them as texts.
    """
    if "executable" not in headers:
        return pd.Series([], dtype=TEXT)
    count = headers["executable"].astype(int)
    return count[count > 0].map(lambda number: quantity(number, "cell")).astype(TEXT)
