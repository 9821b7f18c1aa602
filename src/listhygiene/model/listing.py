"""A contact list as it was read: its cells, and where each of them stands in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

ALL_SHEETS = "all"
"""What stands for all visible sheets of a workbook that hold contacts."""

TEXT = pd.StringDtype("pyarrow", na_value=np.nan)
"""The one dtype of texts, from the reader to the writer: Arrow strings, missing is NaN."""


@dataclass(frozen=True)
class Listing:
    """One table of contacts, every cell a text.

    path: as given by the user. format: "csv", "xlsx", ... (the reader's name).
    header: the header cells as found, '' where blank; never renamed, repeats stay.
    frame: a row a contact; the columns are the positions 0..n-1 of the header; cells are TEXT, an
        empty cell is '' (never missing).
    lines: for each row of the frame the line (CSV) or sheet row (XLSX) where it starts, 1-based.
    header_line: the header's own line, or None where the file has no header line.
    preamble: how many non-blank lines stand above the header.
    unbalanced: row -> what is wrong with its width or quotes (C541); such a row is in the frame
        as far as it could be read, cut or filled to the header's width.
    notes: sentences that a person should read (a guessed encoding, other sheets, hidden rows).
    encoding, delimiter: of CSV; sheet: of a workbook.
    facts: what the format's own writer needs to give the same file back (opaque to all others).
    """

    path: str
    format: str
    header: tuple[str, ...]
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    header_line: int | None = 1
    preamble: int = 0
    unbalanced: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def let_go(listing: Listing) -> None:
    """Let a list's cells go, for whoever holds it.

    Of a list that is only judged nobody asks for them once it is folded. What says where its rows
    and cells stand in the file stays: reports name these places.
    """
    # Others hold the same frame, so it is emptied itself, all columns at once: pandas goes over
    # those that are left each time that one is deleted.
    frame: Any = listing.frame
    frame.__setstate__(pd.DataFrame(index=frame.index).__getstate__())


@dataclass(frozen=True)
class ReadOptions:
    """What a user said about how a list is to be read; None means: find out.

    email_columns: headers that the user named, a help for finding the header line. skip_hidden:
    hidden rows of a sheet are no contacts. beside: sheets of the same workbook that are read as
    lists of their own. keep: the bytes of a CSV stay in memory, for the writer, who asks for them.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    email_columns: tuple[str, ...] = ()
    lang: str = "en"
    skip_hidden: bool = False
    beside: tuple[str, ...] = ()
    keep: bool = False


@dataclass(frozen=True)
class Edits:
    """What a writer is asked to change in a list, and nothing else.

    cells: (row, column position) -> new text, rows and columns as in `Listing.frame`.
    columns: the columns to append, name -> one text a row of the frame (TEXT, or categories of
        such); where the list already has columns of these names (an earlier run of ours), they are
        replaced instead of added.
    keep: rows to keep (`clean --only send`, `--split`), or None for all. What is no contact
        (preamble, blank lines, footers) stays only where all rows are kept.
    headers: column position -> new header text (`clean --platform`).
    formulas: "keep", "escape" or "refuse": what becomes of cells that a spreadsheet would execute;
        of a CSV only (`--csv-formulas`).
    values_only: write a workbook anew, with nothing but its texts, where it cannot be changed.
    contacts_only: write nothing but the line that names the columns and the contacts.
    """

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    columns: Mapping[str, pd.Series] = field(default_factory=dict)
    keep: npt.NDArray[np.bool_] | None = None
    headers: Mapping[int, str] = field(default_factory=dict)
    formulas: str = "keep"
    values_only: bool = False
    contacts_only: bool = False
