"""T207: capital letters behind the at-sign."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..address.library import is_as_tested
from ..address.repair import Repair, Told, find_repairs
from ..address.syntax import FAST, FAST_OCTETS, is_address
from ..model.rule import Grade, Severity, rule
from ..texts import LARGE

_LOWERED = "domain in lower case"
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@rule("T207", "upper-case-domain", Severity.INFO)
def upper_case_domain(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The domain is written with capital letters.

    Why: DNS does not tell case apart (RFC 4343); duplicates are found, and lists compared, by the
    lower-case form. The local part keeps its case, which only its own server may judge.
    Example: ann@Example.COM
    Remedy: write the domain in lower case; `clean` does so.
    """
    return find_repairs(texts, r"@[^@]*[A-Z][^@]*\z", _lower, _lower_plainly)


def _lower_plainly(texts: pa.Array) -> Told:
    """Say what `_lower` does of texts that are sure to be addresses."""
    known = pc.and_(
        pc.match_substring_regex(texts, FAST),
        pc.less_equal(pc.binary_length(texts), FAST_OCTETS),
    )
    known = pc.and_(known, is_as_tested())
    parts = pc.extract_regex(texts.filter(known), r"\A(?P<local>[^@]*)(?P<domain>@.*)\z")
    local, domain = (pc.struct_field(parts, name) for name in ("local", "domain"))
    after = pc.binary_join_element_wise(local, pc.ascii_lower(domain), pa.scalar("", LARGE))
    return Told.alike(known, after, _LOWERED, Grade.SAFE)


def _lower(text: str) -> list[Repair]:
    local, sign, domain = text.rpartition("@")
    after = f"{local}{sign}{domain.translate(_LOWER)}"
    if after == text or not is_address(text):
        return []
    return [Repair(Grade.SAFE, after, _LOWERED)]
