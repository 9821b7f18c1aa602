"""T204: a character inside an address that cannot be there."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address.inside import read_inside, read_plainly
from ..address.repair import find_repairs
from ..model.rule import Severity, rule

_CANDIDATES = r"[^A-Za-z0-9@._+\-]|@.*[@_+]|@\.|\.\."


@rule("T204", "inner-character", Severity.WARNING)
def inner_character(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """A character inside the address is forbidden there.

    Why: with a comma, a space or a quotation mark inside, the message bounces; taken out, or read
    as the dot it stands for, it may become the address that was meant - or another person's.
    Example: taro@example,co.jp
    Remedy: look at the readings, and accept the right one (`clean --accept T204`), or ask.
    """
    return find_repairs(texts, _CANDIDATES, read_inside, read_plainly)
