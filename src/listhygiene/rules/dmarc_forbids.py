"""S607: DMARC of the From domain refuses what is to be sent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender

FORBIDS = ("quarantine", "reject")
PROVIDER = "{at} publishes {record}: only the provider itself can authenticate mail in its name"
UNALIGNED = (
    "{at} publishes {record}: MAIL FROM is at {mail_from}, which is not aligned, "
    "and no DKIM key of {domain} signs"
)


@rule("S607", "dmarc-forbids", Severity.ERROR)
def dmarc_forbids(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """The From domain's DMARC policy refuses this mail.

    Why: with p=quarantine or p=reject a message passes only with an aligned SPF or DKIM (RFC 9989
    4.4); at a provider's domain, or without either, none is possible. A p=reject of one's own
    domain is good practice and no finding.
    Example: shop@yahoo.com
    Remedy: send from a domain of your own, and sign with its DKIM key.
    """
    return each_sender(senders, _say)


def _say(sender: Any) -> str:
    dmarc = sender.dmarc
    if dmarc.applied not in FORBIDS:
        return ""
    shown = {"at": f"_dmarc.{dmarc.at}", "record": dmarc.record, "domain": sender.domain}
    if sender.personal:
        return PROVIDER.format(**shown)
    if _is_impossible(sender):
        return UNALIGNED.format(mail_from=sender.spf_domain, **shown)
    return ""


def _is_impossible(sender: Any) -> bool:
    """Tell whether neither SPF nor DKIM can be aligned; without selectors DKIM is unknown."""
    dmarc = sender.dmarc
    spf = dmarc.aligned(sender.spf_domain, dmarc.strict_spf)
    return not spf and bool(sender.dkim) and all(key.problem for key in sender.dkim)
