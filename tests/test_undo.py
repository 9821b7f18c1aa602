"""`listhygiene undo`: the original exactly, or a refusal that names what was edited since."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from hall import write_list
from listhygiene.wording import speaker

ROWS = [
    ["Email", "Name"],
    [" ann@a.test", "Ann"],
    ["bob@b.test ", "Bob"],
    ["cem@c.test", "Cem"],
]


@pytest.fixture
def cleaned(run, tmp_path) -> Path:
    source = write_list(tmp_path / "list.csv", ROWS)
    run("clean", source, "-o", tmp_path / "out.csv")
    return tmp_path / "out.csv"


SPELLINGS = {
    "utf-8": b"Email,Name\n ann@a.test,Ann\n",
    "with a mark": b"\xef\xbb\xbfEmail,Name\r\n ann@a.test,Ann\r\n",
    "cp932": "メールアドレス,氏名\r\n 　ann@a.test,佐藤\r\n".encode("cp932"),
    "utf-16": "Email\tName\r\n ann@a.test\tAnn\r\n".encode("utf-16"),
    "quoted, blank lines, no last line end": b'"Email";"Name"\n\n" ann@a.test";"Ann"\n\n"x";""',
    "a preamble and a total": b"List of May\n\nEmail,Name\n ann@a.test,Ann\nTotal,1\n",
    "rows out of balance": b'Email,Name\nann@a.test ,Ann,x\n"open@a.test,Bob\nc@c.test ,Cem\n',
    "mixed line ends": b"Email,Name\r\n ann@a.test,Ann\nbob@b.test ,Bob\r\n",
}


@pytest.mark.parametrize("raw", SPELLINGS.values(), ids=SPELLINGS)
@pytest.mark.parametrize("options", [[], ["--only", "send"], ["--csv-formulas", "escape"]], ids=str)
def test_the_original_comes_back_byte_for_byte(run, tmp_path, raw, options) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_bytes(raw)
    assert run("clean", source, "-o", out, *options) == 0
    assert run("undo", out, "--to", tmp_path / "back.csv") == 0
    assert (tmp_path / "back.csv").read_bytes() == raw
    assert out.read_bytes() != raw
    assert run("undo", out) == 0
    assert out.read_bytes() == raw


EDITS = {
    "a repaired cell": (b"bob@b.test,Bob", b"bob@x.test,Bob", "column Email, line 3"),
    "another cell": (b"cem@c.test,Cem", b"cem@c.test,Cemal", "column Name, line 4"),
    "a header": (b"Email,Name", b"Email,Names", "column Names, line 1"),
    "an appended cell": (b"Cem,send", b"Cem,hold", "column listhygiene_verdict, line 4"),
    "a row more": (b"cem@c.test", b"x@x.test,X,send,,,\ncem@c.test", "1 row more"),
    "a row less": (b"bob@b.test,Bob,send,,,\n", b"", "1 row less"),
}


@pytest.mark.parametrize(("old", "new", "named"), EDITS.values(), ids=EDITS)
def test_an_edited_csv_is_refused_by_its_cells(run, cleaned, old, new, named, capsys) -> None:
    content = cleaned.read_bytes()
    assert old in content
    cleaned.write_bytes(content.replace(old, new))
    edited = cleaned.read_bytes()
    assert run("undo", cleaned) == 3
    assert named in capsys.readouterr().err
    assert cleaned.read_bytes() == edited


def test_two_edits_are_named_together(run, cleaned, capsys) -> None:
    content = cleaned.read_text()
    cleaned.write_text(content.replace("Ann", "Anne").replace("cem@c", "cem@d"))
    assert run("undo", cleaned) == 3
    assert "column Name, line 2; column Email, line 4" in capsys.readouterr().err


@pytest.fixture
def long(run, tmp_path) -> Path:
    rows = [["Email", "Name"], *([f" u{one}@u.test", f"N{one}"] for one in range(9_000))]
    source = write_list(tmp_path / "list.csv", rows)
    run("clean", source, "-o", tmp_path / "out.csv")
    return tmp_path / "out.csv"


def test_a_long_list_names_cells_as_well(run, long, capsys) -> None:
    content = long.read_bytes()
    content = content.replace(b"u7@u.test", b"x7@u.test").replace(b"N8990,", b"M8990,")
    long.write_bytes(content)
    assert run("undo", long) == 3
    assert "column Email, line 9; column Name, line 8992: the file" in capsys.readouterr().err


def test_cells_are_named_where_a_spreadsheet_has_written_all_bytes_anew(run, long, capsys) -> None:
    rows = list(csv.reader(io.StringIO(long.read_text(), newline="")))
    rows[5][1] = "Someone else"
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    long.write_text(written.getvalue(), encoding="utf-8", newline="")
    assert run("undo", long) == 3
    assert "column Name, line 6: the file" in capsys.readouterr().err


def test_a_column_more_is_told(run, cleaned, capsys) -> None:
    cleaned.write_text("".join(f"{line},x\n" for line in cleaned.read_text().splitlines()))
    assert run("undo", cleaned) == 3
    assert "1 column more" in capsys.readouterr().err


def test_lines_are_named_where_the_cells_cannot_be(run, cleaned, capsys) -> None:
    cleaned.write_bytes(cleaned.read_bytes().replace(b"bob@b.test,Bob", b'bob@b.test,"Bob"'))
    assert run("undo", cleaned) == 3
    assert "out.csv, line 3: the file" in capsys.readouterr().err


def test_lines_that_end_as_on_the_classic_mac_are_counted(run, tmp_path, capsys) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_bytes(b"Email,Name\r ann@a.test,Ann\rbob@b.test,Bob\rcem@c.test,Cem\r")
    run("clean", source, "-o", out)
    out.write_bytes(out.read_bytes().replace(b"Bob", b"Rob"))
    assert run("undo", out) == 3
    assert "column Name, line 3: the file" in capsys.readouterr().err


def test_the_edited_cells_are_named_in_japanese(run, cleaned, capsys) -> None:
    cleaned.write_text(cleaned.read_text().replace("Ann", "Anne").replace("cem@c", "cem@d"))
    assert run("undo", cleaned) == 3
    where = capsys.readouterr().err.split(": the file")[0].split("out.csv, ")[1]
    assert speaker("ja")(where) == "2行目のName列; 4行目のEmail列"


def test_an_edited_workbook_is_refused_by_its_cells(run, tmp_path, capsys) -> None:
    source, out = write_list(tmp_path / "list.xlsx", ROWS), tmp_path / "out.xlsx"
    run("clean", source, "-o", out)
    book = openpyxl.load_workbook(out)
    book.active["B3"] = "Bobby"
    book.save(out)
    edited = out.read_bytes()
    assert run("undo", out) == 3
    assert "B3" in capsys.readouterr().err
    assert out.read_bytes() == edited


def test_the_way_back_is_told_where_a_new_workbook_was_written(run, tmp_path, capsys) -> None:
    source, out = write_list(tmp_path / "list.xlsx", ROWS), tmp_path / "out.xlsx"
    run("clean", source, "-o", out, "--values-only")
    assert run("undo", out) == 3
    assert str(source) in capsys.readouterr().err


MISSING = {
    "the log": lambda out: Path(f"{out}.changes.jsonl").unlink(),
    "the file": lambda out: out.unlink(),
    "a log that is none": lambda out: Path(f"{out}.changes.jsonl").write_bytes(b"\xff\n"),
    "an empty log": lambda out: Path(f"{out}.changes.jsonl").write_bytes(b""),
    "a log of another file": lambda out: shutil.copy(out.with_name("list.csv"), out),
}


@pytest.mark.parametrize("spoil", MISSING.values(), ids=MISSING)
def test_what_is_missing_is_told(run, cleaned, spoil, capsys) -> None:
    spoil(cleaned)
    assert run("undo", cleaned) == 3
    told = capsys.readouterr().err
    assert "out.csv" in told
    assert "fault of this program" not in told


def test_the_log_may_lie_elsewhere(run, cleaned, tmp_path) -> None:
    log = shutil.move(f"{cleaned}.changes.jsonl", tmp_path / "elsewhere.jsonl")
    assert run("undo", cleaned, "--log", log) == 0
    assert cleaned.read_bytes() == (tmp_path / "list.csv").read_bytes()
