"""C521: a contact whose address stands in an earlier row."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("C521", "repeated-contact", Severity.WARNING, needs="first_rows")
def repeated_contact(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The same address stands in an earlier row.

    Why: two rows of one address are two mails to one person, or one of them is dropped by the
        import without a word.
    Example: taro@example.com in the lines 2 and 17
    Remedy: keep the row that is right and delete the other.
    """
    return earlier_row(contacts, "first")


def earlier_row(contacts: pd.DataFrame, name: str) -> pd.Series:
    """Say of the rows that have an earlier one where that stands.

    name: "first" or "same_mailbox": the columns NAME_row and NAME_list are its 0-based places, and
    NAME_line and NAME_path, where the evidence carries them, what a person would look for.
    """
    rows = contacts[f"{name}_row"].dropna().astype(int)
    if f"{name}_line" in contacts:
        told = "line " + contacts.loc[rows.index, f"{name}_line"].astype(int).astype(str)
    else:
        told = "row " + (rows + 1).astype(str)
    if f"{name}_path" in contacts:
        path = contacts.loc[rows.index, f"{name}_path"].fillna("")
        told = (path + ", ").where(path != "", "") + told
    return pd.Series(told, dtype=TEXT)
