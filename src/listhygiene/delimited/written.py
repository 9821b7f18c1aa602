"""What a reader will find in a file as it is written: the sums of its cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pyarrow as pa

from ..cellsums import Sums, pack_sums, sum_texts
from ..cores import aside
from ..model.listing import Listing
from ..texts import LARGE, to_arrow
from .source import Marks, Source
from .splice import Coded


@dataclass(frozen=True)
class Written:
    """A list as it is written.

    header: of the columns as read. names: of those that were appended, and `appended` their cells.
    cells: row -> column -> new text. keep: rows that stay.
    """

    header: Sequence[str]
    names: Sequence[str]
    cells: Mapping[int, Mapping[int, str]]
    appended: Sequence[Coded]
    keep: Marks


def sum_cells(source: Source, written: Written) -> dict[str, object]:
    """Return the packed sums of a written list's cells (`cellsums`), fit for JSON.

    The header is the first row. Rows out of balance are left out, and a header of several rows:
    with more columns they may be read in another way.
    """
    listing = source.listing
    sums = (listing.facts.get("sums") or sum_frame(listing)).result()
    ours = (sum_texts(texts)[codes] for texts, codes in written.appended)
    cells = chain(_changed(sums, written.cells), ours)
    heads = sum_texts(pa.array([*written.header, *written.names], LARGE))
    columns = (np.append(head, one[written.keep]) for head, one in zip(heads, cells, strict=True))
    judged = np.append(len(listing.facts["header_rows"]) < 2, source.balanced[written.keep])
    return {
        "encoding": listing.encoding,
        "delimiter": listing.delimiter,
        **pack_sums(columns, len(heads), judged),
    }


def sum_frame(listing: Listing) -> Future[list[Sums]]:
    """Begin to make the sums of the cells that were read, column by column.

    Meanwhile the list may let its cells go; each column goes once it is summed.
    """
    columns = [listing.frame.iloc[:, place] for place in range(listing.frame.shape[1])][::-1]
    return aside(lambda: [sum_texts(to_arrow(columns.pop())) for _ in range(len(columns))])


def _changed(sums: Sequence[Sums], cells: Mapping[int, Mapping[int, str]]) -> Iterator[Sums]:
    """Yield the sums of each column, with those of changed cells in their place."""
    rows: defaultdict[int, list[int]] = defaultdict(list)
    texts: defaultdict[int, list[str]] = defaultdict(list)
    for row, changed in cells.items():
        for column, text in changed.items():
            rows[column].append(row)
            texts[column].append(text)
    for column, one in enumerate(sums):
        if column in rows:
            one = one.copy()
            one[rows[column]] = sum_texts(pa.array(texts[column], LARGE))
        yield one
