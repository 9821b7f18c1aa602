"""Role accounts: local parts that name an office, not a person (RFC 2142 and common use)."""

from __future__ import annotations

import functools

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..texts import from_arrow
from .facts import facts
from .names import arrow
from .providers import is_personal

FILE = "roles.csv"
SHORT = 3
"""Words of so few letters are also initials: "i.r@" is a person, "ir@" an office."""


@functools.cache
def _pattern() -> str:
    """Return what a local part looks like that names an office; the group that holds is the office.

    Digits and the separators - _ . are overlooked (info2@, customer-service@), a tag is cut off.
    """
    words = [row["name"] for row in facts(FILE) if row["match"] == "exact"]
    spread = "|".join(r"[-_.]*".join(word) for word in words if len(word) > SHORT)
    short = "|".join(word for word in words if len(word) <= SHORT)
    starts = "|".join(row["name"] for row in facts(FILE) if row["match"] == "prefix")
    ends = "|".join(row["name"] for row in facts(FILE) if row["match"] == "suffix")
    joined = (
        rf"[-_.\d]*(?P<a>{spread})[-_.\d]*|(?P<b>{short})[-_.]?\d*"
        rf"|(?P<c>{starts}).+|.+(?P<d>{ends})"
    )
    return rf"^(?:{joined})(?:\+.*)?$"


def role(locals_: pd.Series) -> pd.Series:
    """Return the office that each distinct local part names ("info"), '' where it names none."""
    texts = arrow(locals_)
    hits = pc.match_substring_regex(texts, _pattern(), ignore_case=True)
    offices = _offices(texts.filter(pc.fill_null(hits, False)))
    nothing = pa.repeat(pa.scalar("", pa.large_string()), len(locals_))
    found = pc.replace_with_mask(nothing, pc.fill_null(hits, False), offices)
    return from_arrow(found, locals_.index)


def is_role(locals_: pd.Series, domains: pd.Series) -> pd.Series:
    """Tell of each address, given as local part and domain, whether it is an office's.

    At carriers and webmail the local part says nothing: info@ there is a person's choice.
    """
    return (role(locals_) != "") & have_offices(domains)


def have_offices(domains: pd.Series) -> pd.Series:
    """Tell of each domain whether a local part names an office there (see `is_role`)."""
    distinct = domains.drop_duplicates()
    return ~domains.isin(set(distinct[is_personal(distinct)]))


def _offices(texts: pa.Array) -> pa.Array:
    """Return the office that each text names; RE2 has the pattern already, `re` would take long."""
    found = pc.extract_regex(pc.utf8_lower(texts), _pattern())
    none = pa.scalar("", pa.large_string())
    parts = [pc.fill_null(pc.struct_field(found, [place]), none) for place in range(4)]
    return pc.replace_substring_regex(pc.binary_join_element_wise(*parts, none), r"[-_.]", "")
