"""A302: the historic local parts of Japanese carriers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("A302", "legacy-carrier-local-part", Severity.WARNING)
def legacy_carrier_local_part(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The carrier gave this address out before 2009; most senders cannot reach it.

    Why: docomo and au once allowed two dots in a row and a dot before the at-sign; such an address
    is real but breaks RFC 5321, and most mail systems refuse to send to it
    (docomo.ne.jp/service/docomo_mail/rfc_add).
    Example: ann..smith@docomo.ne.jp
    Remedy: ask the contact for another address.
    """
    legacy = addresses[(addresses["syntax"] == "legacy").to_numpy()]
    local = legacy["local"]
    how = np.select(
        [local.str.endswith(".").to_numpy(), local.str.startswith(".").to_numpy()],
        ["a dot before the at-sign", "a dot at the start"],
        default="two dots in a row",
    )
    return pd.Series(how, index=legacy.index, dtype=TEXT)
