"""Writing delimited text back: only what was asked for differs, and all of it can be undone."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.earlier import COLUMNS
from listhygiene.formulas import (
    escape_formula,
    find_escapable,
    find_formulas,
    formula_cells,
    is_formula,
    unescape_formula,
)
from listhygiene.model.errors import ListHygieneError, UnreadableList, UnwritableList
from listhygiene.model.listing import TEXT, Edits, Listing, ReadOptions
from listhygiene.patch import PatchMaker, apply_patch
from listhygiene.readers import read
from listhygiene.traces import name_edited
from listhygiene.writers import quarantine, restore, write

CORPORA = os.environ.get("LISTHYGIENE_CORPORA")
with_corpora = pytest.mark.skipif(not CORPORA, reason="LISTHYGIENE_CORPORA names no folder")


def added(count: int, verdict: str = "send", reason: str = "") -> dict[str, pd.Series]:
    return {
        "listhygiene_verdict": pd.Series([verdict] * count, dtype=TEXT),
        "listhygiene_reason": pd.Series([reason] * count, dtype=TEXT),
    }


@pytest.fixture
def change(tmp_path):
    """Write bytes back with edits; check that they can be undone; return the new bytes."""

    def rewrite(raw: bytes, columns=None, **edits) -> bytes:
        path, out = tmp_path / "list.csv", tmp_path / "out.csv"
        path.write_bytes(raw)
        listing = read(path, ReadOptions(lang="ja"))
        added_columns = columns(len(listing.frame)) if columns else {}
        restoring = write(listing, Edits(columns=added_columns, **edits), out)
        assert restore(out, json.loads(json.dumps(restoring))) == raw
        return out.read_bytes()

    return rewrite


PLAIN = b"Email,Name\na@example.com,Ann\nb@example.com,Bob\n"
UNCHANGED = {
    "plain": PLAIN,
    "no last line end": PLAIN[:-1],
    "CRLF": PLAIN.replace(b"\n", b"\r\n"),
    "CR": PLAIN.replace(b"\n", b"\r"),
    "mixed line ends": b"Email,Name\r\na@example.com,A\nb@example.com,B\r\n",
    "mark": b"\xef\xbb\xbf" + PLAIN,
    "UTF-16": b"\xff\xfe" + PLAIN.decode().encode("utf-16-le"),
    "UTF-16 without mark": PLAIN.decode().encode("utf-16-be"),
    "CP932": "メール,氏名\r\na@example.com,髙橋\r\n".encode("cp932"),
    "CP932 with pipes": "メール|氏名\r\na@example.com|ポール\r\n".encode("cp932"),
    "ISO-2022-JP": "メール,氏名\na@example.com,会社\n".encode("iso2022_jp"),
    "quotes": b'"Email","Name"\n"a@example.com",Ann\nb@example.com,"B ""b"", x"\n',
    "blank lines, preamble, footer": b"List\n\nEmail,Name\na@example.com,A\n\n,\n\nTotal,1\n\n\n",
    "faults": b'Email,Name\na@example.com,"A\nb@example.com\nc@example.com,C,D\nd@example.com,D\n',
    "lone bytes": PLAIN * 8 + b"c@example.com,\xff\xfe\n" + "d@example.com,é\n".encode() * 20,
    "NUL": b"Email,Name\n\x00,A\n",
    "control Z": PLAIN + b"\x1a",
    "sep line": b"sep=;\r\nEmail;Name\r\na@example.com;Ann\r\n",
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_without_edits_the_bytes_are_the_same(change, name):
    assert change(UNCHANGED[name]) == UNCHANGED[name]


SPLICES = [
    (PLAIN, {(0, 1): "Anna"}, b"a@example.com,Ann\n", b"a@example.com,Anna\n"),
    (PLAIN, {(0, 1): 'A, "x"'}, b",Ann\n", b',"A, ""x"""\n'),
    (PLAIN[:-1], {(1, 0): "c@example.com"}, b"b@example.com,Bob", b"c@example.com,Bob"),
    (b'Email,Name\n"a@x.test" ,Ann\r\n', {(0, 0): "b@x.test"}, b'"a@x.test" ', b'"b@x.test"'),
    (b'Email,N\na@x.test,"A\nB"\nb@x.test,"B ""b"""\n', {(0, 0): "z@x.test"}, b"a@", b"z@"),
    ("メール,氏名\na@example.com,髙橋\n".encode("cp932"), {(0, 1): "高橋"},
     "髙橋".encode("cp932"), "高橋".encode("cp932")),
    (b"\xff\xfe" + PLAIN.decode().encode("utf-16-le"), {(0, 1): "Änne"},
     "Ann".encode("utf-16-le"), "Änne".encode("utf-16-le")),
    ("メール|氏名\na@example.com|ポー\n".encode("cp932"), {(0, 0): "b@example.com"}, b"a@", b"b@"),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "cells", "before", "after"), SPLICES)
