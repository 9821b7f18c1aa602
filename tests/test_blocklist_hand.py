"""What a person asks of the blocklist by hand, and what a script learns from the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from listhygiene.cli.main import main

EXPORT = """メールアドレス,不達の種類,不達の原因,日時
away@example.com,一時的,不在(勤務外),2026/11/01 10:00
spam@example.com,恒久的,迷惑メール(スパム)の可能性,2026/11/01 10:00
full@example.com,一時的,メールアカウント/メールボックスの容量が一杯です,2026/11/01
gone@example.com,恒久的,不適切なメールアドレス/メールアカウント,2026/11/01
angry@example.com,苦情,,2026/10/01
left@example.com,配信停止,,2026/10/02
"""


@pytest.fixture(autouse=True)
def blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A platform's export is imported."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocks.db"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    Path("zoho.csv").write_text(EXPORT, encoding="utf-8")
    assert main(["blocklist", "import", "zoho.csv"]) == 0


def listed(capsys: pytest.CaptureFixture[str], *filters: str) -> dict[str, str]:
    """Return address -> type and cause, as `blocklist list` shows them."""
    capsys.readouterr()
    assert main(["blocklist", "list", "--format", "json", *filters]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {one["address"].partition("@")[0]: f"{one['type']} {one['cause']}" for one in rows}


def test_an_automatic_reply_of_an_export_blocks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Automatic replies, which neither block nor strike: 1." in capsys.readouterr().err
    assert "away" not in listed(capsys)
    assert main(["blocklist", "show", "away@example.com"]) == 0
    out = capsys.readouterr().out
    assert "nothing blocks it" in out
    assert "auto-reply" in out


def test_whoever_is_held_back_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(listed(capsys)) == {"spam", "full", "gone"}
    assert listed(capsys, "--consent") == {
        "spam": "permanent P8",
        "full": "temporary T4",
        "gone": "permanent P3",
        "angry": "complaint P8",
        "left": "unsubscribe ",
    }


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--type", "permanent"], {"spam", "gone"}),
        (["--cause", "spam"], {"spam", "angry"}),
        (["--cause", "P3"], {"gone"}),
        (["--since", "2026-10-02", "--until", "2026-11-01", "--consent"], {"left"}),
    ],
)
def test_filters_of_the_list(
    filters: list[str], found: set[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert set(listed(capsys, *filters)) == found


@pytest.mark.parametrize("who", ["angry", "left"])
def test_show_promises_no_way_out_to_who_withdrew(
    who: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["blocklist", "show", f"{who}@example.com"]) == 0
    assert "is mailed no more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (["gone@example.com"], 3, "no block was lifted: blocked permanently"),
        (["gone@example.com"], 3, "listhygiene blocklist allow ADDRESS"),
        (["nobody@example.com"], 3, "no block was lifted: not blocked"),
        (["gone@example.com", "nobody@example.com"], 3, "no block was lifted. The reason"),
        (["full@example.com"], 0, "1: unblocked"),
        (["full@example.com", "gone@example.com"], 0, "1: unblocked"),
        (["--filter"], 0, "1: unblocked"),
        (["--filter", "--cause", "T5"], 3, "no temporary block stands under these filters"),
        (["--filter", "--type", "permanent"], 2, "a permanent block is not lifted"),
        (["--filter", "full@example.com"], 2, "choose in two ways"),
        (["full@example.com", "--cause", "T4"], 2, "filters count with --filter only"),
        (["full@example.com", "--in", "zoho.csv"], 2, "--in: filters count"),
    ],
)
def test_unblocking_tells_what_became_of_it(
    asked: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["blocklist", "unblock", "--confirm-resolved", "told", *asked]) == code
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("answers", "code", "stands"), [("y\nemptied\n", 0, False), ("n\n", 130, True), ("", 2, True)]
)
def test_unblocking_asks_whether_the_cause_is_resolved(
    answers: str,
    code: int,
    stands: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    assert main(["blocklist", "unblock", "full@example.com"]) == code
    assert ("full" in listed(capsys)) == stands


def test_out_of_office_is_no_cause_of_a_block(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--cause", "out-of-office", "--reason", "away"]
    assert main(["blocklist", "block", "ann@example.com", *words]) == 2
    assert "neither blocks nor strikes" in capsys.readouterr().err
    assert "ann" not in listed(capsys)


def test_the_table_speaks_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["blocklist", "list", "--lang", "ja"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["アドレス", "種類", "原因"]
    assert any("恒久的" in row for row in rows)


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "jsonl"])
@pytest.mark.parametrize("hashes", [False, True])
def test_what_is_exported_can_be_imported_and_checked_as_it_is(
    form: str, hashes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--reason", "=1+1; said\u2028so", "--cause", "P3"]
    assert main(["blocklist", "block", "--by", "Sato", "=odd@corp-one.co.jp", *words]) == 0
    assert main(["blocklist", "export", "-o", f"e.{form}", "--format", form,
                 *["--hashes"] * hashes]) == 0  # fmt: skip
    assert main(["blocklist", "import", f"e.{form}", "--blocklist", "copy.db"]) == 0
    if not hashes:
        assert listed(capsys, "--consent", "--blocklist", "copy.db") == listed(capsys, "--consent")
    people = ["=odd@corp-one.co.jp", "full@example.com", "angry@example.com", "ann@example.com"]
    Path("list.csv").write_text("\n".join(["email", *people]), encoding="utf-8")
    for source in ("copy.db", f"e.{form}"):
        capsys.readouterr()
        main(["check", "list.csv", "--dns", "off", "--blocklist", source, "--format", "json"])
        found = json.loads(capsys.readouterr().out)["lists"][0]["findings"]
        codes = {one["line"]: one["rule"] for one in found if one["rule"].startswith("A33")}
        assert codes == {2: "A331", 3: "A332", 4: "A333"}, source


@pytest.mark.parametrize("text", ["[1, 2]", '{"address": 1}\n3', '[{"address": "a@b.test"}', "[["])
def test_json_that_holds_no_objects_is_refused(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.json").write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert main(["blocklist", "import", "bad.json"]) == 3
    assert "bad.json, line" in capsys.readouterr().err


def test_a_list_that_was_imported_before_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["blocklist", "import", "zoho.csv"]) == 0
    assert "was imported before; nothing was changed" in capsys.readouterr().err
    assert main(["blocklist", "list"]) == 0
    assert "3 blocks listed." in capsys.readouterr().err


@pytest.mark.parametrize(("who", "told"), [("gone", False), ("angry", True), ("nobody", True)])
def test_an_allowance_that_overrides_nothing_is_told(
    who: str, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    words = ["--reason", "back", "--by", "Sato"]
    assert main(["blocklist", "allow", f"{who}@example.com", *words]) == 0
    assert ("overrides nothing: 1." in capsys.readouterr().err) == told
