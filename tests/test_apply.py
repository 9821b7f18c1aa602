"""`listhygiene apply`: the repairs of a log on a newer copy, and what no longer fits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hall import read_rows, write_list
from listhygiene.changelog import read_log

OLD = [
    ["Email", "Name"],
    [" ann@a.test", "Ann"],
    ["<bob@b.test>", "Bob"],
    ["mailto:cem@c.test", "Cem"],
]
KEYED = [["会員番号", *OLD[0]], *([f"00{n}", *row] for n, row in enumerate(OLD[1:], 1))]


@pytest.fixture
def log(run, tmp_path) -> Path:
    source = write_list(tmp_path / "old.csv", OLD)
    run("clean", source, "-o", tmp_path / "cleaned.csv")
    return tmp_path / "cleaned.csv.changes.jsonl"


@pytest.fixture
def keyed(run, tmp_path) -> Path:
    source = write_list(tmp_path / "old.csv", KEYED)
    run("clean", source, "-o", tmp_path / "cleaned.csv")
    return tmp_path / "cleaned.csv.changes.jsonl"


@pytest.fixture
def apply(run, tmp_path, capsys):
    """Apply a log to rows; return the cells of the result and the report."""

    def apply_to(log: Path, rows, suffix: str = ".csv") -> tuple[list[list[str]], dict]:
        to, out = write_list(tmp_path / f"new{suffix}", rows), tmp_path / f"merged{suffix}"
        capsys.readouterr()
        assert run("apply", log, to, "-o", out, "--format", "json", "--show-addresses") == 0
        return read_rows(out), json.loads(capsys.readouterr().out)

    return apply_to


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_repairs_are_made_wherever_the_text_stands_now(apply, log, suffix) -> None:
    new = [
        ["Name", "City", "E-Mail"],
        ["New", "X", "new@a.test"],
        ["Cem", "Y", "mailto:cem@c.test"],
        ["Ann", "Z", " ann@a.test"],
        ["Ann again", "Z", " ann@a.test"],
        ["Bob", "Z", "bob@b.test"],
    ]
    new[0][2] = "E mail"  # the same header in another spelling
    rows, told = apply(log, new, suffix)
    assert [row[2] for row in rows] == [
        "E mail",
        "new@a.test",
        "cem@c.test",
        "ann@a.test",
        "ann@a.test",
        "bob@b.test",
    ]
    assert (told["applied"], told["done"], told["misfits"]) == (3, 1, [])
    assert [row[:2] for row in rows] == [row[:2] for row in new]


def test_what_no_longer_fits_is_told(apply, log) -> None:
    rows, told = apply(log, [["Email", "Name"], ["bob@new.test", "Bob"], [" ann@a.test", "Ann"]])
    assert [row[0] for row in rows] == ["Email", "bob@new.test", "ann@a.test"]
    assert [(one["text"], one["why"]) for one in told["misfits"]] == [
        ("<bob@b.test>", "no row holds that text any more"),
        ("mailto:cem@c.test", "no row holds that text any more"),
    ]


def test_a_missing_column_is_told(apply, log) -> None:
    rows, told = apply(log, [["Address", "Name"], [" ann@a.test", "Ann"]])
    assert rows == [["Address", "Name"], [" ann@a.test", "Ann"]]
    assert {one["why"] for one in told["misfits"]} == {"there is no such column, or several"}
    assert len(told["misfits"]) == 3


def test_a_key_column_finds_the_row(apply, keyed) -> None:
    new = [
        ["会員番号", "Email", "Name"],
        ["003", "cem@changed.test", "Cem"],
        ["001", " ann@a.test", "Ann"],
        ["009", " ann@a.test", "Another Ann"],
    ]
    rows, told = apply(keyed, new)
    assert [row[1] for row in rows[1:]] == ["cem@changed.test", "ann@a.test", " ann@a.test"]
    assert [(one["why"], one["line"]) for one in told["misfits"]] == [
        ("the row of that key is gone", None),
        ("the cell was changed meanwhile", 2),
    ]


def test_without_the_key_column_texts_count(apply, keyed) -> None:
    rows, told = apply(keyed, [["Email", "Name"], [" ann@a.test", "Ann"]])
    assert rows[1][0] == "ann@a.test"
    assert told["notes"] == ["There is no column 会員番号 any more: cells are found by their text."]


def test_two_repairs_of_one_text_are_no_repair(apply, log) -> None:
    lines = log.read_text(encoding="utf-8").splitlines()
    head, other = json.loads(lines[0]), json.loads(lines[1])
    head["changes"] += 1
    other |= {"after": "other@a.test", "row": 9}
    log.write_text("\n".join([json.dumps(head), *lines[1:], json.dumps(other)]), encoding="utf-8")
    rows, told = apply(log, OLD)
    assert [row[0] for row in rows[1:]] == [" ann@a.test", "bob@b.test", "cem@c.test"]
    assert told["misfits"][0]["why"] == "the log has several repairs for that text"


def test_rows_out_of_balance_are_left_alone(run, log, tmp_path, capsys) -> None:
    to, out = tmp_path / "new.csv", tmp_path / "merged.csv"
    to.write_text("Email,Name\n ann@a.test,Ann,x\n<bob@b.test>,Bob\n")
    assert run("apply", log, to, "-o", out) == 0
    assert out.read_text() == "Email,Name\n ann@a.test,Ann,x\nbob@b.test,Bob\n"
    said = capsys.readouterr().out
    assert "line 2, column Email: the row is out of balance" in said
    assert "ann@a.test" not in said


def test_cells_with_formulas_are_left_alone(apply, log) -> None:
    rows, told = apply(log, [["Email", "Name"], ['="x"', "Ann"], ["<bob@b.test>", "Bob"]], ".xlsx")
    assert [row[0] for row in rows[1:]] == ['="x"', "bob@b.test"]
    assert told["applied"] == 1


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_merge_can_be_undone(run, log, tmp_path, suffix) -> None:
    to = write_list(tmp_path / f"new{suffix}", OLD)
    before = to.read_bytes()
    assert run("apply", log, to, "--in-place") == 0
    assert to.read_bytes() != before
    changes = read_log(f"{to}.changes.jsonl").changes
    assert [one.before for one in changes] == [" ann@a.test", "<bob@b.test>", "mailto:cem@c.test"]
    assert run("apply", log, to, "--in-place") == 0  # nothing is left to do
    assert run("undo", to) == 0
    assert to.read_bytes() == before


WRONG = {
    "no output": [],
    "two outputs": ["--in-place", "-o", "x.csv"],
    "the input": ["-o", "{to}"],
}


@pytest.mark.parametrize("options", WRONG.values(), ids=WRONG)
def test_wrong_outputs_are_refused(run, log, tmp_path, options) -> None:
    to = write_list(tmp_path / "new.csv", OLD)
    before = to.read_bytes()
    assert run("apply", log, to, *(one.format(to=to) for one in options)) == 2
    assert to.read_bytes() == before


def test_a_log_that_is_none_is_told(run, tmp_path, capsys) -> None:
    to = write_list(tmp_path / "new.csv", OLD)
    assert run("apply", to, to, "-o", tmp_path / "out.csv") == 3
    assert "line 1" in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
