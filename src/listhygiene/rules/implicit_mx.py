"""D405: a domain without MX records, whose address record takes their place."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.answer import Answer
from ..model.rule import Severity, rule


@rule("D405", "implicit-mx", Severity.INFO, needs="answers")
def implicit_mx(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The domain names no mail server; mail goes to its own address.

    Why: without MX records the address record stands for one (RFC 5321 5.1). That is allowed, but
    often the host is only a web server, and mail to it bounces after days.
    Example: ann@web.example.com
    Remedy: nothing to do; watch for bounces.
    """
    return (domains["answer"] == str(Answer.IMPLICIT_MX)).fillna(False)
