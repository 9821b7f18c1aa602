"""Role accounts: local parts that name an office, not a person (RFC 2142 and common use)."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..texts import bytes_of, from_arrow, offsets_of
from .facts import facts
from .names import arrow
from .providers import is_personal

Marks = npt.NDArray[np.bool_]
Octets = npt.NDArray[np.uint8]

FILE = "roles.csv"
SHORT = 3
"""Words of so few letters are also initials: "i.r@" is a person, "ir@" an office."""

_PART = 1 << 16
"""So many are looked at together: what that takes stays near the core."""
_CASE = 0x20
"""What makes a small letter of a capital one, and leaves digits and separators what they are."""
_OVERLOOKED = [ord(one) | _CASE for one in "-_.0123456789"]


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


@functools.cache
def _edges() -> tuple[Marks, Marks]:
    """Return which first two octets a local part that names an office may have, and which last two.

    By the number that `_pair` makes of two octets.
    """
    starts, ends = np.zeros((256, 256), dtype=bool), np.zeros((256, 256), dtype=bool)
    for row in facts(FILE):
        if row["match"] == "suffix":
            ends[_lower(row["name"][-2]), _lower(row["name"][-1])] = True
        else:
            first, second = map(_lower, row["name"][:2])
            starts[first, second] = True
            starts[first, _OVERLOOKED] = True  # c-eo@
    starts[_OVERLOOKED] = True
    for edges in (starts, ends):
        edges[128:] = edges[:, 128:] = True  # the Kelvin sign is a k in lower case
    return starts.ravel(), ends.ravel()


def _lower(letter: str) -> int:
    return ord(letter) | _CASE


def _pair(first: Octets, second: Octets) -> npt.NDArray[np.integer[Any]]:
    return (first | _CASE).astype(np.uint16) << 8 | (second | _CASE)


def _may_name(texts: pa.Array) -> Marks:
    """Tell which (large) texts may name an office, by their first and last two octets.

    Far quicker than the pattern, which is asked of these only.
    """
    starts, ends = _edges()
    offsets = offsets_of(texts)
    octets, offsets = bytes_of(texts)[offsets[0] : offsets[-1]], offsets - offsets[0]
    if len(octets) < 2:
        return np.ones(len(texts), dtype=bool)
    begin = np.minimum(offsets[:-1], len(octets) - 2)
    last = np.maximum(offsets[1:] - 1, 1)
    found: Marks = starts[_pair(octets[begin], octets[begin + 1])]
    found |= ends[_pair(octets[last - 1], octets[last])]
    tags = np.flatnonzero(octets == ord("+"))  # what is before one is the end
    found[np.searchsorted(offsets, tags, "right") - 1] = True
    return found


def role(locals_: pd.Series) -> pd.Series:
    """Return the office that each distinct local part names ("info"), '' where it names none."""
    return offices(locals_).reindex(locals_.index, fill_value="")


def offices(locals_: pd.Series) -> pd.Series:
    """Return the office that distinct local parts name ("info"), of those that name one."""
    texts = arrow(locals_)
    parts = [texts.slice(start, _PART) for start in range(0, len(texts) or 1, _PART)]
    likely = np.flatnonzero(np.concatenate([_may_name(part) for part in parts]))
    some = texts.take(pa.array(likely))
    hits = pc.fill_null(pc.match_substring_regex(some, _pattern(), ignore_case=True), False)
    found = likely[hits.to_numpy(zero_copy_only=False)]
    return from_arrow(_offices(some.filter(hits)), locals_.index[found])


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
