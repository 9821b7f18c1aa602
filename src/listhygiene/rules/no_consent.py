"""C531: a contact that did not consent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..consent import BLANK, NO, UNKNOWN
from ..model.rule import Severity, rule

_FOUND = {
    NO: ("the consent column says no", str(Severity.ERROR)),
    BLANK: ("the consent column is blank", str(Severity.WARNING)),
    UNKNOWN: ("the cell is neither a yes nor a no", str(Severity.WARNING)),
}


@rule("C531", "no-consent", Severity.ERROR)
def no_consent(contacts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The contact did not consent to mail, or nothing says that it did.

    Why: advertising mail needs prior consent in Japan (Act on Regulation of Transmission of
        Specified Electronic Mail, article 3) and the EU (ePrivacy Directive, article 13). A clear
        no is an error, a blank or unreadable cell a warning.
    Example: 不同意 under 配信同意
    Remedy: leave the contact out, or ask for consent by another way than this campaign.
    """
    found = contacts["consent"][contacts["consent"].isin(list(_FOUND)).to_numpy()]
    return pd.DataFrame(
        {
            "detail": found.map({word: detail for word, (detail, _) in _FOUND.items()}),
            "severity": found.map({word: severity for word, (_, severity) in _FOUND.items()}),
        },
        index=found.index,
    )
