"""S602: no SPF record."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender, publish

DETAIL = "{domain} has no SPF record"
ALIKE = "{domain} has no SPF record, but something like one: {record}"


@rule("S602", "missing-spf", Severity.ERROR)
def missing_spf(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """The sender's domain has no SPF record.

    Why: without SPF (RFC 7208) receivers cannot tell your mail from a forgery; Google, Yahoo and
    Microsoft refuse it from bulk senders.
    Example: news@example.com
    Remedy: publish an SPF record that names the servers of your sending platform.
    """
    return each_sender(senders, _say)


def _say(sender: Any) -> str:
    if sender.spf_status != "missing":
        return ""
    template = ALIKE if sender.spf else DETAIL
    detail = template.format(domain=sender.spf_domain, record=sender.spf)
    return detail + publish(sender.spf_domain, sender.spf_publish)
