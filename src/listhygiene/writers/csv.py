"""CSV: the same bytes back, but for the cells that were changed and the columns that were added."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from ..cores import ahead, begun
from ..delimited.encoding import from_plain, to_plain
from ..delimited.places import is_separator_line
from ..delimited.source import Marks, Source, open_source, prove
from ..delimited.splice import (
    encode_text,
    merge_records,
    spell_columns,
    splice_cells,
    splice_record,
)
from ..delimited.stretches import BINARY, Places
from ..delimited.table import HEADER, PREAMBLE
from ..delimited.weave import Weave, lead_back, weave
from ..delimited.written import Written, sum_cells, sum_frame
from ..files import replacing, settling
from ..formulas import escape_formula, find_escapable, find_formulas
from ..model.errors import EditedSince, ListHygieneError, UnwritableList
from ..model.listing import TEXT, Edits, Listing
from ..patch import Sums, apply_patch, find_edited_lines, fingerprint
from ..texts import give_back

NAME = "csv"


_OTHERS = frozenset({".parquet", ".pq", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
"""Endings under which nobody looks for delimited text."""


def writes(listing: Listing, out: Path) -> bool:
    """Tell whether a list was read from delimited text, and goes to no other format's name."""
    suffix = out.suffix.lower()
    other = suffix in _OTHERS and suffix != Path(listing.path).suffix.lower()
    return listing.format == NAME and "records" in listing.facts and not other


def write(listing: Listing, edits: Edits, out: Path) -> dict[str, object]:
    """Write a list back; return what `restore` needs.

    Encoding, mark, delimiter, line ends, quoting, blank lines, preamble and footers stay. Rows out
    of balance go unchanged into the output, without the appended columns, which would be read as
    cells of other columns. Raises UnwritableList where the list has changed since it was read or
    its encoding lacks a character of a changed cell.
    """
    give_back()  # what choosing and annotating needed
    source = open_source(listing)
    with begun(prove, source) as proven:
        try:
            plan, written = _plan(source, edits)
        finally:
            proven.result()  # what changed meanwhile would be planned amiss
    with begun(sum_cells, source, written) as cells:
        return {**_write_woven(source, plan, out), "cells": cells.result()}


def _plan(source: Source, edits: Edits) -> tuple[Weave, Written]:
    """Say what becomes of each record, and what a reader will find then."""
    listing = source.listing
    keep = np.ones(len(source.rows), dtype=bool) if edits.keep is None else edits.keep
    earlier = _find_earlier(listing, edits)
    cells = _gather_cells(source, edits, earlier, keep)
    appended = {name: one for name, one in edits.columns.items() if name not in earlier}
    numbers, texts = merge_records(
        splice_cells(source, cells), _splice_header(source, edits, list(appended))
    )
    ends, which, told = spell_columns(list(appended.values()), len(source.rows), source.dialect)
    ending = np.zeros(len(source.records.kinds), dtype=np.int32)
    ending[source.rows[source.balanced]] = which[source.balanced] + 1
    plan = Weave(
        keep=_kept_records(source, keep, edits.contacts_only),
        changed=numbers,
        texts=texts,
        endings=pa.concat_arrays([pa.array([b""], BINARY), ends]),
        ending=ending,
    )
    header = [edits.headers.get(place, name) for place, name in enumerate(listing.header)]
    return plan, Written(header, list(appended), cells, told, keep)


def restore(content: bytes, restoring: Mapping[str, object]) -> bytes:
    """Return the original's bytes; raises ListHygieneError where the file was edited since."""
    encoding, codec = str(restoring["encoding"]), str(restoring["codec"])
    bom = base64.b64decode(str(restoring["bom"]))
    edited = fingerprint(content) != restoring["output"]
    try:
        plain = to_plain(content, encoding, bom, codec)
    except UnicodeError:
        plain, edited = content, True
    if edited:
        first, last = find_edited_lines(plain, base64.b64decode(str(restoring["sums"])))
        raise EditedSince(first, last)
    original = apply_patch(plain, base64.b64decode(str(restoring["patch"])))
    raw = bom + from_plain(original, encoding, codec)
    if fingerprint(raw) != restoring["input"]:
        raise ListHygieneError("the change log does not belong to this file")
    return raw


def remember(listing: Listing) -> Listing:
    """Return the list with what `write` needs of its cells, where they are let go.

    Cells are asked for all the same where formulas are escaped, where the list has columns of an
    earlier run, and where it has no header line.
    """
    return replace(listing, facts={**listing.facts, "sums": sum_frame(listing)})


def quarantine(listing: Listing, out: Path) -> int:
    """Write the raw records out of balance to a file, as they stand; return how many."""
    source = open_source(listing)
    prove(source)
    numbers = source.rows[sorted(listing.unbalanced)]
    ends = np.append(source.records.starts[1:], len(source.content))
    raw = b"".join(source.content[source.records.starts[i] : ends[i]] for i in numbers.tolist())
    dialect = source.dialect
    with replacing(out) as stream:
        stream.write(dialect.bom + from_plain(raw, dialect.encoding, dialect.codec))
    return len(numbers)


