"""A run under a baseline fails only on what is new, and the baseline tells nobody's address."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from listhygiene import baseline
from listhygiene.cli.main import main
from report_samples import SAMPLES

KEY = "a key of the tests, long enough"
POLICY = f"""as_of = "2026-11-23"
[dns]
source = {str(SAMPLES / "dns.json")!r}
[domains]
treat_as_real = ["example", "test"]
[blocklist]
url = {str(SAMPLES / "blocklist.csv")!r}
"""
HEADER = "会社名,メールアドレス,最終送信日,配信同意"
GOOD = [f"青葉,ann{number}@aoba-shokai.example,2026-10-01,はい" for number in range(6)]
BAD = [
    "青葉,kaputt.aoba-shokai.example,2026-10-01,はい",
    "青葉,bo@closed-shop.example,2026-10-01,はい",
    "青葉,akira.blocked@aoba-shokai.example,2026-10-01,はい",
    "青葉,cy@aoba-shokai.example,2020-01-01,はい",
    "名無し,,2026-10-01,はい",
]
NEW = "青葉,new@closed-shop.example,2026-10-01,はい"

Check = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(baseline.KEY_VARIABLE, KEY)
    monkeypatch.setattr(baseline, "key_file", lambda: tmp_path / "config" / "key")


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Return a function that checks a list of these lines and gives exit code and JSON report."""
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")

    def run(lines: list[str], *options: str, header: str = HEADER) -> tuple[int, dict[str, Any]]:
        (tmp_path / "list.csv").write_text("\n".join([header, *lines, ""]), encoding="utf-8")
        out = tmp_path / "report.json"
        out.unlink(missing_ok=True)
        arguments = ["check", str(tmp_path / "list.csv"), "-q", "--policy", str(policy)]
        code = main([*arguments, "--format", f"json={out}", *options])
        return code, json.loads(out.read_text("utf-8")) if out.exists() else {}

    return run


@pytest.fixture
def accepted(check: Check, tmp_path: Path) -> str:
    """Accept the state of the good and the bad lines."""
    file = str(tmp_path / "baseline.json")
    assert check([*GOOD, *BAD], "--write-baseline", file)[0] == 0
    return file


def content(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(file).read_text("utf-8"))
    return loaded


def test_without_a_baseline_the_list_closes_the_gate(check: Check) -> None:
    assert check([*GOOD, *BAD])[0] == 1


def test_what_is_accepted_does_not_close_the_gate(check: Check, accepted: str) -> None:
    code, report = check([*GOOD, *BAD], "--baseline", accepted)
    assert code == 0
    assert report["sources"]["baseline"]["accepted"] > 4
    assert report["sources"]["baseline"]["stale"] == 0
    assert report["lists"][0]["projected_bounce"]["floor"] > 0.05
    assert any(one["accepted"] for one in report["lists"][0]["findings"])


def test_a_new_contact_with_a_known_fault_closes_it(check: Check, accepted: str) -> None:
    code, report = check([*GOOD, *BAD, NEW], "--baseline", accepted)
    assert code == 1
    assert report["lists"][0]["verdicts"]["hold"] == 1


def test_a_known_contact_with_a_new_fault_closes_it(check: Check, accepted: str) -> None:
    refused = GOOD[0].replace("はい", "いいえ")
    code, report = check([refused, *GOOD[1:], *BAD], "--baseline", accepted)
    assert code == 1
    new = [one["rule"] for one in report["lists"][0]["findings"] if not one["accepted"]]
    assert new == ["C531"]


def test_an_accepted_warning_does_not_accept_an_error(check: Check, tmp_path: Path) -> None:
    file = str(tmp_path / "warned.json")
    blank = [line.replace("はい", "") for line in GOOD]
    assert check([blank[0], *GOOD[1:]], "--write-baseline", file)[0] == 0
    refused = GOOD[0].replace("はい", "いいえ")
    assert check([refused, *GOOD[1:]], "--baseline", file)[0] == 1


