"""H105: a column whose header and content disagree."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..content import NOTHING
from ..guesses import DATE
from ..model.contacts import Role
from ..model.listing import TEXT
from ..model.rule import Severity, rule

_WORDS = {
    Role.EMAIL: "e-mail addresses",
    Role.FULL_NAME: "names",
    Role.COMPANY: "company names",
    Role.PHONE: "phone numbers",
    DATE: "dates",
    "": "no e-mail addresses",
}


@rule("H105", "misplaced-column", Severity.ERROR)
def misplaced_column(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """Header and content disagree: the cells of another column stand here.

    Why: columns that slipped by one send the mail to names, and judge days that are none.
    Example: 佐藤 太郎 under メールアドレス, and addresses under 氏名
    Remedy: put the cells under their own header, or correct the header.
    """
    mail = headers["role"].isin(Role.EMAILS)
    looks_mail = headers["content_role"].eq(Role.EMAIL)
    wrong = mail & headers["filled"].gt(0) & ~looks_mail & headers["content_role"].ne(NOTHING)
    # Addresses under another header matter where the e-mail column itself holds none.
    lost = headers["role"].ne("") & ~mail & looks_mail & (not (mail & looks_mail).any())
    dated = headers["role"].isin([Role.LAST_MAILED, Role.LAST_OPENED])
    odd = dated & headers["content_role"].isin([Role.EMAIL, Role.FULL_NAME, Role.PHONE])
    odd |= headers["role"].isin([Role.CONSENT, Role.OPT_OUT]) & looks_mail
    return headers["content_role"].map(_WORDS).where(wrong | lost | odd).astype(TEXT)
