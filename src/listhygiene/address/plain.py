"""Plain texts: ASCII addresses as they should be, on which no T-rule can find anything."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cores import abreast
from .syntax import PART, to_arrow

_ATOM = r"A-Za-z0-9_!#$&'*+\-/=?^`{|}~"
"""RFC 5322 3.2.3 without the percent sign, which may be a leftover of a link (T209)."""

_FIRST = _ATOM.replace("'", "").replace("`", "")
"""A leading apostrophe or grave accent is legal, and may be a leftover of a quotation (T202)."""

LABEL = r"[a-z0-9](?:-?[a-z0-9])*"

TOP = r"(?:[a-z0-9]-?)*[a-z]"
DOMAIN = rf"(?:{LABEL}\.)+{TOP}"

CORE = rf"[{_FIRST}][{_ATOM}]*(?:\.[{_ATOM}]+)*@{DOMAIN}"
PLAIN = rf"\A{CORE}\z"

WORDS = r"[A-Za-z0-9][A-Za-z0-9_+\-]*(?:\.[A-Za-z0-9_+\-]+)*"
"""Local parts with no sign that could be anything but a part of them."""


def is_plain(texts: pd.Series) -> pd.Series:
    """Say of each text whether it is a plain address: no T-rule has anything to say of it."""
    whole = to_arrow(texts)
    starts = range(0, len(whole), PART)
    parts = abreast(lambda start: match_plain(whole.slice(start, PART)), starts)
    found = np.concatenate(parts) if parts else np.empty(0, dtype=bool)
    return pd.Series(found, index=texts.index, dtype=bool)


def match_plain(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Say what `is_plain` does of Arrow texts, on one core."""
    found = pc.fill_null(pc.match_substring_regex(texts, PLAIN), False)
    return np.asarray(found.to_numpy(zero_copy_only=False))