def _write_woven(source: Source, plan: Weave, out: Path) -> dict[str, object]:
    """Write the records as planned, each stretch while the next one is woven."""
    sums, hasher = Sums(), hashlib.sha256(source.dialect.bom)
    dialect = source.dialect
    woven = weave(source.content, source.records, plan, sums)
    coded = (from_plain(piece, dialect.encoding, dialect.codec) for piece in woven)
    with begun(_pack_patch, source, plan) as packed, ThreadPoolExecutor(1) as beside:
        with replacing(out) as stream, settling(stream) as put:
            put(dialect.bom)
            for piece in ahead(coded):
                hashed = beside.submit(hasher.update, piece)
                put(piece)
                hashed.result()
        return {
            "input": source.listing.facts["sha256"],
            "output": hasher.hexdigest(),
            "encoding": dialect.encoding,
            "codec": dialect.codec,
            "bom": base64.b64encode(dialect.bom).decode("ascii"),
            "sums": base64.b64encode(sums.finish()).decode("ascii"),
            "patch": packed.result(),
        }


def _pack_patch(source: Source, plan: Weave) -> str:
    patch = lead_back(source.content, source.records, plan)
    return base64.b64encode(patch.finish()).decode("ascii")


def _kept_records(source: Source, keep: Marks, contacts_only: bool) -> Marks:
    """Tell which records stay: the kept contacts, the header, and where no contact in balance
    goes, what is no contact."""
    kinds = source.records.kinds
    if contacts_only:
        kept = np.zeros(len(kinds), dtype=bool)
        if source.named is not None:
            kept[source.named] = True
        kept[source.rows] = keep
        return kept
    whole = bool(keep[source.balanced].all())
    kept = np.full(len(kinds), whole)
    kept[kinds == HEADER] = True
    first = source.content[source.records.starts[0] : source.records.ends[0]]
    kept[0] |= kinds[0] == PREAMBLE and is_separator_line(first)
    kept[source.rows] = keep
    return kept


def _find_earlier(listing: Listing, edits: Edits) -> dict[str, int]:
    """Return where the columns of an earlier run of ours stand."""
    return {name: listing.header.index(name) for name in edits.columns if name in listing.header}


def _gather_cells(
    source: Source, edits: Edits, earlier: Mapping[str, int], keep: Marks
) -> dict[int, dict[int, str]]:
    """Return the new texts of each row, by column, of all that is asked for."""
    touchable = source.balanced & keep
    cells: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), text in edits.cells.items():
        if touchable[row]:
            cells[row][column] = text
    if edits.formulas != "keep":
        _tame(source, edits, earlier, touchable, cells)
    for name, column in earlier.items():
        new = edits.columns[name].reset_index(drop=True).astype(TEXT)
        live = find_escapable(new)
        if live.any():
            new = new.where(~live, new[live].map(escape_formula).reindex(new.index))
        new = _spelt(new, source.dialect.encoding)
        differs = (new != source.listing.frame.iloc[:, column]).to_numpy() & touchable
        rows = np.flatnonzero(differs)
        for row, text in zip(rows.tolist(), new.iloc[rows].tolist(), strict=True):
            cells[row][column] = text
    return dict(cells)


def _spelt(texts: pd.Series, encoding: str) -> pd.Series:
    """Spell what a file's encoding lacks as `spell_columns` does, so that a second run agrees."""
    if encoding.startswith("utf") or texts.str.isascii().all():
        return texts
    spelt = {
        one: one.encode(encoding, "backslashreplace").decode(encoding) for one in texts.unique()
    }
    return texts.map(spelt).astype(texts.dtype)


def _tame(
    source: Source,
    edits: Edits,
    earlier: Mapping[str, int],
    touchable: Marks,
    cells: dict[int, dict[int, str]],
) -> None:
    """Escape the user's own cells that a spreadsheet would execute, or refuse to write them."""
    frame, listing = source.listing.frame, source.listing
    own = [one for one in range(frame.shape[1]) if one not in earlier.values()]
    # A cell that an earlier run of ours has escaped is inert; a second `'` would change it again.
    find = find_formulas if edits.formulas == "refuse" or earlier else find_escapable
    for column in own:
        now = frame.iloc[:, column].copy()
        for row in [row for row, texts in cells.items() if column in texts]:
            now.iloc[row] = cells[row][column]
        for row in np.flatnonzero(find(now).to_numpy() & touchable).tolist():
            if edits.formulas == "refuse":
                raise UnwritableList(
                    "a spreadsheet would execute a cell of this list",
                    file=listing.path,
                    place=f"line {listing.lines[row]}, column {column + 1}",
                    remedy="Choose --csv-formulas escape or keep.",
                )
            cells.setdefault(row, {})[column] = escape_formula(now.iloc[row])


def _splice_header(
    source: Source, edits: Edits, names: list[str]
) -> tuple[Places, pa.LargeBinaryArray]:
    """Return the header's record with its new texts and names; none where it stays."""
    if source.named is None or not (edits.headers or names):
        return np.empty(0, dtype=np.int64), pa.array([], BINARY)
    number = int(np.searchsorted(source.records.lines, source.named))
    texts = {
        column: encode_text(text, source.dialect, "backslashreplace")
        for column, text in edits.headers.items()
    }
    width = len(source.listing.header)
    texts |= {width + i: encode_text(name, source.dialect) for i, name in enumerate(names)}
    record = splice_record(source.content, source.records, number, texts, source.dialect)
    return np.array([number]), pa.array([record], BINARY)
