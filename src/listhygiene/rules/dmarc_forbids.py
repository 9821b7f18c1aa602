"""S607: DMARC of the From domain refuses what is to be sent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule

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
    found = pd.Series(None, index=senders.index, dtype=TEXT)
    for place, one in senders.iterrows():
        dmarc = one["dmarc"]
        if dmarc.policy not in FORBIDS or dmarc.testing:
            continue
        shown = {"at": f"_dmarc.{dmarc.at}", "record": dmarc.record, "domain": one["domain"]}
        if one["personal"]:
            found.loc[place] = PROVIDER.format(**shown)
        elif _impossible(one):
            found.loc[place] = UNALIGNED.format(mail_from=one["spf_domain"], **shown)
    return found


def _impossible(one: Any) -> bool:
    """Tell whether neither SPF nor DKIM can be aligned; without selectors DKIM is unknown."""
    dmarc = one["dmarc"]
    spf = dmarc.aligned(one["spf_domain"], dmarc.strict_spf)
    keys = one["dkim"]
    return not spf and bool(keys) and all(key.problem for key in keys)
