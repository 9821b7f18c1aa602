"""Parquet: the user's own table back, with its types, changed cells and the appended columns."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..files import replacing
from ..model.errors import ListHygieneError, UnwritableList
from ..model.listing import Edits, Listing
from ..patch import PatchMaker, apply_patch, fingerprint
from ..texts import LARGE, to_arrow

NAME = "parquet"

SUFFIXES = (".parquet", ".pq")
_OTHERS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm")


def writes(listing: Listing, out: Path) -> bool:
    """Tell whether this list goes to this file as Parquet: any list to such a name, and one that
    was Parquet unless the name is another format's."""
    suffix = out.suffix.lower()
    return suffix in SUFFIXES or (listing.format == NAME and suffix not in _OTHERS)


def write(listing: Listing, edits: Edits, out: Path) -> dict[str, object]:
    """Write a list as Parquet; return what `restore` needs.

    A list that was Parquet keeps its fields, their types, its metadata and its compression; a list
    of another format becomes a new table of texts. Raises UnwritableList.
    """
    if listing.format != NAME:
        _write_table(_carry_out(as_table(listing), listing, edits), out, {})
        return {"new": True, "input": listing.path}
    try:
        original = Path(listing.path).read_bytes()
    except OSError as error:
        raise _changed(listing) from error
    if fingerprint(original) != listing.facts.get("sha256"):
        raise _changed(listing)
    file = pq.ParquetFile(pa.BufferReader(original))
    _write_table(_carry_out(file.read(), listing, edits), out, _options(file))
    written = out.read_bytes()
    patch = _make_patch(original, written)
    return {
        "output": fingerprint(written),
        "patch": base64.b64encode(patch).decode("ascii"),
    }


def restore(content: bytes, restoring: Mapping[str, object]) -> bytes:
    """Return the original file's bytes; raises ListHygieneError where it was changed since."""
    if fingerprint(content) != restoring["output"]:
        raise ListHygieneError(
            "the file has been changed since it was written",
            remedy="Undo works on the file exactly as clean wrote it.",
        )
    return apply_patch(content, base64.b64decode(str(restoring["patch"])))


def refused_cells(listing: Listing, edits: Edits) -> dict[tuple[int, int], str]:
    """Return the cells that stay as they are: those of columns that hold no texts."""
    if listing.format != NAME:
        return {}
    texts = listing.facts["texts"]
    return {cell: "the column holds no texts" for cell in edits.cells if cell[1] not in texts}


def as_table(listing: Listing) -> pa.Table:
    """Return a list as an Arrow table of texts."""
    columns = [to_arrow(listing.frame[place]) for place in listing.frame]
    return pa.Table.from_arrays(columns, names=list(listing.header))


def _carry_out(table: pa.Table, listing: Listing, edits: Edits) -> pa.Table:
    """Return a table with the edits carried out."""
    metadata = table.schema.metadata
    changed: dict[int, dict[int, str]] = {}
    for (row, place), text in edits.cells.items():
        changed.setdefault(place, {})[row] = text
    for place, cells in changed.items():
        field = table.schema.field(place)
        if place in listing.facts.get("texts", frozenset(changed)):
            table = table.set_column(place, field, _with_cells(table.column(place), cells))
    for name, texts in edits.columns.items():
        column = to_arrow(texts).cast(pa.string())
        if name in listing.header:
            place = listing.header.index(name)
            table = table.set_column(place, pa.field(name, pa.string()), column)
        else:
            table = table.append_column(pa.field(name, pa.string()), column)
    if edits.headers:
        names = list(table.column_names)
        for place, text in edits.headers.items():
            names[place] = text
        table = table.rename_columns(names)
    if edits.keep is not None:
        table = table.filter(pa.array(np.asarray(edits.keep)))
    return table.replace_schema_metadata(metadata)


def _with_cells(column: pa.ChunkedArray, cells: Mapping[int, str]) -> pa.ChunkedArray:
    rows = sorted(cells)
    mask = np.zeros(len(column), dtype=bool)
    mask[rows] = True
    texts = column.cast(LARGE).combine_chunks()
    new = pc.replace_with_mask(texts, pa.array(mask), pa.array([cells[row] for row in rows], LARGE))
    return pa.chunked_array([new]).cast(column.type)


def _options(file: pq.ParquetFile) -> dict[str, Any]:
    """Return how the original was written: compression and row groups."""
    metadata = file.metadata
    if not metadata.num_row_groups:
        return {}
    group = metadata.row_group(0)
    codecs = {
        group.column(place).path_in_schema: group.column(place).compression.lower()
        for place in range(group.num_columns)
    }
    known = {"uncompressed": "none"}
    names = set(codecs.values())
    codec = next(iter(names)) if len(names) == 1 else "zstd"
    return {
        "compression": known.get(codec, codec),
        "row_group_size": max(1, group.num_rows),
    }


def _write_table(table: pa.Table, out: Path, options: Mapping[str, Any]) -> None:
    try:
        with replacing(out) as stream:
            pq.write_table(table, stream, **options)
    except pa.ArrowException as error:
        raise UnwritableList(
            "the table cannot be written as Parquet", file=str(out), remedy="Write it as CSV."
        ) from error


def _make_patch(original: bytes, written: bytes) -> bytes:
    """Make a patch back: column chunks that stayed the same are copied, the rest is inserted."""
    maker = PatchMaker()
    old, new = 0, 0
    for start, stop, place in _same_chunks(original, written):
        if start < old or place < new:
            continue
        maker.step(0, place - new, original[old:start])
        maker.step(stop - start)
        old, new = stop, place + stop - start
    maker.step(0, len(written) - new, original[old:])
    return maker.finish()


def _same_chunks(original: bytes, written: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield the column chunks that both files hold: start, stop, and place in the second."""
    groups = [pq.ParquetFile(pa.BufferReader(one)).metadata for one in (original, written)]
    if groups[0].num_row_groups != groups[1].num_row_groups:
        return
    found = []
    for group in range(groups[0].num_row_groups):
        one, other = (each.row_group(group) for each in groups)
        for column in range(min(one.num_columns, other.num_columns)):
            (start, size), (place, length) = _chunk(one, column), _chunk(other, column)
            if size == length and original[start : start + size] == written[place : place + size]:
                found.append((start, start + size, place))
    yield from sorted(found)


def _chunk(group: Any, column: int) -> tuple[int, int]:
    """Return where a column chunk begins, and its bytes."""
    chunk = group.column(column)
    offsets = [chunk.data_page_offset, chunk.dictionary_page_offset]
    return min(one for one in offsets if one), chunk.total_compressed_size


def _changed(listing: Listing) -> UnwritableList:
    return UnwritableList(
        "the file has changed since it was read", file=listing.path, remedy="Clean it again."
    )
