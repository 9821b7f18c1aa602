"""C532: a contact from a source that does not vouch for consent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..consent import doubtful_source as doubt
from ..model.listing import TEXT
from ..model.rule import Severity, rule
from ..texts import are_empty, to_arrow


@rule("C532", "doubtful-source", Severity.WARNING)
def doubtful_source(contacts: pd.DataFrame, policy: Any) -> pd.Series:
    """The source column says bought, rented, collected, or unknown.

    Why: such lists hold dead addresses, spam traps and people who never asked; the platforms forbid
        them.
    Example: 名簿業者 under 取得元
    Remedy: leave the contact out unless you can prove its consent.
    """
    source = contacts["source"].astype(TEXT)
    kind = doubt(source[~are_empty(to_arrow(source))])
    return kind[(kind != "").to_numpy()].astype(TEXT)
