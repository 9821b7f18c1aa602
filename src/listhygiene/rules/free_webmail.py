"""D411: a personal provider's domain: webmail, mobile carrier, internet provider."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.providers import personal_kind
from ..model.listing import TEXT
from ..model.rule import Severity, rule

DETAILS = {"webmail": "webmail", "carrier": "mobile carrier", "isp": "internet provider"}


@rule("D411", "free-webmail", Severity.INFO)
def free_webmail(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The address is at a personal provider, not at a company.

    Why: such a mailbox belongs to a person, whatever the company column says; the provider's
    rules for bulk senders apply.
    Example: ann@gmail.com
    Remedy: nothing to do for a consumer campaign; for one to companies, ask for a work address.
    """
    return personal_kind(domains["domain"]).map(DETAILS).astype(TEXT)
