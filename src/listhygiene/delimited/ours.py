"""Ours: what shows that a file was written by an earlier run, whatever stands around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

OURS = "listhygiene_verdict"
"""The first of the columns that were appended. A row that has this header is the one that was
found then; what was no contact has no cells in the columns from here on."""

_CODES = r"(?:[A-Z][0-9]{3}(?: [A-Z][0-9]{3})*)?"
_VERDICT = r"(?:send|review|hold)"
_NAMED = re.compile(rf'([^\w"\r\n]){OURS}\1listhygiene_codes'.encode())
_ROW = re.compile(rf'[^\r\n]*?([^\w"\r\n ]){_VERDICT}\1{_CODES}\1'.encode())


def find_our_delimiter(sample: bytes) -> str | None:
    """Return what parts the columns that were appended, None where there are none.

    Where there is no header it is told by the first row: remarks hold other delimiters.
    """
    found = _NAMED.search(sample) or _ROW.match(sample.lstrip(b"\r\n"))
    return found[1].decode("ascii", "ignore") or None if found else None


def is_our_row(cells: Sequence[str]) -> bool:
    """Tell whether a row ends as a contact does that was judged: it is no header."""
    if len(cells) < 5:
        return False
    return bool(re.fullmatch(_VERDICT, cells[-4]) and re.fullmatch(_CODES, cells[-3]))
