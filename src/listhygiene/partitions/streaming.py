"""Streaming: a delimited file of any size cut into pieces on the disk, a stretch at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from ..model.errors import UnreadableList, UsageError
from ..model.listing import Listing
from ..pipeline import read_options
from ..policy import Policy
from ..readers import read, recognised
from .pieces import LINE, Piece, pieces_of

HEAD = 1 << 20
"""So many bytes tell how a file is written."""
BLOCK = 1 << 24


def cut(path: str, policy: Policy, rows: int, folder: str) -> list[Piece]:
    """Cut a list into pieces of `rows` rows; those of a delimited file are put into a folder.

    Raises UnreadableList where lines of a delimited file are out of balance: only the whole of it
    tells what they mean. UsageError for formats that cannot be read in part.
    """
    kind = recognised(path)
    if kind == "parquet":
        return pieces_of(path, rows)
    if kind != "csv":
        raise UsageError(
            "only CSV and Parquet can be read in parts",
            file=path,
            remedy="Leave --chunk-rows out, or save the list as CSV.",
        )
    done = Path(folder) / "cut"
    if not done.exists():
        head = _read_head(path, policy)
        for number, table in enumerate(_stretches(path, head, rows)):
            place = str(Path(folder) / f"{number:06d}.parquet")
            pq.write_table(table, place, compression="lz4", use_dictionary=False)
        done.touch()
    pieces = []
    for place in map(str, sorted(Path(folder).glob("*.parquet"))):
        known = pq.read_metadata(place)
        groups = tuple(range(known.num_row_groups))
        pieces.append(Piece(place, groups, None, path, "csv", known.num_rows))
    return pieces


def _read_head(path: str, policy: Policy) -> Listing:
    """Read the file's first lines as a list of their own: they show encoding, header, delimiter."""
    with open(path, "rb") as stream:
        head = stream.read(HEAD)
    if len(head) == HEAD:
        head = head[: head.rfind(b"\n") + 1] or head
    with tempfile.TemporaryDirectory(prefix="listhygiene-") as folder:
        place = Path(folder) / "head.csv"
        place.write_bytes(head)
        try:
            listing = read(place, read_options(policy, policy.lang or "en"))
        except UnreadableList as error:
            error.file = path
            raise
    if listing.header_line is None or listing.unbalanced or len(listing.facts["header_rows"]) != 1:
        raise _irregular(path)
    return listing


def _stretches(path: str, head: Listing, rows: int) -> Iterator[pa.Table]:
    """Yield tables of `rows` rows, each with the lines on which its rows begin."""
    names = [str(place) for place in range(len(head.header))]
    line = (head.header_line or 0) + 1
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in _batches(path, head, names):
        held.append(batch)
        count += batch.num_rows
        while count >= rows:
            whole = pa.Table.from_batches(held)
            table, line = _with_lines(whole.slice(0, rows), head, line)
            yield table
            held = whole.slice(rows).combine_chunks().to_batches()
            count -= rows
    if count or line == (head.header_line or 0) + 1:
        schema = pa.schema([(name, pa.large_string()) for name in names])
        yield _with_lines(pa.Table.from_batches(held, schema), head, line)[0]


def _batches(path: str, head: Listing, names: list[str]) -> Iterator[pa.RecordBatch]:
    encoding = {"utf-8-sig": "utf-8"}.get(head.encoding or "utf-8", head.encoding or "utf-8")
    try:
        yield from arrow_csv.open_csv(
            path,
            arrow_csv.ReadOptions(
                column_names=names,
                block_size=BLOCK,
                skip_rows=head.header_line or 0,
                encoding=encoding,
            ),
            arrow_csv.ParseOptions(
                delimiter=head.delimiter or ",", newlines_in_values=True, ignore_empty_lines=False
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, OSError) as error:
        raise _irregular(path) from error


def _with_lines(table: pa.Table, head: Listing, line: int) -> tuple[pa.Table, int]:
    """Add the line on which each row begins; return also the line behind the table."""
    breaks = np.zeros(table.num_rows, dtype=np.int64)
    for column in table.columns:
        breaks += _line_ends(column)
    behind = line + np.cumsum(breaks + 1)
    lines = np.concatenate([[line], behind])[:-1] if table.num_rows else behind
    columns = [*table.columns, pa.array(lines, pa.int64())]
    after = int(behind[-1]) if table.num_rows else line
    return pa.Table.from_arrays(columns, names=[*head.header, LINE]), after


def _line_ends(column: pa.ChunkedArray) -> Any:
    found = pc.fill_null(pc.count_substring(column, "\n"), 0)
    return found.to_numpy().astype(np.int64)


def _irregular(path: str) -> UnreadableList:
    return UnreadableList(
        "lines are out of balance, or the header is not one line; it cannot be read in parts",
        file=path,
        remedy="Leave --chunk-rows out: then each line is looked at by itself.",
    )
