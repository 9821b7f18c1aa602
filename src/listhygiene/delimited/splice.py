"""Splice: new texts put into the bytes of single records, everything else left as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..combinations import combine
from ..formulas import escape_formula, find_escapable
from ..model.errors import UnwritableList
from ..texts import LARGE, from_arrow, to_arrow
from .encoding import codec_matches
from .lines import QUOTE
from .records import quote_field, write_field
from .source import Marks, Source
from .stretches import BINARY, NOTHING, Places, between, whole
from .table import Dialect, Records, fields_of

Coded = tuple[pa.Array, npt.NDArray[Any]]
"""The distinct texts of a column, and which of them each row has."""


def encode_text(text: str, dialect: Dialect, errors: str = "strict") -> bytes:
    """Return a text in the bytes that are worked on; raises UnicodeError if the file's encoding
    lacks a character."""
    if codec_matches(dialect.encoding, dialect.codec):
        return text.encode(dialect.codec, errors)
    return text.encode(dialect.encoding, errors).decode(dialect.encoding).encode(dialect.codec)


def splice_record(
    content: bytes, records: Records, number: int, texts: Mapping[int, bytes], dialect: Dialect
) -> bytes:
    """Return a record with the fields at some columns saying something else.

    A new field is quoted where the old one was, or where it must be. A column beyond the record's
    end is put there, with blank fields before it.
    """
    fields = list(fields_of(content, records, number, dialect))
    missing = max(texts, default=-1) + 1 - len(fields)
    fields += [b""] * missing
    for column, text in texts.items():
        fields[column] = write_field(text, dialect.cut, fields[column])
    return dialect.cut.join(fields)


def splice_plain(
    content: bytes,
    records: Records,
    numbers: Places,
    columns: Places,
    texts: pa.LargeBinaryArray,
    dialect: Dialect,
) -> tuple[Marks, pa.LargeBinaryArray]:
    """Splice many records at once, a text each that needs no quotes, where theirs are regular.

    numbers: records, ascending; columns: where the texts go. Returns which of the records are so
    plain, and those as they will stand; the others are left to `splice_record`.
    """
    odd = np.fromiter(records.odd, dtype=np.int64, count=len(records.odd))
    risky = pc.match_substring_regex(texts, f'["\r\n\\x{{{ord(dialect.delimiter):x}}}]')
    plain: Marks = ~np.isin(numbers, odd) & ~risky.to_numpy(False) & (columns < records.width)
    left = numbers[plain]
    lines = whole(between(content, records.starts[left], records.ends[left]))
    bounds = np.concatenate(([0], np.cumsum(records.ends[left] - records.starts[left])))
    view = np.frombuffer(lines, np.uint8)
    cuts, fine = _find_cuts(view, bounds, dialect.cut[0])
    first = np.searchsorted(cuts, bounds)
    fine &= np.diff(first) == records.width - 1
    plain[plain] = fine
    starts, stops, place = bounds[:-1][fine], bounds[1:][fine], columns[plain]
    edges = np.concatenate((cuts, [0]))  # the last one stands in for what is not looked at
    before = first[:-1][fine] + place
    opens = np.where(place == 0, starts, edges[before - 1] + 1)
    closes = np.where(place == records.width - 1, stops, edges[np.minimum(before, len(cuts))])
    heads, tails = between(lines, starts, opens), between(lines, closes, stops)
    quoted = (opens < closes) & (view[np.minimum(opens, len(view) - 1)] == QUOTE)
    quotes = pa.array([b"", b'"'], BINARY).take(pa.array(quoted.astype(np.int8)))
    new = texts.filter(pa.array(plain))
    return plain, pc.binary_join_element_wise(heads, quotes, new, quotes, tails, NOTHING)


def _find_cuts(view: npt.NDArray[np.uint8], bounds: Places, cut: int) -> tuple[Places, Marks]:
    """Return where fields end within records that lie end to end, and which of these are regular:
    each of their quotes stands at an edge of a field, or is doubled within one."""
    cuts, quotes = np.flatnonzero(view == cut), np.flatnonzero(view == QUOTE)
    fine = np.ones(len(bounds) - 1, dtype=bool)
    if not len(quotes):
        return cuts, fine
    first = np.searchsorted(quotes, bounds)
    fine[np.diff(first) % 2 == 1] = False
    home = np.searchsorted(bounds, quotes, side="right") - 1
    closing = (np.arange(len(quotes)) - first[home]) % 2
    beside = view[np.clip(quotes + 2 * closing - 1, 0, len(view) - 1)]
    at_end = np.where(closing == 1, quotes + 1 == bounds[home + 1], quotes == bounds[home])
    fine[home[~at_end & (beside != cut) & (beside != QUOTE)]] = False
    within = np.searchsorted(bounds, cuts, side="right") - 1
    inside = (np.searchsorted(quotes, cuts) - first[within]) % 2 == 1
    return cuts[~inside], fine


def splice_cells(
    source: Source, cells: Mapping[int, Mapping[int, str]]
) -> tuple[Places, pa.LargeBinaryArray]:
    """Return the records that are changed, ascending, and their new bytes."""
    rows = sorted(cells)
    numbers = source.rows[rows].astype(np.int64)
    single = np.array([len(cells[row]) == 1 for row in rows], dtype=bool)
    alone = [rows[one] for one in np.flatnonzero(single).tolist()]
    found = [next(iter(cells[row].items())) for row in alone]
    columns = np.array([column for column, _ in found], dtype=np.int64)
    plain, spliced = splice_plain(
        source.content,
        source.records,
        numbers[single],
        columns,
        _encode_all(source, alone, found),
        source.dialect,
    )
    single[single] = plain
    others = []
    for one in np.flatnonzero(~single).tolist():
        texts = {at: _encode(source, rows[one], at, new) for at, new in cells[rows[one]].items()}
        number = int(numbers[one])
        others.append(splice_record(source.content, source.records, number, texts, source.dialect))
    return merge_records((numbers[single], spliced), (numbers[~single], pa.array(others, BINARY)))


def _encode_all(
    source: Source, rows: Sequence[int], found: Sequence[tuple[int, str]]
) -> pa.LargeBinaryArray:
    """Encode a column and its new text for each of some rows."""
    if source.dialect.codec == "utf-8" and codec_matches(source.dialect.encoding, "utf-8"):
        return pa.array([text for _, text in found], LARGE).cast(BINARY)
    pairs = zip(rows, found, strict=True)
    return pa.array([_encode(source, row, *one) for row, one in pairs], BINARY)


def merge_records(*parts: tuple[Places, pa.LargeBinaryArray]) -> tuple[Places, pa.LargeBinaryArray]:
    """Put records and their bytes into the records' order."""
    numbers = np.concatenate([one for one, _ in parts])
    order = np.argsort(numbers)
    return numbers[order], pa.concat_arrays([texts for _, texts in parts]).take(pa.array(order))


