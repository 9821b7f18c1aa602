"""C541: a row that does not fit the header."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule
from ..texts import are_empty, to_arrow


@rule("C541", "unbalanced-row", Severity.ERROR)
def unbalanced_row(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The row has more or fewer cells than the header, or a quote left open.

    Why: its cells may stand under the wrong headers, the address among them; a comma inside a cell
        without quotes does it.
    Example: taro@example.com,Example, Inc.,佐藤 under Email,Company,Name
    Remedy: quote the cell that holds the delimiter, or fill the missing cells; in a workbook made
        of the list, set the row right and take C541 out of its listhygiene_codes.
    """
    told = contacts["unbalanced"].astype(TEXT)
    return told[~are_empty(to_arrow(told))]
