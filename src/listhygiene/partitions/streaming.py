"""Streaming: a delimited file of any size cut into pieces on the disk, a stretch at a time."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from ..cores import ahead
from ..files import writing
from ..model.errors import UnreadableList, UsageError
from ..model.listing import Listing
from ..pipeline import read_options
from ..policy import Policy
from ..readers import read, recognised
from ..texts import LARGE, any_contains, are_empty, to_arrow
from .pieces import LINE, UNBALANCED, Piece, pieces_of
from .storing import get, put

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
    done = Path(folder) / "cut.stored"  # a run that was interrupted behind this has left it
    if not _is_whole(done, folder):
        try:
            head = _read_head(path, policy)
            sizes = _put(_contacts(_stretches(path, head, rows), head), folder)
        except _IrregularError:
            whole = read(path, read_options(policy, policy.lang or "en"))
            head = whole
            sizes = _put(_slices(whole, rows), folder)
        put(done, (_bare(head, path), sizes))
    bare, sizes = get(done)
    places = (_place(folder, number) for number in range(len(sizes)))
    return [
        Piece(place, (), None, path, "csv", size, bare)
        for place, size in zip(places, sizes, strict=True)
    ]


def _put(batches: Iterable[pa.RecordBatch], folder: str) -> list[int]:
    """Write the pieces, over those that an earlier try has left; return how many rows each has."""
    sizes: list[int] = []
    for batch in ahead(batches):
        with writing(folder), pa.ipc.new_file(_place(folder, len(sizes)), batch.schema) as writer:
            writer.write_batch(batch)
        sizes.append(len(batch))
    return sizes


def _is_whole(done: Path, folder: str) -> bool:
    """Say whether a list was cut, and all of its pieces are there yet."""
    return done.exists() and all(
        Path(_place(folder, number)).exists() for number in range(len(get(done)[1]))
    )


def _place(folder: str, number: int) -> str:
    return str(Path(folder) / f"{number:06d}.arrow")


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


def _slices(whole: Listing, rows: int) -> Iterator[pa.RecordBatch]:
    """Cut a list that was read as a whole; each row keeps its line and what is wrong with it."""
    columns = [to_arrow(whole.frame.iloc[:, place]) for place in range(len(whole.header))]
    odd = np.full(len(whole.lines), None, dtype=object)
    for row, why in whole.unbalanced.items():
        odd[row] = why
    columns += [pa.array(whole.lines, pa.int64()), pa.array(odd, LARGE)]
    batch = pa.RecordBatch.from_arrays(columns, [*whole.header, LINE, UNBALANCED])
    for start in range(0, max(1, len(batch)), rows):
        yield batch.slice(start, rows)


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


def _stretches(path: str, head: Listing, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the cells of `rows` records each; of a list without any, none of them."""
    names = [str(place) for place in range(len(head.header))]
    held = [pa.RecordBatch.from_pylist([], pa.schema(dict.fromkeys(names, LARGE)))]
    count, first = 0, True
    for batch in _batches(path, head, names):
        held.append(batch)
        count += batch.num_rows
        while count >= rows:
            whole = pa.Table.from_batches(held)
            yield pa.concat_batches(whole.slice(0, rows).to_batches())
            held, first = whole.slice(rows).to_batches(), False
            count -= rows
    if count or first:
        yield pa.concat_batches(held)


def _contacts(stretches: Iterable[pa.RecordBatch], head: Listing) -> Iterator[pa.RecordBatch]:
    """Give each row its line, and leave blank ones out, as `read` does.

    What is no contact, or may be several, is left to the whole to tell.
    """
    names = [*head.header, LINE]
    line = (head.header_line or 0) + 1
    last: list[str] = []
    for cells in stretches:
        breaks = sum((_count(one, "\n") for one in cells.columns), np.zeros(len(cells), np.int64))
        if _again(cells, head.header) or _swallow(cells, breaks, head.delimiter or ","):
            raise _IrregularError
        behind = line + np.cumsum(breaks + 1)
        lines = behind - breaks - 1
        line = int(behind[-1]) if len(behind) else line
        filled = ~functools.reduce(np.logical_and, map(are_empty, cells.columns))
        kept = pa.RecordBatch.from_arrays([*cells.columns, pa.array(lines)], names)
        kept = kept if filled.all() else kept.filter(pa.array(filled))
        if len(kept):
            last = [column[-1].as_py() for column in kept.columns[: len(head.header)]]
        yield kept
    if last and not any("@" in cell or "＠" in cell for cell in last):
        raise _IrregularError


def _again(cells: pa.RecordBatch, header: Sequence[str]) -> bool:
    """Say whether the header comes again."""
    found: Any = True
    for column, name in zip(cells.columns, header, strict=True):
        found = pc.and_(found, pc.equal(column, pa.scalar(name, LARGE)))
        if not pc.any(found).as_py():
            return False
    return True


def _swallow(cells: pa.RecordBatch, breaks: Any, delimiter: str) -> bool:
    """Say whether a record may be several: each of its lines has the delimiters of a row."""
    rows = pa.array(np.flatnonzero(breaks))
    some = [column.take(rows) for column in cells.columns]
    inside = sum((_count(one, delimiter) for one in some), np.zeros(len(rows), np.int64))
    return bool((inside == breaks[rows] * (len(some) - 1)).any())


def _count(cells: pa.Array, text: str) -> Any:
    """Count a text in each of the cells."""
    if not any_contains(cells, text):
        return np.zeros(len(cells), np.int64)
    return pc.count_substring(cells, text).to_numpy().astype(np.int64)


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
                column_types=dict.fromkeys(names, LARGE), strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, OSError) as error:
        raise _IrregularError from error
