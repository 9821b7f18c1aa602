"""T203: full-width forms of an input method in an address."""

from __future__ import annotations

import unicodedata
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..address.characters import count_at, narrow
from ..address.repair import Repair, Told, find_repairs, reads
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
    return find_repairs(texts, r"[^\x00-\x7f]", _narrow, _narrow_plainly)


_HALF_WIDTH = "full-width characters made half-width"


def _narrow_plainly(texts: pa.Array) -> Told:
    """Say what `_narrow` does of texts in which nothing but the at-sign is full-width."""
    known = pc.match_substring_regex(texts, r"\A[\x00-?A-\x7f]*＠[\x00-?A-\x7f]*\z")
    after = pc.replace_substring(texts.filter(known), "＠", "@")
    return Told.alike(known, after, _HALF_WIDTH, Grade.SAFE)


def _narrow(text: str) -> list[Repair]:
    after = narrow(text)
    if count_at(text) != 1:
        return []
    if after == text:
        return _fold_compatible(text)
    if after.isascii():
        return [Repair(Grade.SAFE, after, _HALF_WIDTH)]
    if not reads(after) or judge_one(text).address == judge_one(after).address:
        return []
    return [Repair(Grade.PROPOSED, after, _HALF_WIDTH)]


def _fold_compatible(text: str) -> list[Repair]:
    """Fold what is not full-width but compatible with ASCII: mathematical, circled, raised."""
    after = unicodedata.normalize("NFKC", text)
    if after == text or not after.isascii() or not reads(after):
        return []
    if judge_one(text).address == after:
        return []
    return [Repair(Grade.PROPOSED, after, "letters of another style made plain")]
