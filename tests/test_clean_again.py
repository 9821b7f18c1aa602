"""`clean` of what `clean` wrote changes nothing, however odd the list and whatever was asked."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart

from hall import Answers, make_policy, read_rows, write_book
from listhygiene.changelog import undo
from listhygiene.cleaning import Cleaned, Cleaning, clean
from listhygiene.model.listing import ReadOptions
from listhygiene.readers import read

ACCEPT = {"accept": ("T",)}
SEND = {"only": ("send",)}

LISTS: dict[str, tuple[str, dict[str, Any]]] = {
    "rows of other widths above the first contact": (
        "ann@a.test\nbob@a.test,Bob,1,2\ncem@a.test,Cem\ndan@a.test,Dan\n",
        {},
    ),
    "a delimiter that only later rows tell": (
        "ann@a.test; x@b.test, y@b.test\nbob@a.test, c@b.test; d@b.test\n"
        "cem@a.test\ndan@a.test; e\n",
        {},
    ),
    "a row above the header that is wider than the header": (
        "N:Bob;;;Ann;Smith\nEmail;Name\nann@a.test;Ann\nbob@a.test;Bob\n",
        {},
    ),
    "a blank contact below what may be a footer": ("Email,Name\nann@a.test,Ann\nTotal\n  ,\n", {}),
    "a total in a list without headers": ("ann@a.test\nbob@a.test\nTotal: 2\n", {}),
    "an accepted proposal without headers": ('ann@a.test,Ann\n"bob@b,test",Bob\n', ACCEPT),
    "an accepted proposal that is repaired itself": ('Email\n"bob@B,TEST"\n', ACCEPT),
    "two rules that propose the same": ('Email,Name\n"a nn@a.test,",Ann\n', ACCEPT),
    "an earlier row behind one that is left out": (
        "Email\nx..y\nann.smith@gmail.com\nannsmith@gmail.com\n",
        SEND,
    ),
    "an earlier row that is out of balance": (
        "Email,Name\nann@a.test,Ann,x\nann@a.test,Ann\nbob@a.test,Bob\nbob@a.test,Bob\n",
        {},
    ),
    "cells that are escaped, but for those out of balance": (
        "Email,Name\n=1+1,Ann,x\n=1+1,Ann\n",
        {"formulas": "escape"},
    ),
    "few contacts left among rows of other widths": (
        "Notes,foo,Sub Email\nTotal,a,b,bob@b.test\nx,y,z\nSmith,b,c,a b@b\n",
        {"only": ("review", "hold")},
    ),
    "a preamble and a footer that an import does without": (
        "Customers\n\nEmail,Last Name\nann@a.test,Ann\nann@a.test,Ann\nTotal,2\n",
        {"rename": True},
    ),
}


def again(path: Path, out: Path, asked: dict[str, Any]) -> Cleaned:
    """Clean a list twice as asked, and once in place; return what the first run did."""
    policy = make_policy(**({"platform": "zoho-crm"} if asked.get("rename") else {}))
    third, place = (out.with_name(f"{name}{out.suffix}") for name in ("third", "place"))
    first = clean(str(path), str(out), policy, Cleaning(**asked), lookup=Answers())
    second = clean(str(out), str(third), policy, Cleaning(**asked), lookup=Answers())
    assert not second.changes
    assert third.read_bytes() == out.read_bytes()
    shutil.copyfile(out, place)
    kept = clean(str(place), None, policy, Cleaning(in_place=True, **asked), lookup=Answers())
    assert not kept.files
    assert any("nothing to change" in note for note in kept.notes)
    return first


@pytest.mark.parametrize("name", LISTS)
def test_a_second_run_changes_nothing(name: str, tmp_path: Path) -> None:
    content, asked = LISTS[name]
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_text(content, encoding="utf-8")
    again(path, out, asked)
    undo(out)
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", [one for one in LISTS if "rename" not in LISTS[one][1]])
def test_nor_does_one_of_the_workbook_made_of_it(name: str, tmp_path: Path) -> None:
    content, asked = LISTS[name]
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")
    again(path, tmp_path / "out.xlsx", asked)


def test_a_row_out_of_balance_stays_one_in_a_workbook_until_it_is_set_right(tmp_path) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "out.xlsx"
    path.write_text("Email,Name\n ann@a.test ,Ann,Smith\nbob@a.test,Bob\n", encoding="utf-8")
    again(path, out, {})
    row = read_rows(out)[1]
    assert row[:4] == [" ann@a.test ", "Ann", "hold", "C541"]
    assert row[4].endswith("(3 cells, the header has 2)")
    book = openpyxl.load_workbook(out)
    book.active["D2"] = None
    book.save(out)
    clean(str(out), str(tmp_path / "right.xlsx"), make_policy(), lookup=Answers())
    assert read_rows(tmp_path / "right.xlsx")[1][:4] == ["ann@a.test", "Ann", "send", ""]


def test_a_sheet_without_headers_is_known_by_its_verdicts(tmp_path: Path) -> None:
    rows = [["Bob"], ["ann@a.test", "Ann"], ["cem@a.test", "Cem"], ["=2", "no"], ["dan@a.test"]]
    path, out = write_book(tmp_path / "list.xlsx", rows), tmp_path / "out.xlsx"
    again(path, out, {})
    undo(out)
    assert out.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("header", ["Email,send,,,", "email,status,hold,A,B", "Email,send,a,b,c"])
def test_headers_that_look_like_verdicts_are_headers(header: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\nann@a.test,send,,x,y\nbob@a.test,hold,,x,y\n", encoding="utf-8")
    listing = read(path, ReadOptions())
    assert listing.header_line == 1
    assert listing.header == tuple(header.split(","))


def test_no_line_of_another_row_is_written_into_a_list(tmp_path: Path) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_text("Email\nann@a.test\nann@a.test\n", encoding="utf-8")
    report = again(path, out, {}).report
    assert read_rows(out)[2][3] == "The same address stands in an earlier row."
    assert report.findings.query("rule == 'C521'")["detail"].tolist() == ["line 2"]


def test_a_copy_without_a_change_says_so(tmp_path: Path) -> None:
    path, out, third = (tmp_path / f"{name}.csv" for name in ("list", "out", "third"))
    path.write_text("Email\nann@a.test\n", encoding="utf-8")
    assert not clean(str(path), str(out), make_policy(), lookup=Answers()).notes
    told = clean(str(out), str(third), make_policy(), lookup=Answers()).notes
    assert told == (f"{third} is the same as {out}: there was nothing to change.",)


@pytest.mark.parametrize(("anchor", "told"), [("B2", "B2:J16"), ("D1", "D1:L15"), ("H1", "")])
def test_a_chart_over_the_columns_is_told(anchor: str, told: str, tmp_path: Path) -> None:
    path = write_book(tmp_path / "list.xlsx", [["Email", "Count"], ["ann@a.test", 3]])
    book = openpyxl.load_workbook(path)
    book.active.add_chart(BarChart(), anchor)
    book.save(path)
    first = again(path, tmp_path / "out.xlsx", {})
    expected = f"Charts or pictures lie over the appended columns ({told}): move them."
    assert first.notes == ((expected,) if told else ())
