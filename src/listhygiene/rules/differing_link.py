"""C543: a cell whose link goes to another address than the cell shows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("C543", "differing-link", Severity.WARNING)
def differing_link(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The cell links to an address that it does not show.

    Why: of the text and the mailto: link of a workbook's cell one may be out of date, or a name
        that hides the address; which of them is right only a person knows.
    Example: taro@example.com that links to mailto:jiro@example.com
    Remedy: compare it with the linked address, which stands in listhygiene_suggestion, and take
        the link out or write its address into the cell.
    """
    if "linked" not in contacts:
        return pd.Series(False, index=contacts.index)
    return contacts["linked"] != ""
