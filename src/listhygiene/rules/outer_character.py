"""T202: spaces, quotes, commas and invisible characters at the ends of an address."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address.edges import CANDIDATES, strip_edges, strip_plainly
from ..address.repair import find_repairs
from ..model.rule import Severity, rule


@rule("T202", "outer-character", Severity.INFO)
def outer_character(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """Characters that are no part of it cling to the address.

    Why: spaces, quotation marks, commas and invisible characters come along when an address is
    copied; the server of the recipient knows no such mailbox, and the message bounces.
    Example: "ann@example.com",
    Remedy: delete them; `clean` does so where nothing else can be meant.
    """
    return find_repairs(texts, CANDIDATES, strip_edges, strip_plainly)
