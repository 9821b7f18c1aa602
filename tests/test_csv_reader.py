"""Reading delimited text: every cell as it stands, and what could not be read is said."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.delimited import lines
from listhygiene.delimited.columns import read_columns, read_exactly
from listhygiene.model.errors import ListHygieneError, UnreadableList, UsageError
from listhygiene.model.listing import TEXT, Listing, ReadOptions
from listhygiene.readers import read

CORPORA = os.environ.get("LISTHYGIENE_CORPORA")
with_corpora = pytest.mark.skipif(not CORPORA, reason="LISTHYGIENE_CORPORA names no folder")
HEADER = b"Email,Name,Company\n"


@pytest.fixture
def take(tmp_path):
    """Read bytes as a list."""

    def read_bytes(raw: bytes, **options) -> Listing:
        path = tmp_path / "list.csv"
        path.write_bytes(raw)
        return read(path, ReadOptions(**options))

    return read_bytes


def rows_of(listing: Listing) -> list[list[str]]:
    return listing.frame.to_numpy().tolist()


JAPANESE = "メールアドレス,氏名\ntaro@example.co.jp,髙橋 太郎①\nhanako@example.co.jp,ﾊﾅｺ\n"
ENCODINGS = [
    (JAPANESE.encode("cp932"), "cp932", ","),
    (JAPANESE.replace("①", "").replace("髙", "高").encode("euc_jp"), "euc_jp", ","),
    (JAPANESE.encode(), "utf-8", ","),
    (JAPANESE.encode("utf-8-sig"), "utf-8-sig", ","),
    (b"\xff\xfe" + JAPANESE.encode("utf-16-le"), "utf-16-le", ","),
    (b"\xfe\xff" + JAPANESE.encode("utf-16-be"), "utf-16-be", ","),
    (JAPANESE.encode("utf-16-le"), "utf-16-le", ","),
    (JAPANESE.replace(",", "\t").encode("cp932"), "cp932", "\t"),
    (JAPANESE.replace(",", "|").replace("太", "ポ").encode("cp932"), "cp932", "|"),
    ("Email;Name\nr@example.com;René Müller\nb@example.com;Zoë\n".encode("cp1252"), "cp1252", ";"),
    ("Email,Name\na@example.com,会社\n".encode("iso2022_jp"), "iso2022_jp_2", ","),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "encoding", "delimiter"), ENCODINGS)
def test_encoding_and_delimiter_are_found(take, raw, encoding, delimiter):
    listing = take(raw, lang="ja" if encoding != "cp1252" else "en")
    assert (listing.encoding, listing.delimiter) == (encoding, delimiter)
    text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else encoding)
    expected = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    assert [list(listing.header), *rows_of(listing)] == expected


@pytest.mark.parametrize(("rows", "place"), [(2000, 1500), (3, 1)])
def test_one_japanese_name_among_ascii_rows_is_not_western(take, rows, place):
    lines = [f"user{i}@example.co.jp,Taro,Example" for i in range(rows)]
    lines[place] = "user@example.co.jp,田中,Example"
    listing = take(HEADER + "\n".join(lines).encode("cp932"))
    assert listing.encoding == "cp932"
    assert listing.frame.iloc[place, 1] == "田中"
    assert any("CP932" in note and "田中" in note for note in listing.notes)


def test_the_named_encoding_wins_and_a_wrong_one_is_refused(take):
    raw = JAPANESE.encode("cp932")
    assert take(raw, encoding="shift_jis").frame.iloc[0, 1] == "髙橋 太郎①"
    with pytest.raises(UnreadableList, match=r"line 1: the bytes are not UTF-8.*--encoding"):
        take(raw, encoding="utf-8")
    with pytest.raises(UsageError, match="no encoding named"):
        take(raw, encoding="klingon")


def test_a_row_of_another_encoding_spoils_only_itself(take):
    rows = [f"u{i}@example.com,名前,会社\n".encode() for i in range(30)]
    rows[7] = "u7@example.com,名前,会社\n".encode("cp932")
    listing = take(HEADER + b"".join(rows))
    assert listing.encoding == "utf-8"
    assert listing.unbalanced == {7: "bytes that are not UTF-8"}
    assert listing.frame.iloc[7, 0] == "u7@example.com"


def test_an_earlier_loss_of_characters_is_said(take):
    listing = take(HEADER + "a@example.com,Ren\ufffd,X\n".encode())
    assert any("replacement characters (the first on line 2)" in note for note in listing.notes)


UNBALANCED = [
    ("a@example.com,Ann,X,EXTRA", "4 cells, the header has 3", ["a@example.com", "Ann", "X"]),
    ("a@example.com,Ann", "2 cells, the header has 3", ["a@example.com", "Ann", ""]),
    ('a@example.com,"Ann,X', "a quote is left open", ["a@example.com", '"Ann', "X"]),
    ('"a@example.com,Ann,X', "a quote is left open", ['"a@example.com', "Ann", "X"]),
]


@pytest.mark.parametrize(("line", "fault", "cells"), UNBALANCED)
@pytest.mark.parametrize("below", ['b@example.com,"B, b",Y', "b@example.com,B,Y"])
def test_a_row_out_of_balance_spoils_only_itself(take, line, fault, cells, below):
    listing = take(HEADER + f"{below}\n{line}\n{below}\n{below}\n".encode())
    good = next(csv.reader([below]))
    assert rows_of(listing) == [good, cells, good, good]
    assert listing.unbalanced == {1: fault}
    assert listing.lines.tolist() == [2, 3, 4, 5]


def test_a_stray_pair_of_quotes_does_not_swallow_the_rows_between(take):
    lines = [
        'a@example.com,"Ann,X',
        "b@example.com,Bob,Y",
        'c@example.com,Cyd",Z',
        "d@example.com,D,Y",
    ]
    listing = take(HEADER + "\n".join(lines).encode())
    assert listing.frame[0].tolist() == [f"{one}@example.com" for one in "abcd"]
    assert listing.unbalanced == {0: "a quote is left open"}


def test_quoted_line_ends_stay_in_their_cell(take):
    listing = take(HEADER + b'a@example.com,"Ann\r\nB, ""c""",X\nb@example.com,Bob,Y\n')
    assert rows_of(listing)[0] == ["a@example.com", 'Ann\r\nB, "c"', "X"]
    assert listing.lines.tolist() == [2, 4]
    assert not listing.unbalanced


