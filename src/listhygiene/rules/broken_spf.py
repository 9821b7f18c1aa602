"""S603: an SPF record that cannot work, or protects from nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule

DETAIL = "{domain}: {problem}; the record: {record}"
WARNED = "{domain}: {warning}; the record: {record}"


@rule("S603", "broken-spf", Severity.ERROR)
def broken_spf(senders: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The SPF record of the sender's domain is broken.

    Why: several records, a syntax error, more than 10 look-ups or 2 void ones are a permanent
    error (RFC 7208 4.5, 4.6), so that nothing passes; with +all everybody passes.
    Example: v=spf1 +all
    Remedy: publish one record, within 10 look-ups, that ends in ~all or -all.
    """
    found = pd.DataFrame(
        {"detail": pd.Series(None, index=senders.index, dtype=TEXT), "severity": None}
    ).astype({"severity": object})
    for place, one in senders.iterrows():
        shown = {"domain": one["spf_domain"], "record": one["spf"] or "-"}
        if one["spf_status"] == "broken":
            detail = DETAIL.format(problem=one["spf_problem"], **shown)
            found.loc[place] = [detail, str(Severity.ERROR)]
        elif one["spf_warnings"]:
            detail = WARNED.format(warning="; ".join(one["spf_warnings"]), **shown)
            found.loc[place] = [detail, str(Severity.WARNING)]
    return found
