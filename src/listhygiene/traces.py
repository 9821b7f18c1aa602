"""Traces: the cells of a written list that were edited since, named by the sums kept of them."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from .cellsums import Edited, Sums, find_edited, sum_texts
from .cores import abreast
from .model.errors import ListHygieneError
from .model.listing import Listing, ReadOptions
from .model.quantity import quantity
from .readers import read
from .texts import LARGE, to_arrow

_NAMED = 12
"""How many lines and columns are named; of more it is said how many they are."""


def name_edited(
    path: Path, packed: Mapping[str, Any] | None, lines: tuple[int, int] | None = None
) -> str:
    """Name the cells of a CSV that differ from what was written, '' where they can't be told.

    packed: the sums of its cells as it was written (`cellsums`). lines: the first and the last line
    that can have been edited, as its bytes show; where the cells say otherwise, a reader takes the
    file for another table than the one that was written, and they say nothing.
    """
    if not packed:
        return ""
    try:
        options = ReadOptions(encoding=packed["encoding"], delimiter=packed["delimiter"])
        listing = read(path, options)
        if listing.header_line is None and len(listing.header) != packed["width"]:
            return ""  # without a header a reader counts the columns by the rows it finds
        rows = len(listing.frame) + 1 - packed["count"]
        if rows:
            return f"{quantity(abs(rows), 'row')} {'more' if rows > 0 else 'less'}"
        columns = len(listing.header) - packed["width"]
        if columns:
            return f"{quantity(abs(columns), 'column')} {'more' if columns > 0 else 'less'}"
        found = find_edited(_sums(listing), packed)
    except (ListHygieneError, KeyError, TypeError, ValueError, zlib.error):
        return ""
    named = _by_columns(found, listing, lines)
    return "" if named is None else "; ".join(_named(*one) for one in named)


def _sums(listing: Listing) -> list[Sums]:
    """Return the sums of a list's cells by columns, the header as the first row."""
    heads = sum_texts(pa.array(listing.header, LARGE))
    cells = abreast(
        lambda place: sum_texts(to_arrow(listing.frame.iloc[:, place])), range(len(heads))
    )
    return [np.append(head, one) for head, one in zip(heads, cells, strict=True)]


def _by_columns(
    found: Sequence[Edited], listing: Listing, lines: tuple[int, int] | None
) -> list[tuple[list[str], list[int]]] | None:
    """Return the lines of edited cells with their columns' names, those of equal columns together.

    None where a row was found outside of the lines that can have been edited.
    """
    at = np.append(listing.header_line or 0, listing.lines)
    together: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for one in found:
        here = at[list(one.rows)].tolist()
        if lines and any(not lines[0] <= line <= lines[1] for line in here):
            return None
        if here:
            together[one.columns] += here
    names = [name or str(place + 1) for place, name in enumerate(listing.header)]
    return [([names[one] for one in columns], them) for columns, them in together.items()]


def _named(columns: Sequence[str], lines: Sequence[int]) -> str:
    shown = ", ".join(str(line) for line in lines[:_NAMED])
    more = f", … ({len(lines)})" if len(lines) > _NAMED else ""
    where = f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
    if not columns:
        return where
    many = f", … ({len(columns)})" if len(columns) > _NAMED else ""
    names = ", ".join(columns[:_NAMED]) + many
    return f"column{'s' if len(columns) > 1 else ''} {names}, {where}"
