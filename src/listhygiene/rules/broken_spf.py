"""S603: an SPF record that cannot work, or protects from nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender_weighed, publish

DETAIL = "{domain}: {problem}; the record: {record}"
COSTS = "look-ups by term: {terms}"
WARNED = "{domain}: {warning}; the record: {record}"


@rule("S603", "broken-spf", Severity.ERROR)
def broken_spf(senders: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The SPF record of the sender's domain is broken.

    Why: several records, a syntax error, more than 10 look-ups or 2 void ones are a permanent
    error (RFC 7208 4.5, 4.6), so that nothing passes; with +all everybody passes.
    Example: v=spf1 +all
    Remedy: publish one record, within 10 look-ups, that ends in ~all or -all.
    """
    return each_sender_weighed(senders, _say)


def _say(sender: Any) -> tuple[str, str] | None:
    shown = {"domain": sender.spf_domain, "record": sender.spf or "-"}
    costs = "\n" + COSTS.format(terms=sender.spf_costs) if sender.spf_costs else ""
    remedy = costs + publish(sender.spf_domain, sender.spf_publish)
    if sender.spf_status == "broken":
        return DETAIL.format(problem=sender.spf_problem, **shown) + remedy, str(Severity.ERROR)
    if sender.spf_warnings:
        detail = WARNED.format(warning="; ".join(sender.spf_warnings), **shown)
        return detail + remedy, str(Severity.WARNING)
    return None
