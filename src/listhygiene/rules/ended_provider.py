"""D415: a provider that has shut its mail down."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.provider_status import ENDED, ENDING, REPORTED, provider_status
from ..model.listing import TEXT
from ..model.rule import Severity, rule

DETAILS = {
    ENDED: "its mail ended on {day}",
    REPORTED: "its mail is reported to have ended on {day}",
    ENDING: "its mail was to end on {day}",
}


@rule("D415", "ended-provider", Severity.WARNING)
def ended_provider(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The provider has shut its mail down.

    Why: mailboxes of its users are gone. A mail server that answers is no comfort: an ended
    domain may be in other hands, or be the firm's own.
    Example: ann@mail.goo.ne.jp
    Remedy: ask the contact for another address, unless it belongs to the firm itself.
    """
    known = provider_status(domains["domain"])
    day = known["until"].where(known["status"] == ENDING, known["since"])
    past = known["status"].isin((ENDED, REPORTED))
    if policy.as_of is not None:
        past = known["status"].isin(tuple(DETAILS)) & (day <= policy.as_of.date().isoformat())
    details = [
        DETAILS[status].format(day=on) if gone else None
        for status, on, gone in zip(known["status"], day, past, strict=True)
    ]
    return pd.Series(details, index=known.index, dtype=TEXT).reindex(domains.index)
