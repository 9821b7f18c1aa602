"""S606: no DMARC policy."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender_weighed

PUBLISH = (
    "{domain} has no DMARC record; publish: "
    '_dmarc.{domain}. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@{domain}"'
)
BROKEN = "_dmarc.{at}: {problem}; the record: {record}"
OBSOLETE = "_dmarc.{at}: RFC 9989 no longer knows {tags}; the record: {record}"
SILENT = "_dmarc.{at} asks for no reports (rua=); the record: {record}"


@rule("S606", "missing-dmarc", Severity.WARNING)
def missing_dmarc(senders: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The sender's domain has no working DMARC policy.

    Why: DMARC (RFC 9989) ties SPF and DKIM to the From address; Google, Yahoo and Microsoft ask
    it of bulk senders.
    Example: news@example.com
    Remedy: publish a DMARC record, with an address for reports; begin with p=none.
    """
    return each_sender_weighed(senders, _say)


def _say(sender: Any) -> tuple[str, str] | None:
    if not sender.asked or sender.dmarc.unknown:
        return None
    return _said(sender.dmarc)


def _said(dmarc: Any) -> tuple[str, str] | None:
    shown = {"at": dmarc.at or dmarc.domain, "record": dmarc.record or "-"}
    if dmarc.problem:
        return BROKEN.format(problem=dmarc.problem, **shown), str(Severity.WARNING)
    if not dmarc.policy:
        return PUBLISH.format(domain=dmarc.domain), str(Severity.WARNING)
    if dmarc.obsolete:
        tags = ", ".join(f"{tag}=" for tag in dmarc.obsolete)
        return OBSOLETE.format(tags=tags, **shown), str(Severity.INFO)
    if not dmarc.reports:
        return SILENT.format(**shown), str(Severity.INFO)
    return None
