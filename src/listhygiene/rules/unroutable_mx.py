"""D403: a domain whose mail servers all point nowhere."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("D403", "unroutable-mx", Severity.ERROR, needs="answers")
def unroutable_mx(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """Every mail server of the domain points nowhere.

    Why: all MX records lead to this machine, a private network or a name that does not exist, so
    no message can leave for it. One server that is reachable, or unknown, is enough to be clean.
    Example: ann@parked.example.com
    Remedy: ask the contact for another address.
    """
    unroutable = domains["unroutable"].fillna(False).astype(bool)
    return domains["answer_detail"].astype(TEXT).fillna("").where(unroutable)
