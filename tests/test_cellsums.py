"""Sums of cells: an edited cell is told from the others, wherever its text stands."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.cellsums import find_edited, pack_sums, sum_texts

texts = st.text(max_size=6) | st.sampled_from(["", "\x00", "\x00\x00", "x" * 40_000, "é" * 20_000])


def sums_of(cells: list[str]) -> np.ndarray:
    return sum_texts(pa.array(cells, pa.large_string()))


def tell(table: list[list[str]], edited: list[list[str]]) -> list[tuple[tuple, tuple]]:
    judged = np.ones(len(table[0]), dtype=bool)
    packed = json.loads(json.dumps(pack_sums([sums_of(one) for one in table], len(table), judged)))
    found = find_edited([sums_of(one) for one in edited], packed)
    return [(one.rows, one.columns) for one in found]


@given(st.lists(texts, max_size=30), st.lists(texts, max_size=5))
@settings(max_examples=300, deadline=None)
def test_a_text_has_one_sum_wherever_it_stands(some, others):
    alone = [int(sums_of([one])[0]) for one in some]
    assert sums_of(others + some)[len(others) :].tolist() == alone
    assert sums_of(some).tolist() == alone
    sliced = pa.array(others + some, pa.large_string()).slice(len(others))
    assert sum_texts(sliced).tolist() == alone


@given(st.lists(texts, unique=True, max_size=40))
def test_different_texts_have_different_sums(some):
    assert len(set(sums_of(some).tolist())) == len(some)


PAIRS = [("ab", "ba"), ("a", "a\x00"), ("", "\x00"), ("a", "b"), ("taro1", "taro2"), ("1", "10"),
         ("x" * 40_000, "x" * 39_999 + "y")]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), PAIRS)
@pytest.mark.parametrize("row", [0, 7, 9_999])
def test_one_edited_cell_of_many_is_named(before, after, row):
    table = [[f"{column}-{one}" for one in range(10_000)] for column in range(5)]
    table[3][row] = before
    edited = [list(one) for one in table]
    edited[3][row] = after
    assert tell(table, table) == []
    assert tell(table, edited) == [((row,), (3,))]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_edited_cells_of_a_short_list_are_named_each_by_itself(data):
    rows, columns = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 6))
    table = [[f"{column}-{row}" for row in range(rows)] for column in range(columns)]
    cells = st.tuples(st.integers(0, columns - 1), st.integers(0, rows - 1))
    chosen = data.draw(st.sets(cells))
    edited = [list(one) for one in table]
    for column, row in chosen:
        edited[column][row] += data.draw(st.sampled_from([" ", "x", "\n", "é"]))
    found = {(c, r) for rows, columns in tell(table, edited) for r in rows for c in columns}
    assert found == chosen


def test_edited_cells_of_a_long_list_are_named_with_few_others():
    rows = 100_000  # 25 rows a block
    table = [[f"{column}-{row}" for row in range(rows)] for column in range(3)]
    edited = [list(one) for one in table]
    edited[0][50], edited[2][99_999] = "x", "y"
    edited[0][1001] = edited[1][1003] = "z"
    assert tell(table, edited) == [
        ((50,), (0,)), ((1001, 1003), (0, 1)), ((99_999,), (2,))
    ]  # fmt: skip


def test_rows_that_are_not_judged_are_left_out():
    table = [["a", "b", "c"], ["d", "e", "f"]]
    judged = np.array([True, False, True])
    packed = pack_sums([sums_of(one) for one in table], len(table), judged)
    table[0][1] = table[1][2] = "x"
    found = find_edited([sums_of(one) for one in table], packed)
    assert [(one.rows, one.columns) for one in found] == [((2,), (1,))]


def test_cells_that_changed_places_are_edited():
    assert tell([["a", "b"], ["c", "d"]], [["a", "d"], ["c", "b"]]) == [((1,), (0, 1))]
    assert tell([["a", "b"], ["c", "d"]], [["b", "a"], ["d", "c"]]) == [
        ((0,), (0, 1)), ((1,), (0, 1))
    ]  # fmt: skip
