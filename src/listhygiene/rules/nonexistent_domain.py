"""D401: a domain that DNS does not know, or that has neither a mail server nor an address."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.answer import Answer
from ..model.listing import TEXT
from ..model.rule import Severity, rule

DETAILS = {
    str(Answer.NXDOMAIN): "DNS does not know the name",
    str(Answer.NO_HOST): "it has neither a mail server (MX) nor an address record",
}


@rule("D401", "nonexistent-domain", Severity.ERROR, needs="answers")
def nonexistent_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The domain does not exist, or has no mail server.

    Why: without MX and without an address record there is no server to deliver to (RFC 5321 5.1);
    each message bounces permanently.
    Example: ann@nonexistent.example.com
    Remedy: look for a typing error, or ask the contact for another address.
    """
    return domains["answer"].map(DETAILS).astype(TEXT)
