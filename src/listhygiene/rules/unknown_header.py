"""H104: a column whose content is known and whose header is not."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..content import NOTHING
from ..guesses import DATE
from ..headers import STRONG, is_label, normalise, role_of, standard_name
from ..model.contacts import Role
from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("H104", "unknown-header", Severity.INFO)
def unknown_header(headers: pd.DataFrame, policy: Any) -> pd.Series:
    """The header does not say what the column is for; its content, or half of the header, does.

    Why: a column that no role is found for is not checked: an address not judged, a day of the last
        mailing not counted.
    Example: 連絡先1 over e-mail addresses
    Remedy: rename the column as suggested, or name it with --email-column or --last-mailed-column.
    """
    taken = set(headers["role"])
    found = {}
    for place, row in headers[headers["role"].eq("") & headers["filled"].gt(0)].iterrows():
        role = _guess(row["header"], row["content_role"])
        if role and (role not in taken or role == Role.EMAIL):
            found[place] = _suggestion(Role.SECONDARY_EMAIL if role in taken else role, row)
    by_content = headers[headers["by"].eq("content") & headers["header"].str.strip().ne("")]
    for place, row in by_content.iterrows():
        found[place] = _suggestion(row["role"], row)
    return pd.Series(found, dtype=TEXT).reindex(headers.index)


def _guess(header: str, content: str) -> str:
    """Say which role a column might play: what its cells look like, else what its header hints."""
    role, strength = role_of(header)
    if strength == STRONG or is_label(header) or not normalise(header):
        return ""
    if content not in ("", DATE, NOTHING):
        return content
    dated = role in (Role.LAST_MAILED, Role.LAST_OPENED)
    hinted = (Role.CONSENT, Role.OPT_OUT, Role.SOURCE)
    return role if (dated and content == DATE) or (role in hinted and not content) else ""


def _suggestion(role: str, row: Any) -> str:
    names = standard_name(role, "ja"), standard_name(role, "en")
    return f"{row['header'].strip()[:60]}: perhaps {names[0]} ({names[1]})"
