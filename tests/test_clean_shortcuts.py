"""The short ways of `clean` against the plain ones: what comes out is the same, byte for byte."""

from __future__ import annotations

import csv
import io
import itertools
import json
from dataclasses import asdict
from unittest import mock

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall import Answers, make_policy
from listhygiene.changelog import read_log
from listhygiene.changes import Changes, json_lines, of_rows
from listhygiene.cleaning import Cleaning, clean
from listhygiene.combinations import join_names
from listhygiene.fold import fold

ANSWERS = Answers({"gone.test": "nxdomain", "silent.test": "unknown"})
DRESSES = ["{}", " {} ", "<{}>", "Ann <{}>", "mailto:{}", "{},", '"{}"', "　{}", "<<<<<<<{}>>>>>>>"]
LOCALS = ["ann", "a b", "a,b", "o'neil", '"ann"', "x..y", "日本", "=1+1", ""]
TEXTS = ["", " none ", "a@x.test; b@y.test", "a@x,test", "＝ａ＠ｘ．ｔｅｓｔ", '"', "a@b@c.test"]
DOMAINS = ["a.test", "B.Test", "gone.test", "silent.test", "gmial.com", "mailinator.com"]

address = st.builds("{}@{}".format, st.sampled_from(LOCALS), st.sampled_from(DOMAINS))
dressed = st.builds(lambda dress, it: dress.format(it), st.sampled_from(DRESSES), address)
text = st.one_of(dressed, dressed, st.sampled_from(TEXTS))
wide = st.lists(text, min_size=2, max_size=2)
ragged = st.lists(text, min_size=1, max_size=3)
rows_of = st.lists(st.one_of(wide, wide, wide, ragged), min_size=1, max_size=12)
NUMBER = itertools.count()
few = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@few
@given(
    rows=rows_of, only=st.sampled_from([(), ("send",)]), strict=st.booleans(), spare=st.booleans()
)
def test_a_repaired_list_is_judged_as_if_it_were_judged_again(
    tmp_path, rows, only, strict, spare
) -> None:
    here = tmp_path / str(next(NUMBER))
    here.mkdir()
    stream = io.StringIO()
    csv.writer(stream).writerows([["Email", "Secondary Email"], *rows])
    (here / "list.csv").write_bytes(stream.getvalue().encode())
    heavy = {"rules__T202": "error", "rules__T204": "error"} if strict else {}
    policy, how = make_policy(**heavy), Cleaning(only=only)
    clean(str(here / "list.csv"), str(here / "short.csv"), policy, how, lookup=ANSWERS)
    with mock.patch("listhygiene.repairing.rejudge", return_value=None) as again:
        clean(
            str(here / "list.csv"),
            str(here / "long.csv"),
            policy,
            how,
            lookup=ANSWERS,
            spare=spare,
        )
    assert again.called
    assert (here / "short.csv").read_bytes() == (here / "long.csv").read_bytes()
    short, long = (read_log(here / f"{one}.csv.changes.jsonl") for one in ("short", "long"))
    assert short.changes == long.changes


@pytest.mark.parametrize(
    ("how", "folds"),
    [(Cleaning(), 0), (Cleaning(accept=("T",)), 1), (Cleaning(formulas="escape"), 1)],
)
def test_only_repairs_of_meaning_have_a_list_folded_again(tmp_path, how, folds) -> None:
    (tmp_path / "list.csv").write_text('Email\n <ann@a.test>\n"bob@a,test"\n', encoding="utf-8")
    source, out = str(tmp_path / "list.csv"), str(tmp_path / "out.csv")
    with mock.patch("listhygiene.repairing.fold", wraps=fold) as again:
        clean(source, out, make_policy(), how, lookup=ANSWERS)
    assert again.call_count == folds


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
words |= st.sampled_from(['"', "\\", "\x00", "\n", "\x1f", "\x7f", "\u2028", "日本", "😀"])
lines = st.lists(st.tuples(st.integers(-1, 9), st.integers(0, 1), words, words, words), max_size=9)


def changes_of(found, headers, **more) -> Changes:
    rows, columns, *texts = zip(*found, strict=True) if found else ((), (), (), (), ())
    before, after, key = (pa.array(one, pa.large_string()) for one in texts)
    return Changes(
        rows=np.array(rows, dtype=np.int64),
        lines=np.array(rows, dtype=np.int64) + 2,
        columns=np.array(columns, dtype=np.int64),
        headers=headers,
        before=before,
        after=after,
        rules=pa.array(["T202"] * len(found), pa.large_string()),
        keys=key,
        **more,
    )


@given(found=lines, headers=st.tuples(words, words), member=words, sheet=words)
def test_changes_are_logged_by_columns_as_one_by_one(found, headers, member, sheet) -> None:
    changes = changes_of(found, headers, list=member, sheet=sheet)
    assert b"".join(json_lines(changes)) == b"".join(json_lines(list(changes)))
    read = [json.loads(one) for one in b"".join(json_lines(changes)).split(b"\n") if one]
    assert [{"sheet": ""} | one for one in read] == [asdict(one) for one in changes]


@given(found=lines)
def test_changes_are_a_sequence(found) -> None:
    changes = changes_of(found, ("a", "b"))
    plain = list(changes)
    assert [changes[place] for place in range(len(changes))] == plain
    assert list(changes[1:]) == plain[1:]
    assert changes.cells() == {(one.row, one.column): one.after for one in plain}
    keep = np.arange(10) % 2 == 0
    assert list(of_rows(changes, keep)) == list(of_rows(plain, keep))
    with pytest.raises(IndexError):
        changes[len(changes)]


@given(
    pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 139)), max_size=40),
    size=st.integers(5, 7),
)
def test_names_are_joined_each_once_in_their_order(pairs, size) -> None:
    names = [f"N{place}" for place in range(140)]
    subjects, codes = (np.array([one[at] for one in pairs], dtype=np.int64) for at in (0, 1))
    texts, which = join_names(subjects, codes, names, size)
    found = [texts[int(one)].as_py() for one in which]
    assert found == [
        " ".join(names[code] for code in sorted({code for one, code in pairs if one == subject}))
        for subject in range(size)
    ]