def test_a_multi_line_address_with_commas_is_one_cell(take):
    row = b'"a@example.com","1-2-3, Chuo\nTokyo, Japan","X"\n'
    listing = take(HEADER + row)
    assert rows_of(listing) == [["a@example.com", "1-2-3, Chuo\nTokyo, Japan", "X"]]


def test_what_surrounds_the_table_is_kept_apart(take):
    text = (
        "Customer list 2026,,\n\nEmail,Name,Company\na@example.com,Ann,X\n\nEmail,Name,Company\n"
        "b@example.com,Bob,Y\n,,\nTotal,2,\n"
    )
    listing = take(text.encode())
    assert listing.header == ("Email", "Name", "Company")
    assert (listing.header_line, listing.preamble) == (3, 1)
    assert listing.frame[0].tolist() == ["a@example.com", "b@example.com"]
    assert listing.lines.tolist() == [4, 7]
    assert any("repeated on line 6" in note for note in listing.notes)
    assert any("footers stand on line 9" in note for note in listing.notes)


FOOTERS = ["合計,2,", "Total: 2", "End of report", ",,\n,remark,", "小計,1,\n合計,2,"]


@pytest.mark.parametrize("footer", FOOTERS)
def test_footers_are_no_contacts(take, footer):
    listing = take(HEADER + f"a@example.com,Ann,X\n{footer}\n".encode())
    assert listing.frame[0].tolist() == ["a@example.com"]
    assert not listing.unbalanced


@pytest.mark.parametrize("last", ["b@example.com", ",Bob,", "Total Oil,b@example.com,"])
def test_a_last_contact_is_no_footer(take, last):
    assert len(take(HEADER + f"a@example.com,Ann,X\n{last}\n".encode()).frame) == 2


def test_a_separator_line_names_the_delimiter(take):
    listing = take(b"sep=;\nEmail;Name\na@example.com;Ann, B\n")
    assert (listing.delimiter, listing.header, listing.preamble) == (";", ("Email", "Name"), 0)


