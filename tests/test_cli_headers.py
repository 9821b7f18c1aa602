"""`listhygiene headers`: column roles, what the reader says, and what a platform expects."""

from __future__ import annotations

import json

import openpyxl
import pytest

from hall import write_list
from listhygiene.importing import map_columns
from listhygiene.policy import load_policy

ROWS = [["E-mail Address", "Family name", "X"], ["ann@a.test", "Ann", "bob@b.test"]]


@pytest.fixture
def told(run, capsys):
    """Run the command and return its JSON."""

    def tell(*arguments: object, code: int = 0) -> dict:
        assert run("headers", *arguments, "--format", "json") == code
        return json.loads(capsys.readouterr().out)

    return tell


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_roles_and_suggestions(told, tmp_path, kind) -> None:
    one = told(write_list(tmp_path / f"list.{kind}", ROWS))["lists"][0]
    columns = [(it["header"], it["role"], it["by"], it["standard"]) for it in one["columns"]]
    assert columns == [
        ("E-mail Address", "email", "alias", "Email Address"),
        ("Family name", "last_name", "alias", "Last Name"),
        ("X", "", "", "Secondary Email"),
    ]
    assert one["columns"][2]["content_role"] == "email"
    assert "platform" not in one


def test_a_platform_renames_and_requires(told, tmp_path) -> None:
    path = write_list(tmp_path / "list.csv", [["Mail"], ["ann@a.test"]])
    one = told(path, "--platform", "zoho-crm")["lists"][0]
    assert one["columns"][0]["renamed"] == "Email"
    assert one["platform"]["row_limit"] == 30000
    required = next(it for it in one["platform"]["problems"] if it["fact"] == "required")
    assert required["severity"] == "error"
    assert "Last Name" in required["text"]
    assert required["source"]


LIMITS = {
    "too many rows": ("rows", "zoho-crm", "csv", 30_001, 2),
    "a workbook's own limit": ("rows", "zoho-crm", "xlsx", 5_001, 2),
    "just enough": (None, "zoho-crm", "csv", 30_000, 1),
}


@pytest.mark.parametrize(("fact", "name", "kind", "rows", "files"), LIMITS.values(), ids=LIMITS)
def test_row_limits(tmp_path, fact, name, kind, rows, files) -> None:
    many = [["ann@a.test", "Ann"]] * rows
    path = write_list(tmp_path / f"list.{kind}", [["Email", "Last Name"], *many])
    policy = load_policy(folder=tmp_path, changes={"platform": (name, "test")})
    one = map_columns(str(path), policy).lists[0]
    assert one.files == files
    assert [it.fact for it in one.problems if it.fact == "rows"] == ([fact] if fact else [])


PROBLEMS = {
    "an encoding it does not take": ("メール,姓\na@a.test,佐藤\n".encode("euc-jp"), "encodings"),
    "a forbidden character": (b'Email,Last Name\na@a.test,"An ""x"" n"\n', "forbidden"),
    "another delimiter": (b"Email;Last Name\na@a.test;Ann\nb@b.test;Bob\n", "delimiters"),
    "a preamble": (b"List of May\n\nEmail,Last Name\na@a.test,Ann\n", "required"),
}


@pytest.mark.parametrize(("raw", "fact"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_the_import_refuses(told, tmp_path, raw, fact) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(raw)
    one = told(path, "--platform", "zoho-crm", "--lang", "ja")["lists"][0]
    assert fact in [it["fact"] for it in one["platform"]["problems"]]


def test_the_readers_notes_are_shown(run, tmp_path, capsys) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Person", "", "Firm"], ["Name", "Email", "Company"], ["Ann", "a@a.test", "A"]):
        sheet.append(row)
    sheet.append(["Bob", "b@b.test", "B"])
    sheet.merge_cells("A1:B1")
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("More").append(["Email"])
    book["More"].append(["c@c.test"])
    book.save(tmp_path / "list.xlsx")
    assert run("headers", tmp_path / "list.xlsx") == 0
    said = capsys.readouterr().out
    for note in ("Merged header cells: A1:B1", "The header takes two rows (1 and 2)", "hidden"):
        assert note in said
    assert "More" in said


def test_headers_that_are_contacts_are_masked(run, tmp_path, capsys) -> None:
    path = write_list(tmp_path / "list.csv", [["ann@a.test", "Ann"], ["bob@b.test", "Bob"]])
    assert run("headers", path, "--platform", "zoho-crm") == 0
    said = capsys.readouterr().out
    assert "no header" in said
    assert "ann@a.test" not in said


def test_what_cannot_be_read_gives_3_and_the_rest_is_shown(run, tmp_path, capsys) -> None:
    path = write_list(tmp_path / "list.csv", ROWS)
    assert run("headers", tmp_path / "none.csv", path) == 3
    told = capsys.readouterr()
    assert "no such file" in told.err
    assert "E-mail Address" in told.out


def test_a_wrong_platform_gives_2(run, tmp_path, capsys) -> None:
    assert run("headers", write_list(tmp_path / "list.csv", ROWS), "--platform", "zoho-cmr") == 2
    assert "Did you mean zoho-crm" in capsys.readouterr().err
