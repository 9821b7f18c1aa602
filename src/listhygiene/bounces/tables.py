"""The rows of a table file: whose export it is, told by its columns, and what each row says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..headers import columns_seen, normalise
from ..model.bounce import Event, Kind
from ..model.errors import UnreadableBounces
from ..model.listing import Listing
from . import table
from .entry import Row
from .sources import source_of_columns

ReadRow = Callable[[Row], Iterator[Event]]


def table_items(
    listing: Listing, name: str, *, plain: bool
) -> Iterator[tuple[tuple[Event, ...], bytes]]:
    """Yield the events of each row that says something, and the row itself where it is undecided.

    plain: a mere list of addresses is taken too; it may be a list of contacts as well, so only
    where the user named that very file. Raises UnreadableBounces naming the columns seen.
    """
    headers = [normalise(one) for one in listing.header]
    read_row, must_tell = _reader(listing, headers, name, plain)
    told = False
    for row in _rows(listing, headers):
        events = tuple(replace(event, file=name) for event in read_row(row))
        if not events:
            continue
        told = told or any(event.kind is not Kind.OTHER for event in events)
        if must_tell and not told:
            continue
        undecided = any(event.kind is Kind.UNDECIDED for event in events)
        yield events, table.whole(row) if undecided else b""
    if must_tell and not told:
        raise _refused(listing, name)


def _reader(listing: Listing, headers: list[str], name: str, plain: bool) -> tuple[ReadRow, bool]:
    """Return how a row is read, and whether one row at least must tell of a bounce."""
    source = source_of_columns(set(headers))
    if source is not None:
        read_row: ReadRow = source.row_events
        return read_row, False
    columns = table.columns_of(headers)
    if not columns.roles.get("address") and (place := _addresses(listing)) is not None:
        headers[place] = headers[place] or f"column {place + 1}"
        roles = {**columns.roles, "address": headers[place]}
        rest = tuple(one for one in headers if one and one not in roles.values())
        columns = table.Columns(roles, columns.strong, rest)
    if columns.is_table:
        return (lambda row: table.row_events(row, columns)), not columns.strong
    if plain and columns.is_plain_list:
        return (lambda row: iter((table.plain_event(row, columns),))), False
    raise _refused(listing, name)


def _addresses(listing: Listing) -> int | None:
    """Return the place of the column that mostly holds addresses, None where there is none."""
    for place in range(listing.frame.shape[1]):
        cells = listing.frame.iloc[:, place]
        filled = cells[cells.str.strip() != ""]
        if len(filled) and filled.str.contains("@", regex=False).mean() > 0.5:
            return place
    return None


def _rows(listing: Listing, headers: list[str]) -> Iterator[Row]:
    """Yield each row as header -> cell; of a repeated header the first counts."""
    names = list(dict.fromkeys(one for one in headers if one))
    places = [headers.index(one) for one in names]
    columns = [listing.frame.iloc[:, place].array for place in places]
    for cells in zip(*columns, strict=True):
        row = {one: str(cell).strip() for one, cell in zip(names, cells, strict=True)}
        if any(row.values()):
            yield row


def _refused(listing: Listing, name: str) -> UnreadableBounces:
    return UnreadableBounces(
        f"holds no bounces that could be read; its columns are {columns_seen(listing.header)}",
        file=name,
        remedy="Name the columns address, type and reason, or use listhygiene blocklist import.",
    )
