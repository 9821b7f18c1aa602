"""S605: no usable DKIM key at the selectors that sign."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule
from .each_sender import each_sender, publish

QUOTED = "; the record: {record}"
KEY = "v=DKIM1; k=rsa; p=<the public key of your platform>"


@rule("S605", "missing-dkim", Severity.WARNING)
def missing_dkim(senders: pd.DataFrame, policy: Any) -> pd.Series:
    """There is no usable DKIM key at a selector that is to sign.

    Why: a signature that no published key proves (RFC 6376) counts as none; keys below 1024 bits
    are refused, 2048 are recommended (RFC 8301).
    Example: s1._domainkey.example.com
    Remedy: publish the key that your sending platform gives you, and name the selector.
    """
    return each_sender(senders, _say)


def _say(sender: Any) -> str:
    said = []
    for key in sender.dkim:
        if key.problem or key.warning:
            quoted = QUOTED.format(record=key.record) if key.record else ""
            said.append(f"{key.name}: {key.problem or key.warning}" + quoted)
        if key.problem:
            said.append(publish(key.name, KEY).strip())
    return "\n".join(said)
