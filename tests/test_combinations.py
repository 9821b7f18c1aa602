"""Combinations of numbers that rows have in several columns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene import combinations


@pytest.mark.parametrize("most", [6, 1 << 62])
@given(rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 1))))
def test_each_row_finds_its_own_numbers_again(most, rows):
    columns = np.array(rows, dtype=np.int8).reshape(-1, 3).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(combinations, "_MOST_KEYS", most)
        sizes = (3, 5, 2) if rows else (0, 0, 0)
        which, found = combinations.combine(list(zip(columns, sizes, strict=True)), len(rows))
    assert list(zip(*(one[which].tolist() for one in found), strict=True)) == rows
    assert len(found[0]) == len(set(rows))
