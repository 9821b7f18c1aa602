"""S608: bounces and replies cannot come back."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule

NO_MAIL = {
    "nxdomain": "{domain} does not exist",
    "no_host": "{domain} has neither MX nor address record",
    "null_mx": "{domain} declares that it accepts no mail (null MX)",
}
UNROUTABLE = "every MX of {domain} points nowhere"
MISSPELT = "{domain} looks like a misspelt {suggestion}"
BLOCKED = "the From address itself is on your blocklist"


@rule("S608", "unreachable-sender", Severity.ERROR)
def unreachable_sender(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """The sender's domain cannot receive bounces and replies.

    Why: bounces come back to the sender's domain; many receivers refuse mail whose sender cannot
    be answered (RFC 5321 3.6.1, status 5.1.8).
    Example: news@gone.example.com
    Remedy: send from a domain that has an MX record, and check its spelling.
    """
    found = pd.Series(None, index=senders.index, dtype=TEXT)
    for place, one in senders.iterrows():
        template = NO_MAIL.get(str(one["answer"]), "")
        if not template and one["unroutable"] is True:
            template = UNROUTABLE
        if not template and one["suggestion"]:
            template = MISSPELT
        if not template and one["blocked"]:
            template = BLOCKED
        if template:
            found.loc[place] = template.format(domain=one["domain"], suggestion=one["suggestion"])
    return found