def test_only_the_changed_field_differs(change, raw, cells, before, after):
    assert change(raw, cells=cells) == raw.replace(before, after, 1)


def test_appended_columns_stand_at_the_end_of_contacts_and_header_only(change):
    raw = b"List,,\r\nEmail,Name\r\na@example.com,Ann\r\n\r\nb@example.com\r\nTotal,2"
    out = change(raw, lambda n: added(n, "hold", "a, b"))
    assert out == (
        b"List,,\r\nEmail,Name,listhygiene_verdict,listhygiene_reason\r\n"
        b'a@example.com,Ann,hold,"a, b"\r\n\r\nb@example.com\r\nTotal,2'
    )


def test_a_second_run_replaces_the_columns(change):
    once = change(PLAIN, added)
    assert change(once, added) == once
    again = change(once, lambda n: added(n, "hold", "why"))
    assert again == change(PLAIN, lambda n: added(n, "hold", "why"))


def test_a_second_run_knows_its_columns_without_a_header_line(change):
    def all_added(count: int, verdict: str = "send") -> dict[str, pd.Series]:
        blank = pd.Series([""] * count, dtype=TEXT)
        return dict.fromkeys(COLUMNS, blank) | added(count, verdict)

    raw = b"a@example.com,Ann\nb@example.com,Bob\n"
    once = change(raw, all_added)
    assert once == b"a@example.com,Ann,send,,,\nb@example.com,Bob,send,,,\n"
    assert change(once, lambda n: all_added(n, "hold")) == once.replace(b"send", b"hold")


def test_kept_rows_only(change):
    raw = b"List\nEmail,Name\na@example.com,A\n\nb@example.com,B\nc@example.com,C"
    out = change(raw, added, keep=np.array([False, True, False]))
    assert out == b"Email,Name,listhygiene_verdict,listhygiene_reason\nb@example.com,B,send,\n"
    assert change(raw, keep=np.array([True, True, True])) == raw


def test_headers_are_renamed(change):
    assert change(PLAIN, headers={0: "メール"}) == PLAIN.replace(b"Email", "メール".encode())


