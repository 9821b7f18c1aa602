"""T205: more than one address in a cell."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address.repair import find_repairs
from ..address.several import split_plainly, split_several
from ..model.rule import Severity, rule


@rule("T205", "several-addresses", Severity.WARNING)
def several_addresses(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """More than one address stands in the cell.

    Why: a campaign mails one address a contact; which of them is meant cannot be known.
    Example: ann@example.com; bob@example.com
    Remedy: choose one, or make a contact of each.
    """
    return find_repairs(texts, r"[@＠﹫](?s:.)*[@＠﹫]", split_several, split_plainly)
