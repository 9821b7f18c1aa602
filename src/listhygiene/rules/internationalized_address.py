"""A304: addresses beyond ASCII."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.rule import Severity, rule


@rule("A304", "internationalized-address", Severity.WARNING)
def internationalized_address(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The part before the at-sign is not ASCII.

    Why: only servers that speak SMTPUTF8 (RFC 6531) can send to it, and every server on the way
    must; many sending platforms do not.
    Example: 山田@example.com
    Remedy: ask whether your platform supports it, or the contact for an ASCII address.
    """
    return addresses["syntax"] == "smtputf8"