def test_spaces_before_quotes_are_understood_where_only_so_the_rows_come_out_even(take):
    listing = take(HEADER + b'a@example.com, "Smith, Ann", X\nb@example.com, "B, b", Y\n')
    assert rows_of(listing)[0] == ["a@example.com", "Smith, Ann", " X"]
    assert not listing.unbalanced


def test_text_stays_text(take):
    cells = ["0010", "12345678901234567890", "+81312345678", "1E5", "TRUE", "NULL", "#N/A", "NaN",
             "2024/05/01", "_x000D_", " x ", "=1+1", "-", "１２", "\x00\x07",
             "x" * 40_000]  # fmt: skip
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["Email", *["c"] * len(cells)], ["a@example.com", *cells]])
    listing = take(buffer.getvalue().encode())
    assert rows_of(listing) == [["a@example.com", *cells]]
    assert {str(one) for one in listing.frame.dtypes} == {str(TEXT)}


ODD_FILES = {
    "lone CR": (b"Email,Name\ra@example.com,A\rb@example.com,B", 2),
    "a CR within a cell": (b"Email,Name\na@example.com\r,A\nb@example.com,B\n", 2),
    "Mac lines glued to others": (b"Email,Name\na@example.com,A\rb@example.com,B\nc@x.test,C\n", 3),
    "mixed line ends": (b"Email,Name\r\na@example.com,A\nb@example.com,B\r\n", 2),
    "header only": (b"Email,Name\n", 0),
    "header without line end": (b"Email,Name", 0),
    "blank lines": (b"\n\nEmail,Name\n\na@example.com,A\n\n\n", 1),
    "one column": (b"Email\na@example.com\n\nb@example.com\n", 2),
    "NUL bytes": (b"Email,Name\n\x00,A\x00\na@example.com,B\n", 2),
    "no header line": (b"a@example.com,A\nb@example.com,B\n", 2),
    "many columns": (b",".join([b"Email"] * 5000) + b"\n" + b",".join([b"a"] * 5000), 1),
    "an open quote at the end": (b'Email,Name\na@example.com,A\nb@example.com,"B', 2),
    "a large cell": (b'Email,Name\na@example.com,"' + b"x\n" * 5_000_000 + b'"\n', 1),
    "nothing but open quotes": (b"Email,Name\n" + b'a@example.com,"b\n' * 3000, 3000),
    "quotes that chain": (b"Email,Name\n" + b'"""a""\n' * 3000, 3000),
}


@pytest.mark.parametrize("name", ODD_FILES)
def test_odd_files_are_read_whole(take, name):
    raw, count = ODD_FILES[name]
    listing = take(raw)
    assert len(listing.frame) == count == len(listing.lines)
    assert list(listing.frame.columns) == list(range(len(listing.header)))


REFUSED = [
    (b"", "is empty"),
    (b"\n \n", "is empty"),
    (b"\x1f\x8b\x08\x00", "gzip"),
    (b"%PDF-1.7\n", "PDF"),
    (b"PK\x03\x04rubbish", "ZIP|workbook"),
    (bytes(range(256)) * 20, "not a text file"),
    (b"\x00" * 5000, "not a text file"),
]


@pytest.mark.parametrize(("raw", "message"), REFUSED)
def test_what_is_no_list_is_refused_in_one_sentence(take, raw, message):
    with pytest.raises(UnreadableList, match=message):
        take(raw)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(UnreadableList, match="no such file"):
        read(tmp_path / "missing.csv")
    with pytest.raises(UnreadableList, match="is a folder"):
        read(tmp_path)


def agree_with_exact(listing: Listing, raw: bytes) -> None:
    facts = listing.facts
    content = raw[len(facts["dialect"].bom) :]
    asked = (content, facts["records"], facts["rows"], facts["dialect"])
    for fast, exact in zip(read_columns(*asked), read_exactly(*asked), strict=True):
        assert fast.tolist() == exact.tolist()


messy = st.lists(
    st.sampled_from([b",", b'"', b'""', b"\n", b"\r\n", b"\r", b"a@b.example", b"x", b" ", b"\xe9",
                     "髙".encode(), b"\x00"]),
    max_size=60,
).map(b"".join)  # fmt: skip


