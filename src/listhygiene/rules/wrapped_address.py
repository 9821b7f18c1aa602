"""T201: a name, `mailto:` or a comment around the address."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address.repair import find_repairs
from ..address.wrapping import CANDIDATES, unwrap, unwrap_plainly
from ..model.rule import Severity, rule


@rule("T201", "wrapped-address", Severity.INFO)
def wrapped_address(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The address is wrapped in something else.

    Why: `Ann <ann@example.com>` or `mailto:ann@example.com` is what a mail program or a page shows;
    an import of contacts takes it for a wrong address.
    Example: Ann <ann@example.com>
    Remedy: keep the address alone in its cell; `clean` does so where it is the only one. A remark
        such as (left) or （退職） speaks against mailing: look at it, and leave the contact out.
    """
    return find_repairs(texts, CANDIDATES, unwrap, unwrap_plainly)
