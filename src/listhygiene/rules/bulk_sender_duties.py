"""S609: so many contacts of one provider that its rules for bulk senders apply."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule

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
    found = pd.DataFrame(
        {"detail": pd.Series(None, index=senders.index, dtype=TEXT), "severity": None}
    ).astype({"severity": object})
    for place, one in senders.iterrows():
        if not one["bulk"]:
            continue
        providers = ", ".join(one["bulk"])
        duties = _missing(one)
        if duties:
            detail = MISSING.format(providers=providers, duties=", ".join(duties))
            found.loc[place] = [detail, str(Severity.WARNING)]
        else:
            found.loc[place] = [MET.format(providers=providers), str(Severity.INFO)]
    return found


def _missing(one: Any) -> list[str]:
    if not one["asked"]:
        return []
    duties = []
    if one["spf_status"] in ("missing", "broken"):
        duties.append("SPF")
    if not any(not key.problem and not key.unknown for key in one["dkim"]):
        duties.append("DKIM" if one["dkim"] else "DKIM (name the selector with --dkim-selector)")
    if not one["dmarc"].unknown and not one["dmarc"].policy:
        duties.append("DMARC")
    return duties
