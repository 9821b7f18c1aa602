"""S609: so many contacts of one provider that its rules for bulk senders apply."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender_weighed

BULK = "{providers} contacts make you a bulk sender"
MISSING = "{providers} contacts make you a bulk sender; missing: {duties}"
UNKNOWN = "unknown: {duties}"
SELECTOR = "DKIM (name the selector with --dkim-selector)"
ALSO = "also offer one-click unsubscribe (RFC 8058) and keep complaints below 0.3 %"


@rule("S609", "bulk-sender-duties", Severity.WARNING)
def bulk_sender_duties(senders: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The list is so large that a provider's rules for bulk senders apply.

    Why: Google, Yahoo and Microsoft ask of whoever sends about 5,000 messages a day to their
    personal domains: SPF, DKIM and DMARC with alignment, one-click unsubscribe (RFC 8058), few
    complaints.
    Example: 5,200 contacts at gmail.com
    Remedy: publish what is missing, or send less a day (listhygiene plan).
    """
    return each_sender_weighed(senders, _say)


def _say(sender: Any) -> tuple[str, str] | None:
    if not sender.bulk:
        return None
    providers = ", ".join(sender.bulk)
    missing, unknown = _duties(sender)
    template = MISSING if missing else BULK
    lines = [template.format(providers=providers, duties=", ".join(missing))]
    if unknown:
        lines.append(UNKNOWN.format(duties=", ".join(unknown)))
    severity = Severity.WARNING if missing else Severity.INFO
    return "\n".join([*lines, ALSO]), str(severity)


def _duties(sender: Any) -> tuple[list[str], list[str]]:
    """Say which duties are not met, and of which that is unknown."""
    if not sender.asked:
        return [], ["SPF", "DKIM", "DMARC"]
    missing, unknown = [], []
    if sender.spf_status == "unknown":
        unknown.append("SPF")
    elif sender.spf_status != "ok":
        missing.append("SPF")
    signs = any(not key.problem and not key.unknown for key in sender.dkim)
    unsaid = not sender.dkim or any(key.unknown for key in sender.dkim)
    if not signs:
        (unknown if unsaid else missing).append("DKIM" if sender.dkim else SELECTOR)
    if sender.dmarc.unknown:
        unknown.append("DMARC")
    elif not sender.dmarc.policy:
        missing.append("DMARC")
    elif not signs and not sender.dmarc.aligned(sender.spf_domain, sender.dmarc.strict_spf):
        (unknown if unsaid else missing).append("DMARC alignment")
    return missing, unknown
