"""Formulas: cells that a spreadsheet would execute, and how to write them so that it does not."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .texts import Marks, first_bytes, join_columns, taken_together, to_arrow

# OWASP ASVS 5.0, 1.2.10: = + - @ tab and NUL at the start of a field; LibreOffice skips a leading
# NUL. CR and LF: OWASP "CSV Injection". Plain numbers and E.164 phones hold no operator: inert.
_NUMBER = r"[+-]?[0-9]+(?:[.,][0-9]+)?"
_PHONE = r"\+[0-9][0-9 ]{5,18}"
_TRIGGER = r"\x00*[=+\-@\t\r\n]|\x00"
_MAY_BEGIN = np.isin(np.arange(256), list(b"\x00=+-@\t\r\n"))
"""Which bytes the cells begin with that `_TRIGGER` matches."""
_EXECUTABLE = re.compile(rf"(?!(?:{_NUMBER}|{_PHONE})\Z)(?:{_TRIGGER})")


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet that opens a CSV would execute this cell, not show it."""
    return _EXECUTABLE.match(text) is not None


def escape_formula(text: str) -> str:
    """Put `'` before a text that a spreadsheet would execute.

    A text that already is such a one behind any number of `'` gets one more, so that
    `unescape_formula(escape_formula(text)) == text` for every text.
    """
    return f"'{text}" if is_formula(text.lstrip("'")) else text


def unescape_formula(text: str) -> str:
    """Take back what `escape_formula` did."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text


def find_formulas(texts: pd.Series) -> pd.Series:
    """Return True for each cell of a TEXT column that a spreadsheet would execute."""
    return pd.Series(_find(to_arrow(texts)), index=texts.index)


def _find(cells: pa.Array) -> Marks:
    likely = np.flatnonzero(_MAY_BEGIN[first_bytes(cells)])  # few cells: the rest needs no pattern
    some = cells.take(pa.array(likely))
    executable = _matches(some, rf"\A(?:{_TRIGGER})")
    executable &= ~_matches(some, rf"\A(?:{_NUMBER}|{_PHONE})\z")
    found = np.zeros(len(cells), dtype=bool)
    found[likely] = executable
    return found


def find_escapable(texts: pd.Series) -> pd.Series:
    """Return True for each cell that `escape_formula` would change."""
    candidates = _matches(to_arrow(texts), rf"\A'*(?:{_TRIGGER})")
    found = np.zeros(len(texts), dtype=bool)
    places = np.flatnonzero(candidates)
    found[places] = [is_formula(text.lstrip("'")) for text in texts.iloc[places]]
    return pd.Series(found, index=texts.index)


def formula_cells(frame: pd.DataFrame) -> pd.Series:
    """Return for each column how many of its cells a spreadsheet would execute.

    frame: cells are TEXT. Result: index = the frame's column labels, values are counts.
    """
    counts = [
        _find(join_columns(frame, part)).reshape(len(part), len(frame)).sum(axis=1)
        for part in taken_together(frame)
    ]
    nothing = np.empty(0, np.int64)
    return pd.Series(np.concatenate([nothing, *counts]), index=frame.columns, dtype="int64")


def _matches(cells: pa.Array, pattern: str) -> Marks:
    """Search by Arrow's own engine (RE2), which knows `\\z` but no look-ahead."""
    found = pc.fill_null(pc.match_substring_regex(cells, pattern), False)
    marks: Marks = found.to_numpy(zero_copy_only=False)
    return marks
