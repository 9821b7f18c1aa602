"""S606: no DMARC policy."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender_weighed, publish

MISSING = "{domain} has no DMARC record"
ALIKE = "{domain} has no DMARC record, but something like one: {record}"
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
    remedy = publish(f"_dmarc.{dmarc.at or dmarc.domain}", dmarc.publish)
    if dmarc.problem:
        return BROKEN.format(problem=dmarc.problem, **shown) + remedy, str(Severity.WARNING)
    if not dmarc.policy:
        template = ALIKE if dmarc.record else MISSING
        return template.format(domain=dmarc.domain, record=dmarc.record) + remedy, str(
            Severity.WARNING
        )
    if dmarc.obsolete:
        tags = ", ".join(f"{tag}=" for tag in dmarc.obsolete)
        return OBSOLETE.format(tags=tags, **shown) + remedy, str(Severity.INFO)
    if not dmarc.reports:
        return SILENT.format(**shown) + remedy, str(Severity.INFO)
    return None
