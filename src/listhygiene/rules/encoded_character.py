"""T209: an address in the code of a web page or a link."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address.encoded import decode
from ..address.repair import find_repairs
from ..model.rule import Severity, rule


@rule("T209", "encoded-character", Severity.INFO)
def encoded_character(texts: pd.DataFrame, policy: Any) -> pd.DataFrame:
    """Characters of the address are written in the code of a web page or a link.

    Why: `ann&#64;example.com` or `ann%40example.com` was copied from a page's source; no mail
    server decodes it.
    Example: ann%40example.com
    Remedy: write the characters themselves; `clean` does so where there is one reading.
    """
    return find_repairs(texts, r"&[#a-zA-Z][0-9a-zA-Z]*;|%[0-9a-fA-F]{2}", decode)
