"""Streaming: a delimited file of any size cut into pieces on the disk, a stretch at a time."""

from __future__ import annotations

import functools
import pickle
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from ..files import writing
from ..model.errors import UnreadableList, UsageError
from ..model.listing import Listing
from ..pipeline import read_options
from ..policy import Policy
from ..readers import read, recognised
from ..texts import to_arrow
from .pieces import LINE, UNBALANCED, Piece, pieces_of

HEAD = 1 << 20
"""So many bytes tell how a file is written."""
BLOCK = 1 << 24


class _IrregularError(Exception):
    """Only the whole of the file tells what its lines mean."""


def cut(path: str, policy: Policy, rows: int, folder: str) -> list[Piece]:
    """Cut a list into pieces of `rows` rows; those of a delimited file are put into a folder.

    A delimited file is read a stretch at a time. Where lines are out of balance, the header is not
    one line or comes again, or the last row may be a total, it is read as a whole (which takes the
    memory of that), and cut then. Raises
    UnreadableList, or UsageError for formats that cannot be read in part.
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
    done = Path(folder) / "cut.pickle"  # a run that was interrupted behind this has left it
    if not done.exists():
        try:
            head = _read_head(path, policy)
            _put(_contacts(_stretches(path, head, rows), head), folder)
        except _IrregularError:
            whole = read(path, read_options(policy, policy.lang or "en"))
            head = whole
            _put(_slices(whole, rows), folder)
        done.write_bytes(pickle.dumps(_bare(head, path)))
    bare = pickle.loads(done.read_bytes())
    pieces = []
    for place in map(str, sorted(Path(folder).glob("*.parquet"))):
        known = pq.read_metadata(place)
        groups = tuple(range(known.num_row_groups))
        pieces.append(Piece(place, groups, None, path, "csv", known.num_rows, bare))
    return pieces


def _put(tables: Iterable[pa.Table], folder: str) -> None:
    """Write the pieces, in place of those that an earlier try has left."""
    for old in Path(folder).glob("*.parquet"):
        old.unlink()
    for number, table in enumerate(tables):
        place = str(Path(folder) / f"{number:06d}.parquet")
        with writing(folder):
            pq.write_table(table, place, compression="lz4", use_dictionary=False)


def _bare(head: Listing, path: str) -> Listing:
    """Return how a list is written, without its rows."""
    return replace(
        head,
        path=path,
        frame=pd.DataFrame(),
        lines=np.zeros(0, np.int64),
        unbalanced={},
        facts={"header_rows": list(head.facts["header_rows"])},
    )


def _slices(whole: Listing, rows: int) -> Iterator[pa.Table]:
    """Cut a list that was read as a whole; each row keeps its line and what is wrong with it."""
    columns = [to_arrow(whole.frame.iloc[:, place]) for place in range(len(whole.header))]
    odd = np.full(len(whole.lines), None, dtype=object)
    for row, why in whole.unbalanced.items():
        odd[row] = why
    columns += [pa.array(whole.lines, pa.int64()), pa.array(odd, pa.large_string())]
    table = pa.Table.from_arrays(columns, names=[*whole.header, LINE, UNBALANCED])
    for start in range(0, max(1, len(table)), rows):
        yield table.slice(start, rows)


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
            raise _IrregularError from error  # the whole may say more, or why it cannot be read
    if listing.header_line is None or listing.unbalanced or len(listing.facts["header_rows"]) != 1:
        raise _IrregularError
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


def _contacts(tables: Iterable[pa.Table], head: Listing) -> Iterator[pa.Table]:
    """Leave blank lines out, as `read` does; leave it to the whole to tell what is no contact."""
    header = [pa.scalar(one, pa.large_string()) for one in head.header]
    last: list[str] = []
    for table in tables:
        cells = table.columns[: len(header)]
        filled = functools.reduce(pc.or_, (pc.not_equal(one, "") for one in cells))
        again = (pc.equal(one, name) for one, name in zip(cells, header, strict=True))
        if pc.any(functools.reduce(pc.and_, again)).as_py():
            raise _IrregularError
        kept = table if pc.all(filled).as_py() else table.filter(filled)
        if len(kept):
            last = [column[-1].as_py() for column in kept.columns[: len(header)]]
        yield kept
    if last and not any("@" in cell or "＠" in cell for cell in last):
        raise _IrregularError


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
        raise _IrregularError from error


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
