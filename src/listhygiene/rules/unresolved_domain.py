"""D404: a domain that DNS gave no answer for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.answer import Answer
from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("D404", "unresolved-domain", Severity.WARNING, needs="answers")
def unresolved_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """DNS gave no usable answer: whether the domain takes mail is unknown.

    Why: a timeout or a failing name server proves nothing, neither good nor bad.
    Example: ann@slow.example.com
    Remedy: run the check again later; if it stays unknown, ask the contact.
    """
    unknown = (domains["answer"] == str(Answer.UNKNOWN)).fillna(False)
    return domains["answer_why"].astype(TEXT).fillna("").where(unknown)