@given(messy)
@settings(max_examples=400, deadline=None)
def test_the_fast_way_reads_what_the_exact_way_reads(tmp_path_factory, body):
    path = tmp_path_factory.getbasetemp() / "fast.csv"
    raw = HEADER + b"a@example.com,Ann,X\n" + body
    path.write_bytes(raw)
    try:
        listing = read(path, ReadOptions(delimiter=","))
    except ListHygieneError:
        return
    if listing.encoding not in ("utf-16-le", "utf-16-be"):
        agree_with_exact(listing, raw)


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from('",;\n\t|'),
    min_size=1,
    max_size=8,
).filter(str.strip)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6), st.sampled_from(",;\t|"))
@settings(max_examples=200, deadline=None)
def test_well_formed_text_reads_as_it_was_written(tmp_path_factory, rows, delimiter):
    buffer = io.StringIO(newline="")
    table = [("Email", "Name", "Company"), *(("a@example.com", *row[1:]) for row in rows)]
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    path = tmp_path_factory.getbasetemp() / "written.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="")
    listing = read(path, ReadOptions(delimiter=delimiter))
    assert rows_of(listing) == [list(row) for row in table[1:] if row != table[0]]


def corpus(pattern: str) -> list[Path]:
    return sorted(Path(CORPORA, "csv").rglob(pattern)) if CORPORA else []


@with_corpora
@pytest.mark.corpora
@pytest.mark.parametrize("path", corpus("*.csv"), ids=lambda one: one.name)
def test_no_cell_of_the_corpora_is_lost_unsaid(path):
    try:
        listing = read(path)
    except UnreadableList:
        assert not path.read_bytes().strip()
        return
    text = path.read_bytes().decode(listing.encoding if listing.encoding != "utf-16" else "utf-16")
    text = text.lstrip("\ufeff")
    wanted = [
        one
        for one in csv.reader(io.StringIO(text, newline=""), delimiter=listing.delimiter)
        if any(one)
    ]
    found = [list(listing.header), *rows_of(listing)]
    doubtful = {i + 1 for i in listing.unbalanced}
    rest = wanted[listing.preamble :]
    for number, (mine, theirs) in enumerate(zip(found, rest, strict=False)):
        assert number in doubtful or mine == theirs
    said = sum("footers" in note or "repeated" in note for note in listing.notes)
    assert len(found) == len(rest) or said


@with_corpora
@pytest.mark.corpora
@pytest.mark.parametrize("twin", corpus("json/*.json"), ids=lambda one: one.name)
def test_csv_spectrum_equals_its_json_twins(twin):
    listing = read(twin.parent.parent / "csvs" / f"{twin.stem}.csv")
    rows = [dict(zip(listing.header, row, strict=True)) for row in rows_of(listing)]
    expected = json.loads(twin.read_text(encoding="utf-8"))
    if twin.stem == "location_coordinates":  # upstream's twin holds another phone number
        rows[0]["Contact Phone Number"] = expected["Contact Phone Number"]
    assert rows == (expected if isinstance(expected, list) else [expected])


@with_corpora
@pytest.mark.corpora
def test_naughty_strings_survive(take):
    strings = json.loads(Path(CORPORA, "text", "blns.json").read_text(encoding="utf-8"))
    buffer = io.StringIO(newline="")
    table = [["Email", "Text"], *(["a@example.com", one] for one in strings)]
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows(table)
    listing = take(buffer.getvalue().encode())
    assert listing.frame[1].tolist() == strings


def test_rows_know_their_lines_behind_multi_line_cells(take):
    body = b"".join(b'a@example.com,"x\n\ny",Z\nb@example.com,y,z\n' for _ in range(50))
    listing = take(HEADER + body)
    assert np.array_equal(listing.lines, np.add.outer(np.arange(50) * 4, [2, 5]).ravel())


@pytest.mark.parametrize("end", [b"\r\r\n", b"\r\r\r\n"])
def test_line_ends_with_doubled_carriage_returns(tmp_path: Path, end: bytes) -> None:
    lines = [b"Email,Name", b'ann@a.test,"Ann"', b"", b"bob@a.test,"]
    (tmp_path / "a.csv").write_bytes(end.join(lines) + end)
    listing = read(tmp_path / "a.csv")
    assert listing.header == ("Email", "Name")
    assert listing.frame.to_numpy().tolist() == [["ann@a.test", "Ann"], ["bob@a.test", ""]]
    assert listing.lines.tolist() == [2, 4]
    assert not listing.unbalanced


