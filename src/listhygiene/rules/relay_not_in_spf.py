"""S604: the ranges that will send are not in the SPF."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender, publish

DETAIL = "SPF of {domain} says of {ranges}; the record: {record}"
ASSUMED = "MAIL FROM is assumed to be at {domain}; say otherwise with --mail-from"


@rule("S604", "relay-not-in-spf", Severity.WARNING)
def relay_not_in_spf(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """SPF does not authorise all servers that will send.

    Why: receivers compare the sending server with the SPF of the MAIL FROM domain (RFC 7208 2.4);
    mail from a range that is not in it fails.
    Example: v=spf1 include:_spf.example.com ~all
    Remedy: add the platform's ranges, and those of your own relay, to the SPF record.
    """
    return each_sender(senders, _say)


def _say(sender: Any) -> str:
    if sender.spf_status in ("unknown", "broken", "") or not sender.uncovered:
        return ""
    ranges = ", ".join(f"{network} {said}" for network, said in sender.uncovered)
    detail = DETAIL.format(domain=sender.spf_domain, ranges=ranges, record=sender.spf)
    if sender.spf_assumed:
        detail += "\n" + ASSUMED.format(domain=sender.spf_domain)
    return detail + publish(sender.spf_domain, sender.spf_publish)
