"""D414: a domain that standards reserve, so that no mailbox can be there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.reserved import reserved_reason, reserved_source
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
    names = domains["domain"]
    uses = reserved_reason(names)
    real = is_exempt(names, policy.domains.treat_as_real)
    found = uses.str.cat(" (" + reserved_source(names) + ")")
    return found.where((uses != "") & ~real)