BELOW = {
    "Total,,2\nPrinted,2026-11-01,\n": 2,
    "Total,,2\n\nPrinted,2026-11-01,x\nby Ann\n": 2,
    "合計,,2\n出力日,2026/11/01,\n": 2,
    "\n,Cem,3\n,Dee,4\n": 4,
    "Total,,2\nPrinted,for,dee@a.test\n": 4,
}


@pytest.mark.parametrize(("below", "contacts"), BELOW.items())
def test_what_stands_below_a_total_is_no_contact(tmp_path: Path, below: str, contacts: int) -> None:
    text = "Email,Name,N\nann@a.test,Ann,1\nbob@a.test,Bob,2\n" + below
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert len(read(tmp_path / "a.csv").frame) == contacts


@pytest.mark.parametrize(
    ("delimiter", "encoding"),
    [*((one, "utf-8") for one in "^~\x1f: "), *((one, "cp932") for one in "^~: ")],
)
def test_a_rare_delimiter_is_found_where_no_usual_one_parts(take, delimiter, encoding):
    rows = [["email", "name", "city"], *([f"a{i}@example.com", "枠予", "構,x"] for i in range(9))]
    rows[4][2] = f'"a{delimiter}b"'
    raw = "".join(delimiter.join(row) + "\n" for row in rows).encode(encoding)
    listing = take(raw, lang="ja")
    assert (listing.delimiter, listing.header) == (delimiter, ("email", "name", "city"))
    assert listing.frame[1].tolist() == ["枠予"] * 9
    assert listing.frame[2][3] == f"a{delimiter}b"
    assert not listing.unbalanced


@pytest.mark.parametrize(
    "text",
    [
        "email\nann@example.com\nbob@example.com\n",
        "mailto:ann@example.com\nmailto:bob@example.com\n",
        "E-mail address\nAnn ann@example.com\nBob bob@example.com\n",
        "Contact\nAnn Smith ann@example.com\nBob Lee bob@example.com\n",
        "note\n12:30:00\n12:31:00\n",
    ],
)
def test_words_and_labels_of_one_column_are_not_parted(take, text):
    assert len(take(text.encode()).header) == 1


PIECES = st.sampled_from(["a", "あ", ",", '"', '""', '","', '"a,b"', "\n", "\r\n", "\r", "\r\r\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from([1, 2, 5, 16]), st.sampled_from([None, 1, 3]))
def test_lines_are_the_same_whatever_is_looked_at_in_one_go(pieces, size, width) -> None:
    content = "".join(pieces).encode()
    whole = lines.survey(content, b",", width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "WINDOW", size)
        patch.setattr(lines.windows, "__defaults__", (size,))
        parted = lines.survey(content, b",", width)
        places = [lines.find_text(content, text) for text in (b",", b'""', "あ".encode())]
    assert places == [content.find(text) for text in (b",", b'""', "あ".encode())]
    for name in ("starts", "ends", "odd", "blank"):
        assert getattr(parted, name).tolist() == getattr(whole, name).tolist()
    assert parted.widths[~parted.odd].tolist() == whole.widths[~whole.odd].tolist()
    for start, end, wide, odd in zip(
        whole.starts, whole.ends, whole.widths, whole.odd, strict=True
    ):
        if not odd:
            assert len(next(csv.reader([content[start:end].decode()])) or [""]) == wide


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x1e", "\x85"])
def test_lines_that_end_with_what_ends_no_line_are_told(tmp_path: Path, end: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(end.join(["Email,Name", "ann@a.test,Ann", "bob@b.test,Bob"]).encode())
    notes = read(path, ReadOptions()).notes
    assert any(f"the character U+{ord(end):04X}" in note for note in notes)
    path.write_bytes(f"Email,Name\nann@a.test,An{end}n\n".encode())
    assert not any("the character U+" in note for note in read(path, ReadOptions()).notes)
