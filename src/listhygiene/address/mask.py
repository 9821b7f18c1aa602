"""Addresses as they may be shown, and texts as they may be printed."""

from __future__ import annotations

import re

import pandas as pd
import pyarrow.compute as pc

from .syntax import from_arrow, to_arrow

STARS = "***"

_ONE_ADDRESS = re.compile(r"([^@\s])[^@]*(@[\w.-]+)\Z")
_ASCII_ADDRESS = r"\A([!-?A-~])[!-?A-~]*(@[A-Za-z0-9.-]+)\z"

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""C0, DEL, C1; the line and paragraph separators; all that turns the direction of writing."""


def mask(text: str) -> str:
    """Hide whose address it is: "taro@example.co.jp" becomes "t***@example.co.jp".

    Of a text that is not plainly one address, the first character alone is left.
    """
    found = _ONE_ADDRESS.match(text)
    if found:
        return printable(f"{found[1]}{STARS}{found[2]}")
    return printable(text[:1]) + STARS if text else ""


def mask_texts(texts: pd.Series) -> pd.Series:
    """Mask every text of a Series as `mask` does; missing ones become ''."""
    found = pc.fill_null(to_arrow(texts), "")
    plain = pc.match_substring_regex(found, _ASCII_ADDRESS)
    masked = pc.replace_substring_regex(found, _ASCII_ADDRESS, rf"\1{STARS}\2")
    series = from_arrow(masked, texts.index)
    odd = ~plain.to_numpy(zero_copy_only=False)
    if odd.any():
        series.iloc[odd.nonzero()[0]] = [mask(text) for text in series[odd]]
    return series


def printable(text: str) -> str:
    """Escape what could steer a terminal or turn a line of a log: it becomes \\uXXXX."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
