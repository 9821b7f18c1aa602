"""Splice: new texts put into the bytes of single records, everything else left as it stands."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..formulas import escape_formula, find_escapable
from .encoding import codec_matches
from .records import write_field
from .table import Dialect, Records, fields_of

BINARY = pa.large_binary()


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


def spell_column(texts: pd.Series, dialect: Dialect) -> pa.LargeBinaryArray:
    """Return a column of ours as raw fields: inert in a spreadsheet, quoted where needed.

    What the file's encoding lacks is written as Python writes it in source (`\\u2013`): these
    columns are remarks, and a remark must not keep a list from being written.
    """
    texts = texts.reset_index(drop=True)
    live = find_escapable(texts)
    if live.any():
        texts = texts.where(~live, texts[live].map(escape_formula).reindex(texts.index))
    column = pa.array(texts, type=pa.large_string(), from_pandas=True).fill_null("")
    risky = pc.match_substring_regex(column, f'["\r\n\\x{{{ord(dialect.delimiter):x}}}]')
    if pc.any(risky).as_py():
        quote, none = (pa.scalar(mark, pa.large_string()) for mark in ('"', ""))
        doubled = pc.replace_substring(column, '"', '""')
        quoted = pc.binary_join_element_wise(quote, doubled, quote, none)
        column = pc.if_else(risky, quoted, column)
    if dialect.encoding in ("utf-8", "utf-8-sig") or pc.all(pc.string_is_ascii(column)).as_py():
        return column.cast(BINARY)
    coded = column.dictionary_encode()
    spelt = [encode_text(one, dialect, "backslashreplace") for one in coded.dictionary.to_pylist()]
    return pa.array(spelt, type=BINARY).take(coded.indices)


def view_records(
    content: bytes, records: Records, first: int, last: int
) -> tuple[pa.LargeBinaryArray, pa.LargeBinaryArray]:
    """Return the records first..last-1 and their line ends as Arrow arrays over the content."""
    bounds = np.empty(2 * (last - first) + 1, dtype=np.int64)
    bounds[0:-1:2] = records.starts[first:last]
    bounds[1::2] = records.ends[first:last]
    bounds[-1] = records.starts[last] if last < len(records.starts) else len(content)
    both = pa.LargeBinaryArray.from_buffers(
        BINARY, len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(content)]
    )
    places = np.arange(0, len(bounds) - 1, 2)
    return both.take(pa.array(places)), both.take(pa.array(places + 1))
