"""D402: a domain that declares that it accepts no mail."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.answer import Answer
from ..model.rule import Severity, rule


@rule("D402", "null-mx", Severity.ERROR, needs="answers")
def null_mx(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The domain declares that it accepts no mail.

    Why: a null MX (RFC 7505) refuses every message; each one sent is a permanent bounce.
    Example: ann@example.com
    Remedy: ask the contact for another address.
    """
    return (domains["answer"] == str(Answer.NULL_MX)).fillna(False)
