"""T208: a local part in quotation marks that it does not need."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from ..address.repair import Repair, find_repairs
from ..address.syntax import ATEXT, is_address
from ..model.rule import Grade, Severity, rule

_QUOTED = re.compile(rf'"([{ATEXT}.]+)"(@[^@"]+)\Z')


@rule("T208", "needless-quotes", Severity.INFO)
def needless_quotes(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The local part is quoted without need.

    Why: `"ann"@example.com` and `ann@example.com` are the same mailbox (RFC 5321 4.1.2, which asks
    senders to write the second); many programs refuse the first.
    Example: "ann"@example.com
    Remedy: take the quotation marks off; `clean` does so.
    """
    return find_repairs(texts, r'"', _unquote)


def _unquote(text: str) -> list[Repair]:
    whole = _QUOTED.match(text)
    if whole and is_address(f"{whole[1]}{whole[2]}"):
        return [Repair(Grade.SAFE, f"{whole[1]}{whole[2]}", "needless quotes taken off")]
    return []