def test_sorting_the_list_anew_changes_nothing(check: Check, accepted: str, tmp_path: Path) -> None:
    again = str(tmp_path / "again.json")
    lines = [BAD[4], *reversed(BAD[:4]), *reversed(GOOD)]
    code, report = check(lines, "--baseline", accepted, "--write-baseline", again)
    assert code == 0
    assert report["sources"]["baseline"]["stale"] == 0
    assert Path(again).read_bytes() == Path(accepted).read_bytes()


def test_the_file_tells_no_address_no_line_and_no_plain_hash(accepted: str) -> None:
    text = Path(accepted).read_text("ascii")
    assert "@" not in text
    assert "aoba" not in text
    loaded = content(accepted)
    assert set(loaded) == {"schema", "version", "key", "lists", "senders"}
    assert set(loaded["lists"][0]) == {"header", "sample", "accepted"}
    marks = [
        mark
        for found in loaded["lists"][0]["accepted"].values()
        for group in found.values()
        for mark in group
    ]
    assert all(len(mark) == 64 for mark in marks)
    other = baseline.Key(b"another key of the tests", "test")
    own = baseline.Key(KEY.encode(), "test")
    assert own.mark("D401", "a:bo@closed-shop.example") in marks
    assert other.mark("D401", "a:bo@closed-shop.example") not in marks


def test_what_is_gone_is_told_and_pruned(check: Check, accepted: str) -> None:
    before = content(accepted)
    code, report = check([*GOOD, *BAD[2:]], "--baseline", accepted)
    told = report["sources"]["baseline"]
    assert code == 0
    assert told["stale"] >= 2
    assert {"A301", "D401"} <= set(told["stale_rules"])
    assert content(accepted) == before
    check([*GOOD, *BAD[2:]], "--baseline", accepted, "--prune-baseline")
    assert "A301" not in content(accepted)["lists"][0]["accepted"]
    assert check([*GOOD, *BAD[2:]], "--baseline", accepted)[0] == 0
    assert check([*GOOD, *BAD], "--baseline", accepted)[0] == 1


def test_what_was_not_asked_is_not_stale(check: Check, accepted: str) -> None:
    options = ["--baseline", accepted, "--ignore", "A301,D4"]
    assert check([*GOOD, *BAD], *options)[1]["sources"]["baseline"]["stale"] == 0


def test_header_faults_are_accepted_too(check: Check, tmp_path: Path) -> None:
    file = str(tmp_path / "headers.json")
    header = "メールアドレス,メールアドレス,最終送信日,配信同意"
    lines = [line.replace("青葉", "dan@aoba-shokai.example") for line in GOOD]
    assert check(lines, header=header)[0] == 1
    assert check(lines, "--write-baseline", file, header=header)[0] == 0
    assert check(lines, "--baseline", file, header=header)[0] == 0


def test_what_stayed_unanswered_is_not_accepted(check: Check, tmp_path: Path) -> None:
    file = str(tmp_path / "unknown.json")
    silent = "青葉,di@silent-dns.example,2026-10-01,はい"
    assert check([*GOOD, silent], "--write-baseline", file)[0] == 3
    assert "D404" not in content(file)["lists"][0]["accepted"]


def test_a_run_with_gaps_writes_no_baseline(check: Check, tmp_path: Path) -> None:
    file = tmp_path / "gaps.json"
    options = ["--write-baseline", str(file), "--blocklist", str(tmp_path / "nowhere.db")]
    code, report = check([*GOOD, *BAD], *options)
    assert code in (0, 3)
    assert "not_written" in report["sources"]["baseline"]
    assert not file.exists()


