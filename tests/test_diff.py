"""Two states of a list compared: who came, who went, whose verdict changed, and why."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.cli.main import main
from listhygiene.comparison import COLUMNS, State, compare_states
from listhygiene.model.report import Gate
from report_samples import POLICY, SAMPLES

HEADER = "名前,メールアドレス,最終送信日,配信同意"
OLD = [
    "甲,stays@aoba-shokai.example,2026-10-01,はい",
    "乙,leaves@aoba-shokai.example,2026-10-01,はい",
    "丙,worse@aoba-shokai.example,2026-10-01,はい",
    "丁,better@aoba-shokai.example,2020-01-01,はい",
    "戊,twice@aoba-shokai.example,2026-10-01,はい",
]
NEW = [
    "己,comes@closed-shop.example,2026-10-01,はい",
    "戊,twice@aoba-shokai.example,2026-10-01,はい",
    "戊,twice@aoba-shokai.example,2026-10-01,はい",
    "丁,Better@aoba-shokai.example,2026-11-01,はい",
    "丙,worse@aoba-shokai.example,2026-10-01,いいえ",
    "甲,stays@AOBA-SHOKAI.example,2026-10-01,はい",
    "名無し,,2026-10-01,はい",
]


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str]:
    """Write the two lists, and return their paths."""
    for name, lines in (("old", OLD), ("new", NEW)):
        text = "\n".join([HEADER, *lines, ""]).replace("Better", "better")
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return str(tmp_path / "old.csv"), str(tmp_path / "new.csv")


def diff(old: str, new: str, *options: str) -> int:
    return main(["diff", old, new, "-q", "--policy", POLICY, "--lang", "en", *options])


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(capsys.readouterr().out)
    return loaded


def expect_changes(found: dict[str, Any]) -> None:
    assert found["counts"] == {"came": 2, "went": 1, "changed": 2, "same": 2}
    by_address = {(one["change"], one["address"].split("@")[0]): one for one in found["changes"]}
    came = by_address["came", "comes"]
    assert (came["new_verdict"], came["new_line"], came["rules_came"]) == ("hold", 2, ["D401"])
    assert (came["old_verdict"], came["old_line"]) == ("", None)
    assert by_address["came", "twice"]["rules_came"] == ["C521"]
    assert by_address["went", "leaves"]["old_line"] == 3
    worse = by_address["changed", "worse"]
    assert (worse["old_verdict"], worse["new_verdict"]) == ("send", "hold")
    assert (worse["rules_came"], worse["rules_went"]) == (["C531"], [])
    better = by_address["changed", "better"]
    assert (better["old_verdict"], better["new_verdict"]) == ("review", "send")
    assert (better["rules_came"], better["rules_went"]) == ([], ["C511"])


def test_two_lists_are_compared(pair: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert diff(*pair, "--format", "json", "--show-addresses") == 0
    found = document(capsys)
    expect_changes(found)
    assert (found["old"]["gate"], found["new"]["gate"]) == ("open", "closed")
    assert (found["new"]["rows"], found["new"]["with_address"]) == (7, 6)


@pytest.mark.parametrize("as_report", [(True, True), (True, False), (False, True)])
def test_reports_are_compared_like_their_lists(
    pair: tuple[str, str],
    as_report: tuple[bool, bool],
    capsys: pytest.CaptureFixture[str],
) -> None:
    given_: list[str] = []
    for path, wanted in zip(pair, as_report, strict=True):
        made = path.replace(".csv", ".json")
        arguments = ["check", path, "-q", "--policy", POLICY, "--show-addresses"]
        assert main([*arguments, "--format", f"json={made}"]) in (0, 1)
        given_.append(made if wanted else path)
    assert diff(*given_, "--format", "json", "--show-addresses") == 0
    expect_changes(document(capsys))


def test_a_report_without_addresses_says_what_is_missing(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    made = pair[0].replace(".csv", ".json")
    main(["check", pair[0], "-q", "--policy", POLICY, "--format", f"json={made}"])
    assert diff(made, pair[1]) == 2
    said = capsys.readouterr().err
    assert "without --show-addresses" in said
    assert "listhygiene check LIST --format json=FILE --show-addresses" in said


@pytest.mark.parametrize("form", ["text", "json", "csv", "markdown"])
def test_addresses_are_masked_unless_asked(
    pair: tuple[str, str], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    diff(*pair, "--format", form)
    said = capsys.readouterr().out.replace("\\", "")
    assert "c***@closed-shop.example" in said
    assert "comes@" not in said
    diff(*pair, "--format", form, "--show-addresses")
    assert "comes@closed-shop.example" in capsys.readouterr().out.replace("\\", "")


def test_the_text_says_who_and_why(
    pair: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    diff(*pair)
    said = capsys.readouterr().out
    assert "came 2 · went 1 · changed 2 · same verdict 2" in said
    assert "without address, not compared: 0 and 1" in said
    assert "send → hold  +C531" in said
    assert "review → send  -C511" in said
    assert "hold  D401" in said


def test_the_csv_is_a_table_for_a_spreadsheet(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "changes.csv"
    assert diff(*pair, "--format", "csv", "--output", str(out)) == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"), newline="")))
    assert [one["change"] for one in rows] == ["came", "came", "went", "changed", "changed"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("old", "new", "options", "code"),
    [
        ("old", "new", ["--gate"], 1),
        ("old", "new", [], 0),
        ("new", "old", ["--gate"], 0),
        ("new", "old", ["--gate", "--blocklist", "nowhere/at/all.db"], 3),
    ],
)
def test_the_gate_is_that_of_the_new_list(
    pair: tuple[str, str], old: str, new: str, options: list[str], code: int
) -> None:
    paths = dict(zip(("old", "new"), pair, strict=True))
    assert diff(paths[old], paths[new], *options) == code


def test_the_gate_of_a_report_counts_as_it_was(pair: tuple[str, str]) -> None:
    made = pair[1].replace(".csv", ".json")
    arguments = ["check", pair[1], "-q", "--policy", POLICY, "--show-addresses"]
    main([*arguments, "--format", f"json={made}"])
    assert diff(made, made, "--gate") == 1
    assert diff(made, made) == 0


@pytest.mark.parametrize("text", ['{"schema": 1, "lists": [{"contacts": [{}]}]}', '{"lists": [3]}'])
def test_a_file_that_only_looks_like_a_report_is_told(
    pair: tuple[str, str], tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text(text, encoding="utf-8")
    assert diff(str(wrong), pair[1]) == 2
    assert "wrong.json" in capsys.readouterr().err


def test_a_newer_report_is_told(
    pair: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = tmp_path / "newer.json"
    newer.write_text('{"schema": 2, "lists": []}', encoding="utf-8")
    assert diff(str(newer), pair[1]) == 2
    assert "Install a newer listhygiene" in capsys.readouterr().err


def test_a_missing_list_leaves_it_undecided(pair: tuple[str, str]) -> None:
    assert diff(pair[0], "nowhere.csv", "--gate") == 3
    assert diff("nowhere.csv", pair[1]) == 3


def test_a_list_beside_itself_has_no_changes(capsys: pytest.CaptureFixture[str]) -> None:
    path = str(SAMPLES / "spring_campaign.csv")
    diff(path, path, "--format", "json")
    found = document(capsys)
    assert found["changes"] == []
    assert found["counts"]["same"] == found["new"]["with_address"]


def state(contacts: list[tuple[str, str]]) -> State:
    rows = [[address, place + 2, verdict, ""] for place, (address, verdict) in enumerate(contacts)]
    frame = pd.DataFrame(rows, columns=COLUMNS).astype({"line": "int64"})
    return State(
        "list",
        frame.astype(dict.fromkeys(("address", "verdict", "rules"), "str")),
        len(rows),
        Gate.OPEN,
    )


SOME = st.lists(
    st.tuples(st.sampled_from(["a@x", "b@x", "c@x"]), st.sampled_from(["send", "hold"]))
)


@given(SOME, SOME)
def test_every_contact_is_counted_once(
    old: list[tuple[str, str]], new: list[tuple[str, str]]
) -> None:
    found = compare_states(state(old), state(new))
    stayed = found.same + found.count("changed")
    assert stayed + found.count("went") == len(old)
    assert stayed + found.count("came") == len(new)
    back = compare_states(state(new), state(old))
    assert (back.count("came"), back.count("went")) == (found.count("went"), found.count("came"))
    assert (back.same, back.count("changed")) == (found.same, found.count("changed"))
