"""S609: so many contacts of one provider that its rules for bulk senders apply."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender_weighed

MISSING = "{providers} contacts make you a bulk sender; missing: {duties}"
MET = (
    "{providers} contacts make you a bulk sender; also offer one-click unsubscribe (RFC 8058) "
    "and keep complaints below 0.3 %"
)


@rule("S609", "bulk-sender-duties", Severity.WARNING)
def bulk_sender_duties(senders: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The list is so large that a provider's rules for bulk senders apply.

    Why: Google, Yahoo and Microsoft ask of whoever sends about 5,000 messages a day to their
    personal domains: SPF, DKIM and DMARC with alignment, one-click unsubscribe (RFC 8058), few
    complaints.
    Example: 5,200 contacts at gmail.com
    Remedy: publish what is missing, or send less a day (listhygiene plan).
    """
    return each_sender_weighed(senders, _say)


def _say(sender: Any) -> tuple[str, str] | None:
    if not sender.bulk:
        return None
    providers = ", ".join(sender.bulk)
    duties = _missing(sender)
    if duties:
        detail = MISSING.format(providers=providers, duties=", ".join(duties))
        return detail, str(Severity.WARNING)
    return MET.format(providers=providers), str(Severity.INFO)


def _missing(sender: Any) -> list[str]:
    if not sender.asked:
        return []
    duties = []
    if sender.spf_status in ("missing", "broken"):
        duties.append("SPF")
    if not any(not key.problem and not key.unknown for key in sender.dkim):
        duties.append("DKIM" if sender.dkim else "DKIM (name the selector with --dkim-selector)")
    if not sender.dmarc.unknown and not sender.dmarc.policy:
        duties.append("DMARC")
    return duties
