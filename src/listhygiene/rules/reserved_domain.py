"""D414: a domain that standards reserve, so that no mailbox can be there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.reserved import reserved_reason
from ..model.rule import Severity, rule
from .newer_lists import is_exempt


@rule("D414", "reserved-domain", Severity.ERROR)
def reserved_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The domain is reserved; nobody has a mailbox there.

    Why: standards keep some names for examples, tests and local networks; an address there was
    made up.
    Example: ann@example.com
    Remedy: leave the contact out. For a trial with sample lists, name the domain in
    domains.treat_as_real.
    """
    reasons = reserved_reason(domains["domain"])
    real = is_exempt(domains["domain"], policy.domains.treat_as_real)
    return reasons.where((reasons != "") & ~real)
