"""Links of a workbook's cells to other addresses: proposed, reviewed, never applied."""

from __future__ import annotations

from pathlib import Path

from hall import Answers, make_policy, read_rows
from listhygiene.cleaning import clean
from workbooks import save

ROWS = [
    ["Email", "Name"],
    ["ann@a.test", "Ann"],
    ["bob@a.test", "Bob"],
    [" cem@a.test", "Cem"],
    ["Dee", "Dee"],
    [" ", "Eve"],
    ["fay@a.test", "Fay"],
    ["gus@a.test", "Gus"],
]
LINKS = {
    "A2": "mailto:Ann@a.test?subject=Hi",
    "A3": "mailto:robert%2Eb@a.test",
    "A4": "mailto:cem@a.test",
    "A5": "mailto:dee@a.test",
    "A6": "mailto:eve@a.test",
    "A7": "https://a.test/fay@b.test",
    "B8": "mailto:other@a.test",
}


def make_linked(path: Path) -> Path:
    book = save(path, ROWS)
    for cell, target in LINKS.items():
        book.active[cell].hyperlink = target
    book.save(path)
    return path


def test_another_linked_address_is_proposed_and_reviewed(tmp_path: Path) -> None:
    source, out = make_linked(tmp_path / "a.xlsx"), tmp_path / "o.xlsx"
    clean(str(source), str(out), make_policy(), lookup=Answers())
    rows = read_rows(out)[1:]
    assert [row[0] for row in rows] == [
        "ann@a.test", "bob@a.test", "cem@a.test", "Dee", " ", "fay@a.test", "gus@a.test"
    ]  # fmt: skip
    assert [row[2] for row in rows] == [
        "send", "review", "send", "hold", "review", "send", "send"
    ]  # fmt: skip
    assert [row[5] for row in rows] == [
        "", "robert.b@a.test", "", "dee@a.test", "eve@a.test", "", ""
    ]  # fmt: skip
    assert ["C543" in row[3] for row in rows] == [bool(row[5]) for row in rows]


def test_a_second_run_says_the_same(tmp_path: Path) -> None:
    source, one, two = make_linked(tmp_path / "a.xlsx"), tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    clean(str(source), str(one), make_policy(), lookup=Answers())
    clean(str(one), str(two), make_policy(), lookup=Answers())
    assert two.read_bytes() == one.read_bytes()
