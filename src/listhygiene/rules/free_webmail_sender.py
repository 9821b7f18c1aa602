"""S601: a From address at a personal provider."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule

BY_DMARC = "{domain} publishes DMARC p={policy}: what a platform sends in its name fails"
BY_LIST = "{domain} is on the list of personal providers"
FORBIDS = ("quarantine", "reject")


@rule("S601", "free-webmail-sender", Severity.ERROR)
def free_webmail_sender(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """The From address is at a personal provider.

    Why: only the provider can authenticate mail from its domain (SPF, DKIM, DMARC); sent through
    a platform it is refused or lands in spam.
    Example: shop@gmail.com
    Remedy: send from an address at a domain of your own.
    """
    free = senders["free"].fillna(False).astype(bool)
    found = pd.Series(None, index=senders.index, dtype=TEXT)
    for place in senders.index[free]:
        said = str(senders.at[place, "dmarc_policy"])
        template = BY_DMARC if said in FORBIDS else BY_LIST
        found.loc[place] = template.format(domain=senders.at[place, "domain"], policy=said)
    return found