def _encode(source: Source, row: int, column: int, text: str) -> bytes:
    try:
        return encode_text(text, source.dialect)
    except UnicodeError:
        raise UnwritableList(
            f"{source.dialect.encoding.upper()} lacks a character of the new text",
            file=source.listing.path,
            place=f"line {source.listing.lines[row]}, column {column + 1}",
            remedy="Save the list as UTF-8 first.",
        ) from None


def spell_columns(
    columns: Sequence[pd.Series], rows: int, dialect: Dialect
) -> tuple[pa.LargeBinaryArray, npt.NDArray[np.int32], list[Coded]]:
    """Return columns of ours as raw fields: the distinct ends of records, and which each row gets.

    Fields are inert in a spreadsheet, and quoted where needed. What the file's encoding lacks is
    written as Python writes it in source (`\\u2013`): these columns are remarks, and a remark must
    not keep a list from being written. The third is what a reader will find in each column.
    """
    if not columns:
        return pa.array([b""], BINARY), np.zeros(rows, dtype=np.int32), []
    told = [(_inert(texts, dialect), codes) for texts, codes in map(_coded, columns)]
    which, places = combine([(codes, len(texts)) for texts, codes in told], rows)
    fields = [
        _spell(texts, dialect).take(pa.array(one))
        for (texts, _), one in zip(told, places, strict=True)
    ]
    ends = pc.binary_join_element_wise(NOTHING, *fields, pa.scalar(dialect.cut, BINARY))
    return ends, which.astype(np.int32), told


def _coded(column: pd.Series) -> Coded:
    """Return the distinct texts of a column, and which of them each row has."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return to_arrow(column.cat.categories.to_series()), column.cat.codes.to_numpy()
    coded = to_arrow(column).fill_null("").dictionary_encode()
    return coded.dictionary, coded.indices.to_numpy()


def _inert(texts: pa.Array, dialect: Dialect) -> pa.Array:
    """Return texts as a spreadsheet shows them and does not execute them, in what characters the
    file's encoding has."""
    live = find_escapable(from_arrow(texts)).to_numpy()
    if live.any():
        escaped = [escape_formula(one) for one in texts.filter(pa.array(live)).to_pylist()]
        texts = pc.replace_with_mask(texts, pa.array(live), pa.array(escaped, LARGE))
    if dialect.encoding in ("utf-8", "utf-8-sig") or pc.all(pc.string_is_ascii(texts)).as_py():
        return texts
    codec = dialect.codec
    spelt = [encode_text(one, dialect, "backslashreplace") for one in texts.to_pylist()]
    return pa.array([one.decode(codec) for one in spelt], LARGE)


def _spell(texts: pa.Array, dialect: Dialect) -> pa.LargeBinaryArray:
    """Return distinct texts as raw fields."""
    risky = pc.match_substring_regex(texts, f'["\r\n\\x{{{ord(dialect.delimiter):x}}}]')
    quoted = [quote_field(one.encode()).decode() for one in texts.filter(risky).to_pylist()]
    texts = pc.replace_with_mask(texts, risky, pa.array(quoted, LARGE))
    if dialect.codec == "utf-8":
        return texts.cast(BINARY)
    return pa.array([one.encode(dialect.codec) for one in texts.to_pylist()], BINARY)