def test_senders_are_accepted_too(check: Check, tmp_path: Path) -> None:
    file = str(tmp_path / "sender.json")
    sender = ["--from", "someone@gmail.com"]
    assert check(GOOD, *sender)[0] == 1
    assert check(GOOD, *sender, "--write-baseline", file)[0] == 0
    assert check(GOOD, *sender, "--baseline", file)[0] == 0
    assert check(GOOD, "--from", "other@gmail.com", "--baseline", file)[0] == 1


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        (HEADER, [line.replace("ann", "eve") for line in GOOD]),
        ("Company,Email,Last Mailed,Consent", [line.replace("ann", "eve") for line in GOOD]),
    ],
    ids=["other contacts", "other headers too"],
)
def test_a_baseline_of_another_list_is_refused(
    check: Check, accepted: str, header: str, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(lines, "--baseline", accepted, header=header)[0] == 2
    assert "the baseline is of another list" in capsys.readouterr().err


def test_a_column_more_makes_no_other_list(check: Check, accepted: str) -> None:
    lines = [f"{line},x" for line in [*GOOD, *BAD]]
    assert check(lines, "--baseline", accepted, header=f"{HEADER},備考")[0] == 0


def test_each_of_several_lists_has_its_own_part(tmp_path: Path, check: Check) -> None:
    check(GOOD)
    other, file = tmp_path / "other.csv", str(tmp_path / "both.json")
    lines = ["Email,Name", "fay@aoba-shokai.example,Fay", "gil@closed-shop.example,Gil"]
    other.write_text("\n".join(lines), encoding="utf-8")
    assert check([*GOOD, *BAD], str(other), "--write-baseline", file)[0] == 0
    assert len(content(file)["lists"]) == 2
    assert check([*GOOD, *BAD], "--baseline", file)[0] == 0
    assert check([*GOOD, *BAD], str(other), "--baseline", file)[0] == 0
    other.write_text("\n".join([*lines, "hal@closed-shop.example,Hal"]), encoding="utf-8")
    assert check([*GOOD, *BAD], str(other), "--baseline", file)[0] == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", "this is no baseline"),
        ("{}", "this is no baseline"),
        ("{", "this is no baseline"),
        ('{"schema": 9}', "newer than this program"),
        ('{"schema": 1, "key": "x", "lists": [], "senders": {}}', "another key"),
        ('{"schema": 1, "key": "x", "lists": [1], "senders": {}}', "this is no baseline"),
        (None, "cannot be read"),
    ],
)
def test_a_wrong_baseline_is_a_usage_error(
    check: Check, tmp_path: Path, text: str | None, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "wrong.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    assert check(GOOD, "--baseline", str(file))[0] == 2
    said = capsys.readouterr().err
    assert problem in said
    assert "wrong.json" in said


def test_another_key_is_told(
    check: Check, accepted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(baseline.KEY_VARIABLE, "quite another key than that")
    assert check([*GOOD, *BAD], "--baseline", accepted)[0] == 2
    assert "another key than the one in LISTHYGIENE_KEY" in capsys.readouterr().err


@pytest.mark.parametrize("given", ["", "short"])
def test_a_missing_or_short_key_is_told(
    check: Check,
    accepted: str,
    given: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(baseline.KEY_VARIABLE, given)
    assert check([*GOOD, *BAD], "--baseline", accepted)[0] == 2
    assert baseline.KEY_VARIABLE in capsys.readouterr().err


def test_the_first_writing_makes_a_key_for_its_owner_only(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(baseline.KEY_VARIABLE)
    file, place = str(tmp_path / "own.json"), baseline.key_file()
    assert check([*GOOD, *BAD], "--write-baseline", file)[0] == 0
    key = place.read_text("utf-8").strip()
    assert len(key) == 64
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert check([*GOOD, *BAD], "--baseline", file)[0] == 0
    monkeypatch.setenv(baseline.KEY_VARIABLE, key)
    assert check([*GOOD, *BAD], "--baseline", file)[0] == 0


def test_pruning_needs_a_baseline(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(GOOD, "--prune-baseline")[0] == 2
    assert "--baseline" in capsys.readouterr().err
