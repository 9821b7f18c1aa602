"""D412: a throw-away provider."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.disposable import is_disposable
from ..model.rule import Severity, rule
from .newer_lists import is_exempt, newer_lists


@rule("D412", "disposable-domain", Severity.ERROR)
def disposable_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The address is at a throw-away provider.

    Why: such a mailbox lives for minutes, or everyone reads it; later mail bounces or meets a
    spam trap. Services that forward to a real mailbox (duck.com) are not meant.
    Example: ann@mailinator.com
    Remedy: leave the contact out; if the list of throw-away domains is wrong, add the domain to
    domains.allow.
    """
    exempt = is_exempt(domains["domain"], policy.domains.allow)
    return is_disposable(domains["domain"], newer_lists(policy)) & ~exempt
