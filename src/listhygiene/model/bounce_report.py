"""The bounce rates of a period, as every format presents them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd


@dataclass(frozen=True)
class BounceReport:
    """What was sent, what came back, and against which line it is held.

    line: the share (0..1) over which a rate warns; source: where the line comes from. since, until
    (not included), asked: the period and the campaigns asked for, None and () for all.
    `sent` and `rate` are missing where nobody said how many were sent.

    total: one row; sent, bounced, permanent, temporary, unnamed, recipients, rate, over.
    campaigns: campaign ('' = the notices name none), at, sent, bounced, permanent, temporary, rate,
        over, change (of the rate, from the campaign before); by time. months: the same by month.
    causes: cause (code), type, bounced, share (of all bounced), rate, title, remedy; by effect.
    types: type, bounced, share, rate.
    domains: domain, provider, sent, bounced, permanent, temporary, share, rate; by effect.
    providers: the same summed up by who runs the mail; a domain of nobody known for itself.
    offenders: address, bounced (in how many campaigns), first, last, type, cause.
    unknown: the campaigns whose number of recipients is to be asked for.
    """

    line: float
    source: str
    blocklist: str
    total: pd.DataFrame
    campaigns: pd.DataFrame
    months: pd.DataFrame
    causes: pd.DataFrame
    types: pd.DataFrame
    domains: pd.DataFrame
    providers: pd.DataFrame
    offenders: pd.DataFrame
    unknown: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    asked: tuple[str, ...] = ()
    version: str = ""
