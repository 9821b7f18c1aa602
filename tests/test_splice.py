"""Splicing many records at once: the same bytes as one by one, whatever their quotes."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.delimited.splice import splice_plain, splice_record
from listhygiene.delimited.stretches import BINARY
from listhygiene.delimited.table import Dialect, Records

FIELDS = st.one_of(
    st.text('a", ', max_size=6),
    st.text('a", ', max_size=6).map(lambda text: f'"{text.replace(chr(34), chr(34) * 2)}"'),
)
ROWS = st.lists(st.tuples(FIELDS, FIELDS, FIELDS), min_size=1, max_size=6)


@given(ROWS, st.data(), st.booleans())
def test_records_spliced_together_are_as_spliced_one_by_one(rows, data, spaced):
    lines = [",".join(row).encode() for row in rows]
    stops = np.cumsum([len(one) + 1 for one in lines])
    starts, ends = np.concatenate(([0], stops[:-1])), stops - 1
    content, dialect = b"\n".join(lines), Dialect("utf-8", "utf-8", ",", spaced=spaced)
    numbers = np.arange(len(lines))
    records = Records(starts, ends, numbers, np.zeros(len(lines), np.uint8), {}, 3)
    columns = [data.draw(st.integers(0, 3)) for _ in lines]
    texts = [data.draw(st.sampled_from([b"", b"new", b'n"w'])) for _ in lines]
    plain, made = splice_plain(
        content, records, numbers, np.array(columns), pa.array(texts, BINARY), dialect
    )
    wanted = [
        splice_record(content, records, at, {columns[at]: texts[at]}, dialect)
        for at in np.flatnonzero(plain).tolist()
    ]
    assert made.to_pylist() == wanted


def test_quoted_records_are_spliced_together():
    content = b'"1","a ""b"", c","x"\n"2","d","y"'
    starts, ends = np.array([0, 21]), np.array([20, 32])
    records = Records(starts, ends, np.arange(2), np.zeros(2, np.uint8), {}, 3)
    plain, made = splice_plain(
        content,
        records,
        np.arange(2),
        np.array([1, 2]),
        pa.array([b"new", b"z"], BINARY),
        Dialect("utf-8", "utf-8", ","),
    )
    assert plain.all()
    assert made.to_pylist() == [b'"1","new","x"', b'"2","d","z"']
