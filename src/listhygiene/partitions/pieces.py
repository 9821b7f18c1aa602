"""Pieces: a large list cut into parts that any worker can read by itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..frames import is_table, listing_of
from ..model.errors import UnreadableList
from ..model.listing import Listing
from ..readers.arrow import list_table

LINE = "__line__"
"""The field that says on which line of the original file a row stands."""
UNBALANCED = "__unbalanced__"
"""The field that says what is wrong with a row's width or quotes, missing where nothing is."""


@dataclass(frozen=True)
class Piece:
    """One part: some row groups of a Parquet file, a file of its own, or a table at hand.

    path: local, or a URL of any file system that fsspec knows. groups: the numbers of the row
    groups; none: an Arrow file that was made of this part alone. shown, format: of the list as a
    whole. rows: how many, -1 where it is not known yet. head: how the whole of a delimited file is
    written, without its rows.
    """

    path: str = ""
    groups: tuple[int, ...] = ()
    table: Any = None
    shown: str = ""
    format: str = "parquet"
    rows: int = -1
    head: Listing | None = None


def pieces_of(source: Any, rows: int = 0) -> list[Piece]:
    """Cut a list into pieces.

    source: the path or URL of a Parquet file, a folder or a pattern of such (each row group is a
    piece of at least `rows` rows), or the parts of a distributed frame. Raises UnreadableList.
    """
    if not isinstance(source, str):
        parts: list[Any] = [source] if is_table(source) else [*source]
        return [Piece(table=one, shown="table", format="frame") for one in parts]
    found = [piece for path in _files(source) for piece in _row_groups(path, source, rows)]
    if not found:
        raise UnreadableList("there is no Parquet file", file=source, remedy="Check the path.")
    return found


def load(piece: Piece, start: int = 0) -> Listing:
    """Read a piece as a list; start: the row of the whole list at which it begins."""
    if piece.table is not None:
        listing = listing_of(piece.table, piece.shown)
        return _at(listing, start + listing.lines)
    table = _read(piece)
    lines = np.arange(2, table.num_rows + 2) + start
    if LINE in table.column_names:
        lines = table.column(LINE).to_numpy()
        table = table.drop_columns([LINE])
    odd: dict[int, str] = {}
    if UNBALANCED in table.column_names:
        told = enumerate(table.column(UNBALANCED).to_pylist())
        odd = {row: why for row, why in told if why is not None}
        table = table.drop_columns([UNBALANCED])
    listing = list_table(table, piece.shown or piece.path, piece.format)
    return replace(_at(listing, lines), unbalanced=odd)


def remove(piece: Piece) -> None:
    """Remove the file that was made of a piece, if it is such."""
    if piece.path and not piece.groups:
        with contextlib.suppress(OSError):
            Path(piece.path).unlink()


def _at(listing: Listing, lines: Any) -> Listing:
    return replace(listing, lines=lines)


def _open(path: str) -> Any:
    """Open a file of any file system."""
    if "://" not in path:
        return open(path, "rb")
    import fsspec

    return fsspec.open(path, "rb").open()


def _files(source: str) -> Iterator[str]:
    if "://" in source:
        import fsspec

        system, path = fsspec.core.url_to_fs(source)
        names = system.glob(path) if any(one in path for one in "*?[") else [path]
        if system.isdir(path):
            names = system.glob(f"{path.rstrip('/')}/**/*.parquet")
        yield from (system.unstrip_protocol(one) for one in sorted(names))
        return
    place = Path(source)
    if place.is_dir():
        yield from (str(one) for one in sorted(place.rglob("*.parquet")))
    elif place.exists():
        yield source
    else:
        root = Path(place.anchor or ".")
        pattern = str(place.relative_to(place.anchor)) if place.anchor else source
        yield from (str(one) for one in sorted(root.glob(pattern)))


def _row_groups(path: str, shown: str, rows: int) -> Iterable[Piece]:
    """Return pieces of whole row groups, each of at least so many rows (but for the last one)."""
    import pyarrow.parquet as pq

    try:
        with _open(path) as stream:
            metadata = pq.ParquetFile(stream).metadata
    except (OSError, pa.ArrowException, ValueError) as error:
        raise UnreadableList(
            "the Parquet file cannot be read", file=path, remedy="Check the path, or export again."
        ) from error
    sizes = [metadata.row_group(one).num_rows for one in range(metadata.num_row_groups)]
    groups: list[int] = []
    held = 0
    for number, size in enumerate(sizes):
        groups.append(number)
        held += size
        if held >= max(1, rows) or number == len(sizes) - 1:
            yield Piece(path, tuple(groups), None, shown, "parquet", held)
            groups, held = [], 0


def _read(piece: Piece) -> pa.Table:
    if not piece.groups:
        return pa.ipc.open_file(pa.memory_map(piece.path)).read_all()
    import pyarrow.parquet as pq

    with _open(piece.path) as stream:
        return pq.ParquetFile(stream).read_row_groups(list(piece.groups), use_threads=False)