def test_rows_out_of_balance_can_be_set_aside(tmp_path):
    path, out = tmp_path / "list.csv", tmp_path / "rest.csv"
    path.write_bytes(b'List\nEmail,Name\na@example.com,A\nb@example.com,"B\nc@example.com\n')
    listing = read(path)
    assert quarantine(listing, out) == 2
    assert out.read_bytes() == b'b@example.com,"B\nc@example.com\n'
    balanced = np.array([row not in listing.unbalanced for row in range(3)])
    write(listing, Edits(keep=balanced), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == b"List\nEmail,Name\na@example.com,A\n"


def test_what_the_encoding_lacks_is_refused_in_a_cell_and_spelt_out_in_a_remark(change):
    raw = "メール,氏名\na@example.com,髙橋\n".encode("cp932")
    with pytest.raises(UnwritableList, match="line 2, column 2: CP932 lacks a character"):
        change(raw, cells={(0, 1): "Žofie"})
    assert b"\\u017d" in change(raw, lambda n: added(n, reason="Ž"))


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_list_that_has_changed_meanwhile_is_not_written(tmp_path, keep, old, encoding):
    path, long_ago = tmp_path / "list.csv", (1e9, 1e9)
    raw = PLAIN.decode().encode(encoding)
    path.write_bytes(raw)
    if old:
        os.utime(path, long_ago)
    listing = read(path, ReadOptions(keep=keep))
    for _ in range(2):
        write(listing, Edits(), tmp_path / "same.csv")
        assert (tmp_path / "same.csv").read_bytes() == raw
        path.write_bytes(raw)  # written anew, as it was
    path.write_bytes(PLAIN.replace(b"Ann", b"Eve").decode().encode(encoding))
    if old and os.name == "posix":  # where the system tells of this change all the same
        os.utime(path, long_ago)
    with pytest.raises(UnwritableList, match="changed since it was read"):
        write(listing, Edits(), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_an_edited_file_is_not_restored_and_the_lines_are_named(tmp_path):
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_bytes(b"Email,Name\n" + b"".join(b"u%d@example.com,N\n" % i for i in range(500)))
    restoring = write(read(path), Edits(columns=added(500)), out)
    whole = out.read_bytes()
    out.write_bytes(whole.replace(b"u77@", b"x77@"))
    with pytest.raises(ListHygieneError, match="line 79: the file has been edited"):
        restore(out, restoring)
    out.write_bytes(whole.replace(b"u77@", b"x77@").replace(b"u80@", b"xx80@"))
    with pytest.raises(ListHygieneError, match="lines 79 to 82: the file has been edited"):
        restore(out, restoring)
    out.write_bytes(whole + b"more")
    with pytest.raises(ListHygieneError, match="has been edited"):
        restore(out, restoring)


FORMULAS = ["=1+1", "+1-1", "-2+3", "@SUM(A1)", "\t=1", "\x00=1", "=", "-", "\r=1", "+81 90-1234"]
INERT = ["", "a", "1", "-5", "+3,5", "-1.25", "+819012345678", "+81 90 1234 5678", " =1", "'", "'a"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_execute_is_known(text):
    assert is_formula(text)
    assert escape_formula(text) == f"'{text}"
    assert escape_formula(f"'{text}") == f"''{text}"


@pytest.mark.parametrize("text", INERT)
def test_numbers_phones_and_words_are_left_alone(text):
    assert not is_formula(text)
    assert escape_formula(text) == text


risky = st.text(st.sampled_from("'=+-@\t\r\n\x00 0123.,ax＝"), max_size=12) | st.text(max_size=12)


@given(risky)
@settings(max_examples=2000)
def test_escaping_is_taken_back_exactly(text):
    assert unescape_formula(escape_formula(text)) == text
    assert not is_formula(escape_formula(text))


@given(st.lists(risky, max_size=8))
def test_whole_columns_are_judged_like_single_cells(texts):
    column = pd.Series(texts, dtype=TEXT)
    assert find_formulas(column).tolist() == [is_formula(text) for text in texts]
    changed = [escape_formula(text) != text for text in texts]
    assert find_escapable(column).tolist() == changed


def test_cells_that_would_be_executed_are_counted_by_column():
    frame = pd.DataFrame({0: ["=1", "a"], 1: ["-5", "@x"], 2: ["", "b"]}, dtype=TEXT)
    assert formula_cells(frame).to_dict() == {0: 1, 1: 1, 2: 0}


def test_formulas_are_kept_escaped_or_refused(change):
    raw = b"Email,Note\na@example.com,=1+1\nb@example.com,+81901234567\n"
    assert change(raw, formulas="keep") == raw
    assert change(raw, formulas="escape") == raw.replace(b"=1", b"'=1")
    with pytest.raises(UnwritableList, match=r"line 2, column 2.*--csv-formulas"):
        change(raw, formulas="refuse")
    out = change(raw, lambda n: added(n, reason="=x"))
    assert out.count(b"'=x") == 2
    assert b",=1+1," in out


bits = st.sampled_from([b",", b'"', b'""', b"\n", b"\r\n", b"\r", b"a@b.example", b"x", b" ", b";",
                        b"\xe9", "髙".encode(), b"\x00", b"Total", b"b@b.example,y\n"])  # fmt: skip


@given(st.lists(bits, max_size=60).map(b"".join), st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_any_file_comes_back_and_can_be_undone(tmp_path_factory, body, random):
    folder = tmp_path_factory.getbasetemp()
    path, out = folder / "any.csv", folder / "any-out.csv"
    path.write_bytes(b"Email,Name,Company\n" + body)
    try:
        listing = read(path)
    except UnreadableList:
        return
    write(listing, Edits(), out)
    assert out.read_bytes() == path.read_bytes()
    check_edits(listing, out, random)


def check_edits(listing: Listing, out: Path, random) -> None:
    """Edit some cells and append columns: nothing else differs when the output is read again."""
    count, width = listing.frame.shape
    touchable = [row for row in range(count) if row not in listing.unbalanced]
    cells = {
        (row, column): random.choice(["é", 'a,"b"', "x\ny@example.com", "z"])
        for row in touchable
        for column in range(width)
        if random.random() < 0.2
    }
    try:
        restoring = write(listing, Edits(cells=cells, columns=added(count)), out)
    except UnwritableList as error:
        assert "lacks a character" in str(error)  # noqa: PT017
        return
    assert restore(out, restoring) == Path(listing.path).read_bytes()
    second = read(out, ReadOptions(encoding=listing.encoding, delimiter=listing.delimiter))
    if len(second.frame) != count or second.header[:width] != listing.header:
        return  # with more columns, such a ruin may be read in another way
    expected = listing.frame.astype(object)
    for (row, column), text in cells.items():
        expected.iat[row, column] = text
    found = second.frame.iloc[touchable, :width].to_numpy().tolist()
    assert found == expected.iloc[touchable].to_numpy().tolist()
    if not listing.unbalanced:
        assert name_edited(out, restoring["cells"]) == ""


@given(st.binary(max_size=200), st.lists(st.tuples(st.integers(0, 9), st.binary(max_size=4))))
def test_a_patch_leads_back(content, steps):
    patch, new, place = PatchMaker(), b"", 0
    for size, fresh in steps:
        old = content[place : place + size]
        keep, lost = old[: size // 2], old[size // 2 :]
        patch.step(len(keep), len(fresh), lost)
        new += keep + fresh
        place += len(old)
    patch.step(len(content) - place)
    new += content[place:]
    assert apply_patch(new, patch.finish()) == content


def test_a_damaged_patch_is_refused():
    with pytest.raises(ListHygieneError, match="change log"):
        apply_patch(b"x", b"LHP1rubbish")
    maker = PatchMaker()
    maker.step(3)
    with pytest.raises(ListHygieneError, match="does not belong"):
        apply_patch(b"toolong", maker.finish())


@with_corpora
@pytest.mark.corpora
@pytest.mark.parametrize(
    "path",
    sorted(Path(CORPORA, "csv").rglob("*.csv")) if CORPORA else [],
    ids=lambda one: one.name,
)
def test_the_corpora_come_back(tmp_path, path):
    out, again = tmp_path / "out.csv", tmp_path / "again.csv"
    try:
        listing = read(path)
    except UnreadableList:
        assert not path.read_bytes().strip()
        return
    write(listing, Edits(), out)
    assert out.read_bytes() == path.read_bytes()
    count, width = listing.frame.shape
    restoring = write(listing, Edits(columns=added(count, "hold", 'a, "b"')), out)
    assert restore(out, restoring) == path.read_bytes()
    assert name_edited(out, restoring["cells"]) == ""
    second = read(out)
    assert second.frame.iloc[:, :width].equals(listing.frame)
    write(second, Edits(columns=added(count, "hold", 'a, "b"')), again)
    assert again.read_bytes() == out.read_bytes()


@with_corpora
@pytest.mark.corpora
def test_naughty_strings_survive_and_execute_nowhere(change):
    strings = json.loads(Path(CORPORA, "text", "blns.json").read_text(encoding="utf-8"))
    buffer = io.StringIO(newline="")
    table = [["Email", "Text"], *(["a@example.com", one] for one in strings)]
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(table)
    raw = buffer.getvalue().encode()
    assert change(raw) == raw
    escaped = change(raw, formulas="escape").decode()
    texts = [row[1] for row in csv.reader(io.StringIO(escaped, newline=""))][1:]
    assert not any(map(is_formula, texts))
    assert [unescape_formula(text) for text in texts] == strings
