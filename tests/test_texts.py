"""Fast ways over columns of texts, held against the plain ways that they stand for."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.address.edges import strip_edges, strip_plainly
from listhygiene.address.inside import read_inside, read_plainly
from listhygiene.address.repair import Find, Plainly, Repair, find_repairs, reads
from listhygiene.address.several import split_plainly, split_several
from listhygiene.address.syntax import judge_one
from listhygiene.content import count as count_cells
from listhygiene.content import evenly, look, take
from listhygiene.formulas import find_formulas, is_formula
from listhygiene.model.listing import TEXT
from listhygiene.progress import counted
from listhygiene.rules import catalogue
from listhygiene.texts import (
    LARGE,
    any_contains,
    first_bytes,
    holding,
    merge_equal,
    with_missing,
)

CORES = ["ann@example.com", "a_b-c+d@x.co", "o'brien@y.co.jp", "{a}@b.ne", "!a@zz.gr", "a&b@c.de"]
NOISE = st.text(" \t\r\n\u3000,;\"',.、<>", max_size=4)
CELLS = st.text(st.sampled_from(list("@＠=+-0 1a\u3000\u200b山\t\x00\n")), max_size=5)


def said_by(plainly: Plainly, texts: list[str]) -> list[list[Repair] | None]:
    """Return what is said of each text at once, None where it must be asked."""
    told = plainly(pa.array(texts, LARGE))
    said: list[list[Repair] | None] = [[] if one else None for one in told.known]
    rows = zip(told.of.tolist(), told.after.to_pylist(), told.detail.to_pylist(), strict=True)
    for place, after, detail in rows:
        said[place] += [Repair(told.grade, after, detail)]
    return said


@given(st.lists(st.tuples(NOISE, st.sampled_from(CORES), NOISE), max_size=30))
def test_noise_is_taken_off_many_as_off_one(parts: list[tuple[str, str, str]]) -> None:
    texts = ["".join(one) for one in parts]
    for text, told in zip(texts, said_by(strip_plainly, texts), strict=True):
        if told is not None and told[0].after != text:
            assert strip_edges(text) == told


LOCALS = st.sampled_from(["ann", "Info", "a.b", "a_b+c-d", "1", "o'brien", "a&b", "x" * 60, "+a"])
DOMAINS = st.sampled_from(
    [
        "example.com",
        "co.jp",
        "a-b.co.jp",
        "x.unknown",
        "EXAMPLE.com",
        "com",
        "xn--a.jp",
        "1.jp",
        "a",
    ]
)
BETWEEN = st.sampled_from(["@", "@", " ", ",", ", ", ";", "; ", ".", " , ", "", ":"])
SLIPS = st.lists(LOCALS | DOMAINS | BETWEEN, max_size=9).map("".join)


@given(st.lists(SLIPS | st.tuples(LOCALS, BETWEEN, LOCALS, st.just("@"), DOMAINS).map("".join)))
def test_slips_inside_are_read_in_many_as_in_one(texts: list[str]) -> None:
    for text, told in zip(texts, said_by(read_plainly, texts), strict=True):
        if told is not None:
            assert read_inside(text) == told


@given(st.lists(st.tuples(LOCALS, DOMAINS, BETWEEN, LOCALS, DOMAINS)))
def test_two_addresses_are_parted_in_many_as_in_one(
    parts: list[tuple[str, str, str, str, str]],
) -> None:
    texts = [f"{a}@{b}{sign}{c}@{d}" for a, b, sign, c, d in parts]
    for text, told in zip(texts, said_by(split_plainly, texts), strict=True):
        if told is not None:
            assert split_several(text) == told


NAMES = st.sampled_from(
    ["", "Ann ", '"Ann" ', "山田 ", "a@b ", "(x) ", "mailto:", "at ", " ", "１"]
)
WRAPPED = st.tuples(
    NAMES, st.sampled_from("<＜("), LOCALS, st.sampled_from("@＠"), DOMAINS, BETWEEN
)
WORDS = st.sampled_from(["n/a", "none", "ann.example.com", "a" * 60, "a" * 60 + "..", "なし"])
AT_ONCE = {
    "T201": "wrapped_address",
    "T203": "full_width_character",
    "T206": "placeholder_text",
    "T207": "upper_case_domain",
}


@pytest.mark.parametrize("code", AT_ONCE)
@given(st.lists(st.one_of(WRAPPED.map(lambda one: f"{''.join(one)}>"), SLIPS, WORDS)))
def test_rules_say_of_many_what_they_say_of_one(code: str, texts: list[str]) -> None:
    def ask_each(frame: pd.DataFrame, candidates: str, find: Find, _: Plainly) -> pd.DataFrame:
        return find_repairs(frame, candidates, find)

    frame = pd.DataFrame({"text": pd.Series(texts, dtype=TEXT)})
    told = catalogue()[code].judge(frame, None)
    with mock.patch(f"listhygiene.rules.{AT_ONCE[code]}.find_repairs", ask_each):
        pd.testing.assert_frame_equal(told, catalogue()[code].judge(frame, None))


@pytest.mark.parametrize("text", ["an n@example.com", "ann@example,com"])
def test_a_plain_slip_is_read_at_once(text: str) -> None:
    assert said_by(read_plainly, [text]) == [read_inside(text)]


def test_two_plain_addresses_are_parted_at_once() -> None:
    text = "ann@example.com; bob@example.com"
    assert said_by(split_plainly, [text]) == [split_several(text)]


@given(st.text(st.sampled_from(list("ab.@ ,\"'()é山")), max_size=12))
def test_what_surely_is_no_address_is_none(text: str) -> None:
    assert reads(f"{text}@example.com") == (judge_one(f"{text}@example.com").syntax != "refused")


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.data())
def test_equal_values_are_found_by_what_changed(values: list[str], data: st.DataObject) -> None:
    marks = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    new = [
        data.draw(st.sampled_from("abcxyz")) if m else v for m, v in zip(marks, values, strict=True)
    ]
    ids, first = merge_equal(pa.array(new, LARGE), np.array(marks, dtype=bool))
    codes, _ = pd.factorize(pd.Series(new, dtype=object))
    assert ids.tolist() == codes.tolist()
    assert first.tolist() == (~pd.Series(new, dtype=object).duplicated()).tolist()


@given(st.lists(CELLS), st.integers(0, 5))
def test_cells_by_their_bytes(cells: list[str], skip: int) -> None:
    array = pa.array(cells, LARGE).slice(min(skip, len(cells)))
    rest = cells[skip:]
    assert first_bytes(array).tolist() == [(one.encode() or b"\xff")[0] for one in rest]
    for sign in ("@", "＠"):
        assert any_contains(array, sign) == any(sign in one for one in rest)
    series = pd.Series(rest, dtype=TEXT)
    assert find_formulas(series).tolist() == [is_formula(one) for one in rest]


@given(st.lists(CELLS, min_size=1), st.integers(0, 20))
def test_a_column_counted_in_parts_counts_as_whole(cells: list[str], cut: int) -> None:
    whole = pd.Series(cells, dtype=TEXT)
    parts = [count_cells(whole[:cut]), count_cells(whole[cut:])]
    assert tuple(map(sum, zip(*parts, strict=True))) == tuple(count_cells(whole))
    sample = take(whole, evenly(count_cells(whole).at), evenly(count_cells(whole).filled))
    assert len(sample.filled) == count_cells(whole).filled
    found = look(pd.DataFrame({0: whole}), pd.Timestamp("2026-11-23"))
    assert found[0][0] == count_cells(whole).filled


@pytest.mark.parametrize(("sizes", "told"), [([2, 3], [(2, 5), (5, 5)]), ([], [])])
def test_progress_counts_contacts(sizes: list[int], told: list[tuple[int, int]]) -> None:
    seen: list[tuple[int, int]] = []
    assert list(counted(sizes, sizes, lambda *one: seen.append(one))) == sizes
    assert seen == told


@given(st.lists(st.text("a@＠﹫日\n", max_size=5)), st.integers(0, 3), st.integers(1, 3))
def test_the_texts_that_hold_another_are_found(texts: list[str], skip: int, few: int) -> None:
    array = pa.array(texts, LARGE).slice(min(skip, len(texts)))
    rest = texts[skip:]
    with mock.patch("listhygiene.texts._SPARSE", few):
        for sign in "@＠﹫":
            assert holding(array, sign).tolist() == [sign in one for one in rest]


@given(st.lists(st.tuples(st.text(max_size=3), st.booleans())), st.integers(0, 3))
def test_texts_that_are_not_known_are_missing(rows: list[tuple[str, bool]], skip: int) -> None:
    array = pa.array([text for text, _ in rows], LARGE).slice(min(skip, len(rows)))
    rest = rows[skip:]
    known = np.array([one for _, one in rest], dtype=bool)
    assert with_missing(array, known).to_pylist() == [text if one else None for text, one in rest]
