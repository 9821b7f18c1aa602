"""Splice: new texts put into the bytes of single records, everything else left as it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..formulas import escape_formula, find_escapable
from ..texts import LARGE, from_arrow, to_arrow
from .encoding import codec_matches
from .records import quote_field, write_field
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


def spell_columns(
    columns: Sequence[pd.Series], rows: int, dialect: Dialect
) -> tuple[pa.LargeBinaryArray, npt.NDArray[np.int32]]:
    """Return columns of ours as raw fields: the distinct ends of records, and which each row gets.

    Fields are inert in a spreadsheet, and quoted where needed. What the file's encoding lacks is
    written as Python writes it in source (`\\u2013`): these columns are remarks, and a remark must
    not keep a list from being written.
    """
    ends, which = pa.array([b""], BINARY), np.zeros(rows, dtype=np.int64)
    for one in columns:
        texts, codes = _coded(one)
        fields = _spell(texts, dialect)
        places = which * len(fields) + codes
        both = pa.array(places).dictionary_encode()
        found = both.dictionary.to_numpy()
        before, field = (pa.array(at) for at in np.divmod(found, max(1, len(fields))))
        cut = pa.scalar(dialect.cut, BINARY)
        ends = pc.binary_join_element_wise(ends.take(before), fields.take(field), cut)
        which = both.indices.to_numpy().astype(np.int64)
    return ends, which.astype(np.int32)


def _coded(column: pd.Series) -> tuple[pa.Array, npt.NDArray[Any]]:
    """Return the distinct texts of a column, and which of them each row has."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return to_arrow(column.cat.categories.to_series()), column.cat.codes.to_numpy()
    coded = to_arrow(column).fill_null("").dictionary_encode()
    return coded.dictionary, coded.indices.to_numpy()


def _spell(texts: pa.Array, dialect: Dialect) -> pa.LargeBinaryArray:
    """Return distinct texts as raw fields."""
    live = find_escapable(from_arrow(texts)).to_numpy()
    if live.any():
        escaped = [escape_formula(one) for one in texts.filter(pa.array(live)).to_pylist()]
        texts = pc.replace_with_mask(texts, pa.array(live), pa.array(escaped, LARGE))
    risky = pc.match_substring_regex(texts, f'["\r\n\\x{{{ord(dialect.delimiter):x}}}]')
    quoted = [quote_field(one.encode()).decode() for one in texts.filter(risky).to_pylist()]
    texts = pc.replace_with_mask(texts, risky, pa.array(quoted, LARGE))
    if dialect.encoding in ("utf-8", "utf-8-sig") or pc.all(pc.string_is_ascii(texts)).as_py():
        return texts.cast(BINARY)
    spelt = [encode_text(one, dialect, "backslashreplace") for one in texts.to_pylist()]
    return pa.array(spelt, BINARY)
