"""Role accounts: local parts that name an office, not a person (RFC 2142 and common use)."""

from __future__ import annotations

import functools
import re

import pandas as pd

from ..model.listing import TEXT
from .facts import facts
from .providers import is_personal

FILE = "roles.csv"
SHORT = 3
"""Words of so few letters are also initials: "i.r@" is a person, "ir@" an office."""


@functools.cache
def _pattern() -> re.Pattern[str]:
    """Return what a local part looks like that names an office; group 1 is the office.

    Digits and the separators - _ . are overlooked (info2@, customer-service@), a tag is cut off.
    """
    words = [row["name"] for row in facts(FILE) if row["match"] == "exact"]
    spread = "|".join(r"[-_.]*".join(word) for word in words if len(word) > SHORT)
    short = "|".join(word for word in words if len(word) <= SHORT)
    starts = "|".join(row["name"] for row in facts(FILE) if row["match"] == "prefix")
    ends = "|".join(row["name"] for row in facts(FILE) if row["match"] == "suffix")
    joined = rf"[-_.\d]*({spread})[-_.\d]*|({short})[-_.]?\d*|({starts}).+|.+({ends})"
    return re.compile(rf"(?:{joined})(?:\+.*)?")


def role(locals_: pd.Series) -> pd.Series:
    """Return the office that each distinct local part names ("info"), '' where it names none."""
    lowered = locals_.fillna("").astype(TEXT).str.lower()
    distinct = lowered.drop_duplicates()
    found = {text: _office(text) for text in distinct[_likely(distinct)]}
    return lowered.map(found).astype(TEXT).fillna("")


def is_role(locals_: pd.Series, domains: pd.Series) -> pd.Series:
    """Tell of each address, given as local part and domain, whether it is an office's.

    At carriers and webmail the local part says nothing: info@ there is a person's choice.
    """
    distinct = domains.drop_duplicates()
    personal = set(distinct[is_personal(distinct)])
    return (role(locals_) != "") & ~domains.isin(personal)


def _likely(locals_: pd.Series) -> pd.Series:
    """Pick, by set membership, the local parts worth the pattern."""
    words = [row["name"] for row in facts(FILE) if row["match"] == "exact"]
    bare = locals_.str.replace(r"\+.*$", "", regex=True).str.replace(r"[-_.\d]", "", regex=True)
    patterns = locals_.str.contains(r"^owner-|-owner|-request", regex=True)
    return bare.isin(words) | patterns


def _office(text: str) -> str:
    found = _pattern().fullmatch(text)
    if found is None:
        return ""
    return re.sub(r"[-_.]", "", next(group for group in found.groups() if group))
