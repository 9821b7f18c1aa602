"""S608: bounces and replies cannot come back."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import PUBLISH, each_sender

NO_MAIL = {
    "nxdomain": "{domain} does not exist",
    "no_host": "{domain} has neither MX nor address record",
    "null_mx": "{domain} declares that it accepts no mail (null MX)",
}
UNROUTABLE = "every MX of {domain} points nowhere"
MISSPELT = "{domain} looks like a misspelt {suggestion}"
SERVER = "10 <server>"
BLOCKED = "the From address itself is on your blocklist"


@rule("S608", "unreachable-sender", Severity.ERROR)
def unreachable_sender(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """The sender's domain cannot receive bounces and replies.

    Why: bounces come back to the sender's domain; many receivers refuse mail whose sender cannot
    be answered (RFC 5321 3.6.1, status 5.1.8).
    Example: news@gone.example.com
    Remedy: send from a domain that has an MX record, and check its spelling.
    """
    return each_sender(senders, _say)


def _say(sender: Any) -> str:
    lacks_mx = str(sender.answer) in ("no_host", "null_mx") or sender.unroutable is True
    template = NO_MAIL.get(str(sender.answer), "")
    if not template and sender.unroutable is True:
        template = UNROUTABLE
    if not template and sender.suggestion:
        template = MISSPELT
    if not template and sender.blocked:
        template = BLOCKED
    detail = template.format(domain=sender.domain, suggestion=sender.suggestion)
    if lacks_mx and not sender.personal:
        detail += "\n" + PUBLISH.format(name=sender.domain, kind="MX", record=SERVER)
    return detail
