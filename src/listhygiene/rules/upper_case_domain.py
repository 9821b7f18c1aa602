"""T207: capital letters behind the at-sign."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address.repair import Repair, find_repairs
from ..address.syntax import is_address
from ..model.rule import Grade, Severity, rule

_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@rule("T207", "upper-case-domain", Severity.INFO)
def upper_case_domain(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The domain is written with capital letters.

    Why: DNS does not tell case apart (RFC 4343); duplicates are found, and lists compared, by the
    lower-case form. The local part keeps its case, which only its own server may judge.
    Example: ann@Example.COM
    Remedy: write the domain in lower case; `clean` does so.
    """
    return find_repairs(texts, r"@[^@]*[A-Z][^@]*\z", _lower)


def _lower(text: str) -> list[Repair]:
    local, sign, domain = text.rpartition("@")
    after = f"{local}{sign}{domain.translate(_LOWER)}"
    if after == text or not is_address(text):
        return []
    return [Repair(Grade.SAFE, after, "domain in lower case")]
