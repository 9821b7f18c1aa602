"""`clean --platform`: what a platform reads holds the headers first, and contacts alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hall import command_line, read_rows
from workbooks import save

ROWS: list[list[object]] = [
    ["Spring campaign"],
    [],
    ["", "Person", ""],
    ["E-mail Address", "Given name", "Family name"],
    ["ann@a.test", "Ann", "Ames"],
    ["E-mail Address", "Given name", "Family name"],
    ["bob@a.test", "Bob", "Byrd"],
    ["Total", "2", ""],
]
HEADER = ["Email", "First Name", "Last Name"]


def make_list(path: Path, rows: list[list[object]] = ROWS) -> Path:
    if path.suffix == ".xlsx":
        save(path, rows)
    else:
        path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_an_import_gets_the_headers_first_and_contacts_alone(tmp_path: Path, name: str) -> None:
    source, out = make_list(tmp_path / name), tmp_path / f"o{name}"
    before = source.read_bytes()
    run = command_line(tmp_path)
    assert run("clean", source, "-o", out, "--platform", "zoho-crm") == 0
    assert [row[:3] for row in read_rows(out)] == [
        HEADER,
        ["ann@a.test", "Ann", "Ames"],
        ["bob@a.test", "Bob", "Byrd"],
    ]
    assert source.read_bytes() == before
    if name == "a.csv":
        assert run("undo", out) == 0
        assert out.read_bytes() == before


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_an_import_is_not_told_what_was_mended(tmp_path: Path, name: str, capsys) -> None:
    source, out = make_list(tmp_path / name), tmp_path / f"o{name}"
    command_line(tmp_path)("clean", source, "-o", out, "--platform", "zoho-crm")
    assert "must stand in the first row" not in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_without_an_import_everything_stays(tmp_path: Path, name: str) -> None:
    source, out = make_list(tmp_path / name), tmp_path / f"o{name}"
    command_line(tmp_path)("clean", source, "-o", out, "--platform", "ses")
    assert len(read_rows(out)) == len(read_rows(source))


def test_a_workbook_that_is_fit_for_the_import_is_changed_in_place(tmp_path: Path) -> None:
    source = make_list(tmp_path / "a.xlsx", [ROWS[3], ROWS[4], ROWS[6]])
    before = source.read_bytes()
    run = command_line(tmp_path)
    assert run("clean", source, "--in-place", "--platform", "zoho-crm") == 0
    assert read_rows(source)[0][:3] == HEADER
    assert run("undo", source) == 0
    assert source.read_bytes() == before


def test_a_workbook_is_not_replaced_by_a_new_one(tmp_path: Path) -> None:
    source = make_list(tmp_path / "a.xlsx")
    before = source.read_bytes()
    assert command_line(tmp_path)("clean", source, "--in-place", "--platform", "zoho-crm") == 3
    assert source.read_bytes() == before
