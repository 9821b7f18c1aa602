"""A301: what is no e-mail address by its form."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("A301", "invalid-syntax", Severity.ERROR)
def invalid_syntax(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The text is no e-mail address.

    Why: it breaks the rules that mail servers agree on (RFC 5321, 5322, 6531); no server takes it.
    Example: ann@example
    Remedy: correct it, or ask the contact for an address.
    """
    return addresses["error"][(addresses["syntax"] == "refused").to_numpy()]
