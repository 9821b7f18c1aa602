"""Several sheets of one workbook: judged together, each back in its place, one log, one undo."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from hall import Answers, command_line, make_policy, write_list
from listhygiene.changelog import read_log, undo
from listhygiene.cleaning import Cleaning, clean
from listhygiene.model.errors import ListHygieneError, UnwritableList, UsageError
from listhygiene.pipeline import check
from workbooks import parts_of

SHEETS = {
    "Read me": [["How to use this book"], ["Ask office@a.test"]],
    "North": [["Email", "Name"], [" ann@a.test", "Ann"], ["bob@a.test", "Bob"]],
    "South": [["Spring", ""], ["Name", "Mail"], ["Cem", "cem@a.test "], ["Ann", "ann@a.test"]],
    "Prices": [["Item", "Price"], ["Pen", 1], ["Ink", 2], ["Contact shop@a.test", 3]],
    "Old": [["Email"], ["dee@a.test"]],
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in SHEETS.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made["Old"].sheet_state = "hidden"
    made["South"].auto_filter.ref = "A2:B4"
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def column(path: Path, sheet: str, number: int) -> list[object]:
    return [one.value for one in list(openpyxl.load_workbook(path)[sheet].columns)[number]]


def run_clean(book: Path, out: Path, *sheets: str, **how: object) -> Path:
    policy = make_policy(list__sheet=list(sheets))
    clean(str(book), str(out), policy, Cleaning(**how), lookup=Answers())  # type: ignore[arg-type]
    return out


CHOICES = {
    ("all",): ["North", "South"],
    ("South", "North"): ["North", "South"],
    ("all", "Old"): ["North", "South", "Old"],
    ("south ", "South"): ["South"],
    ("South",): ["South"],
    (): ["Read me"],
}


@pytest.mark.parametrize(("wanted", "judged"), CHOICES.items(), ids=map(str, CHOICES))
def test_the_sheets_that_are_named_are_judged(
    book: Path, wanted: tuple[str, ...], judged: list[str]
) -> None:
    report = check(str(book), make_policy(list__sheet=list(wanted)), lookup=Answers())
    assert [one.contacts.listing.sheet for one in report.lists] == judged
    said = "".join(report.lists[0].contacts.listing.notes)
    assert ("South" in said) == ("South" not in judged)


def test_a_contact_on_two_sheets_is_repeated(book: Path) -> None:
    report = check(str(book), make_policy(list__sheet=["all"]), lookup=Answers())
    found = report.findings[(report.findings["rule"] == "C521").to_numpy()]
    assert found[["list", "row"]].to_numpy().tolist() == [[1, 1]]
    assert found["detail"].tolist() == [f"{book}/North, line 2"]


def test_each_sheet_is_written_in_its_place_and_the_rest_is_the_same(
    book: Path, tmp_path: Path
) -> None:
    out = run_clean(book, tmp_path / "out.xlsx", "all")
    assert column(out, "North", 0) == ["Email", "ann@a.test", "bob@a.test"]
    assert column(out, "North", 2)[0] == "listhygiene_verdict"
    assert column(out, "South", 1) == [None, "Mail", "cem@a.test", "ann@a.test"]
    assert column(out, "South", 2) == [None, "listhygiene_verdict", "send", "review"]
    assert "(North)" in str(column(out, "South", 4)[3])
    assert openpyxl.load_workbook(out)["South"].auto_filter.ref == "A2:F4"
    before, after = parts_of(book), parts_of(out)
    assert list(before) == list(after)
    assert {one for one in before if before[one] != after[one]} == {
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet2.xml",
        "xl/worksheets/sheet3.xml",
    }


def test_one_log_takes_all_sheets_back(book: Path, tmp_path: Path) -> None:
    out = run_clean(book, tmp_path / "out.xlsx", "all")
    log = read_log(f"{out}.changes.jsonl")
    assert [(it.sheet, it.before) for it in log.changes] == [
        ("North", " ann@a.test"),
        ("South", "cem@a.test "),
    ]
    undo(out)
    assert out.read_bytes() == book.read_bytes()


def test_a_second_run_changes_nothing(book: Path, tmp_path: Path) -> None:
    first = run_clean(book, tmp_path / "first.xlsx", "all")
    second = run_clean(first, tmp_path / "second.xlsx", "all")
    assert second.read_bytes() == first.read_bytes()


def test_in_place_and_back(book: Path) -> None:
    before = book.read_bytes()
    run = command_line(book.parent)
    assert run("clean", book, "--in-place", "--sheet", "North", "--sheet", "South") == 0
    assert book.read_bytes() != before
    assert run("undo", book) == 0
    assert book.read_bytes() == before


def test_an_edit_of_any_sheet_is_named(book: Path, tmp_path: Path) -> None:
    out = run_clean(book, tmp_path / "out.xlsx", "all")
    edited = openpyxl.load_workbook(out)
    edited["South"]["B3"] = "eve@a.test"
    edited.save(out)
    with pytest.raises(ListHygieneError, match="South: cells B3"):
        undo(out)


def test_a_sheet_that_is_not_there_is_told(book: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no sheet 'West'"):
        run_clean(book, tmp_path / "out.xlsx", "North", "West")
    assert not (tmp_path / "out.xlsx").exists()


def test_several_sheets_go_to_no_csv(book: Path, tmp_path: Path) -> None:
    with pytest.raises(UnwritableList, match="several sheets"):
        run_clean(book, tmp_path / "out.csv", "all")
    assert not (tmp_path / "out.csv").exists()


def test_those_to_send_of_every_sheet(book: Path, tmp_path: Path) -> None:
    out = run_clean(book, tmp_path / "out.xlsx", "all", only=("send",))
    assert openpyxl.load_workbook(out).sheetnames == ["North", "South"]
    assert column(out, "North", 0) == ["Email", "ann@a.test", "bob@a.test"]
    assert column(out, "South", 1) == ["Mail", "cem@a.test"]


def test_a_file_a_verdict_with_every_sheet(book: Path, tmp_path: Path) -> None:
    run_clean(book, tmp_path / "out.xlsx", "all", split=True)
    assert column(tmp_path / "out.review.xlsx", "South", 1) == ["Mail", "ann@a.test"]
    assert column(tmp_path / "out.review.xlsx", "North", 0) == ["Email"]


def test_the_repairs_of_all_sheets_on_a_newer_copy(book: Path, tmp_path: Path) -> None:
    out = run_clean(book, tmp_path / "out.xlsx", "all")
    newer = openpyxl.load_workbook(book)
    newer["South"].append(["Fay", "fay@a.test"])
    newer["North"]["A2"] = "ann.b@a.test"
    newer.save(tmp_path / "newer.xlsx")
    run = command_line(tmp_path)
    log, to, new = f"{out}.changes.jsonl", tmp_path / "newer.xlsx", tmp_path / "new.xlsx"
    assert run("apply", log, to, "-o", new, "--format", "json") == 0
    assert column(new, "South", 1) == [None, "Mail", "cem@a.test", "ann@a.test", "fay@a.test"]
    assert column(new, "North", 0) == ["Email", "ann.b@a.test", "bob@a.test"]
    undo(new)
    assert new.read_bytes() == to.read_bytes()


def test_in_an_archive_and_beside_lists_without_sheets(book: Path, tmp_path: Path) -> None:
    packed, out = tmp_path / "lists.zip", tmp_path / "out.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(book, "book.xlsx")
        archive.writestr("a.csv", "Email\nbob@a.test\n")
    run_clean(packed, out, "all")
    with zipfile.ZipFile(out) as archive:
        archive.extract("book.xlsx", tmp_path / "in")
        assert b"book.xlsx/North)" in archive.read("a.csv")
    assert column(tmp_path / "in" / "book.xlsx", "South", 1)[2] == "cem@a.test"
    assert column(tmp_path / "in" / "book.xlsx", "North", 0)[1] == "ann@a.test"
    undo(out)
    assert out.read_bytes() == packed.read_bytes()


def test_headers_shows_every_sheet(book: Path, tmp_path: Path, capsys) -> None:
    assert command_line(tmp_path)("headers", book, "--sheet", "all", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["sheet"] for one in told["lists"]] == ["North", "South"]


def test_a_command_of_one_list_says_that_it_reads_one_sheet(book: Path, tmp_path, capsys) -> None:
    other = write_list(tmp_path / "a.csv", [["Email"], ["x@a.test"]])
    assert command_line(tmp_path)("diff", book, other, "--sheet", "all") == 2
    assert "one sheet" in capsys.readouterr().err
