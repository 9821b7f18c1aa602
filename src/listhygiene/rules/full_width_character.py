"""T203: full-width forms of an input method in an address."""

from __future__ import annotations

import unicodedata
from typing import Any

import pandas as pd

from ..address.characters import count_at, narrow
from ..address.repair import Repair, find_repairs, reads
from ..address.syntax import judge_one
from ..model.rule import Grade, Severity, rule


@rule("T203", "full-width-character", Severity.INFO)
def full_width_character(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """The address is written with full-width characters.

    Why: an input method left on makes `ａｎｎ＠example．com` of an address; mail servers read only
    the ASCII form (UTS 39, section 3.3, wants local parts in NFKC).
    Example: ａｎｎ＠example．com
    Remedy: write it in half-width characters; `clean` does so where the result is plain ASCII.
    """
    return find_repairs(texts, r"[^\x00-\x7f]", _narrow)


def _narrow(text: str) -> list[Repair]:
    after = narrow(text)
    if count_at(text) != 1:
        return []
    if after == text:
        return _fold_compatible(text)
    if after.isascii():
        return [Repair(Grade.SAFE, after, "full-width characters made half-width")]
    if not reads(after) or judge_one(text).address == judge_one(after).address:
        return []
    return [Repair(Grade.PROPOSED, after, "full-width characters made half-width")]


def _fold_compatible(text: str) -> list[Repair]:
    """Fold what is not full-width but compatible with ASCII: mathematical, circled, raised."""
    after = unicodedata.normalize("NFKC", text)
    if after == text or not after.isascii() or not reads(after):
        return []
    if judge_one(text).address == after:
        return []
    return [Repair(Grade.PROPOSED, after, "letters of another style made plain")]
