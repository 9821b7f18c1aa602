"""Every cell of the table in docs/exit_codes.md is a way to end that a test takes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from listhygiene.cli.main import main

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "sample_data"
POLICY = ("--policy", str(SAMPLES / "listhygiene.toml"))
CLEAN, CAMPAIGN = str(SAMPLES / "clean_list.csv"), str(SAMPLES / "spring_campaign.csv")

NOTICE = """From: MAILER-DAEMON@mx.example.com
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; ann@example.net
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--b--
"""
EMPTY = "name,email\n"

CASES: dict[tuple[str, int], list[Sequence[str]]] = {
    ("check", 0): [(CLEAN, *POLICY)],
    ("check", 1): [
        (CAMPAIGN, *POLICY),
        (str(SAMPLES / "no_email_column.csv"), *POLICY),
        (CLEAN, *POLICY, "--from", "shop@yahoo.com"),
        (CAMPAIGN, "--policy", "floor.toml"),
        ("empty.csv", *POLICY),
        (CAMPAIGN, "--policy", "rule.toml"),
    ],
    ("check", 2): [
        (CLEAN, "--frob"),
        (CLEAN, *POLICY, "--platform", "frob"),
        (CLEAN, *POLICY, "--email-column", "frob"),
        (CLEAN, "--policy", "wrong.toml"),
        (CLEAN, *POLICY, "--baseline", "newer.json"),
    ],
    ("check", 3): [
        ("missing.csv", *POLICY),
        (CLEAN, *POLICY, "--dns", "nothing.json"),
        (CLEAN, *POLICY, "--blocklist", "missing.db"),
    ],
    ("sender", 0): [("news@aoba-shokai.example", *POLICY)],
    ("sender", 1): [("shop@yahoo.com", *POLICY)],
    ("sender", 2): [("nobody", *POLICY), ("news@aoba-shokai.example", *POLICY, "--platform", "x")],
    ("sender", 3): [("news@not-recorded.example", *POLICY)],
    ("diff", 0): [(CLEAN, CAMPAIGN, *POLICY), (CAMPAIGN, CLEAN, *POLICY, "--gate")],
    ("diff", 1): [(CLEAN, CAMPAIGN, *POLICY, "--gate")],
    ("diff", 2): [(CLEAN, *POLICY), ("bare.json", CLEAN, *POLICY)],
    ("diff", 3): [
        (CLEAN, "missing.csv", *POLICY),
        (CLEAN, CLEAN, *POLICY, "--dns", "nothing.json", "--gate"),
    ],
    ("clean", 0): [(CAMPAIGN, "-o", "new.csv", *POLICY)],
    ("clean", 2): [(CLEAN, *POLICY), (CLEAN, "-o", "new.csv", "--in-place", *POLICY)],
    ("clean", 3): [
        ("missing.csv", "-o", "new.csv", *POLICY),
        (CLEAN, "-o", "file/new.csv", *POLICY),
    ],
    ("undo", 0): [("cleaned.csv",)],
    ("undo", 2): [("cleaned.csv", "--frob")],
    ("undo", 3): [("edited.csv",), ("empty.csv",)],
    ("apply", 0): [("cleaned.csv.changes.jsonl", CAMPAIGN, "-o", "again.csv")],
    ("apply", 2): [("cleaned.csv.changes.jsonl",)],
    ("apply", 3): [("bare.json", CAMPAIGN, "-o", "again.csv")],
    ("plan", 0): [(CLEAN, "--per-day", "50", *POLICY), (CAMPAIGN, "--per-day", "50", *POLICY)],
    ("plan", 2): [(CLEAN, *POLICY), (CLEAN, "--per-day", "50", "-o", "planned", *POLICY)],
    ("plan", 3): [
        ("missing.csv", "--per-day", "50", *POLICY),
        (CLEAN, "--per-day", "50", "-o", "file/days", *POLICY),
    ],
    ("headers", 0): [(CLEAN,)],
    ("headers", 2): [(CLEAN, "--platform", "frob")],
    ("headers", 3): [("missing.csv",)],
    ("bounces", 0): [
        ("add", "notice.eml"), ("read", "notice.eml"), ("explain", "notice.eml"),
        ("sent", "spring", "--count", "100"), ("report",),
    ],
    ("bounces", 2): [("frob",), ("add",), ("sent", "spring")],
    ("bounces", 3): [("add", "missing.eml"), ("read", "missing.eml"), ("explain", "missing.eml")],
    ("blocklist", 0): [
        ("block", "bo@example.net", "--reason", "asked"), ("list",), ("show", "ann@example.net"),
        ("allow", "bo@example.net", "--reason", "it works", "--by", "Ann"),
        ("export", "-o", "out.csv"),
        ("import", str(SAMPLES / "blocklist.csv")), ("undecided",),
    ],
    ("blocklist", 2): [("frob",), ("block", "bo@example.net"), ("unblock",)],
    ("blocklist", 3): [("list", "--blocklist", "missing.db"), ("list", "--blocklist", "junk.db")],
    ("policy", 0): [("show",), ("init", "own.toml")],
    ("policy", 2): [("show", "--policy", "wrong.toml"), ("init", "wrong.toml")],
    ("policy", 3): [("init", "file/own.toml")],
    ("rules", 0): [(), ("D402",)],
    ("rules", 2): [("D999",)],
    ("dns", 0): [("record", CLEAN, "-o", "recorded.json", *POLICY)],
    ("dns", 2): [("record", CLEAN, "-o", "recorded.json", *POLICY, "--dns", "off")],
    ("dns", 3): [
        ("record", CLEAN, "-o", "recorded.json", *POLICY, "--dns", "missing.json"),
        ("record", CLEAN, "-o", "file/recorded.json", *POLICY),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make what the cases speak of, once."""
    made = tmp_path_factory.mktemp("exits")
    evidence = f"as_of = '2026-11-23'\n[dns]\nsource = {str(SAMPLES / 'dns.json')!r}\n"
    files = {
        "empty.csv": EMPTY,
        "wrong.toml": "[gate]\nhodl = 0\n",
        "floor.toml": f"{evidence}[gate]\nhold = 'off'\nbounce_floor = '1%'\nrequire = []\n",
        "rule.toml": f"{evidence}[gate]\nhold = 'off'\n[rules]\nC512 = {{max = 0}}\n",
        "newer.json": '{"schema": 99}',
        "bare.json": '{"schema": 1, "lists": [{}]}',
        "nothing.json": '{"schema": 1, "canaries": [], "answers": {}}',
        "notice.eml": NOTICE,
        "file": "",
        "junk.db": "no database " * 100,
        "planned/clean_list.day-01.csv": EMPTY,
    }
    for name, text in files.items():
        (made / name).parent.mkdir(exist_ok=True)
        (made / name).write_text(text, encoding="utf-8")
    assert main(["clean", CAMPAIGN, "-o", str(made / "cleaned.csv"), *POLICY]) == 0
    for suffix in ("", ".changes.jsonl"):
        shutil.copy(made / f"cleaned.csv{suffix}", made / f"edited.csv{suffix}")
    with (made / "edited.csv").open("ab") as stream:
        stream.write(b"one more line\r\n")
    return made


@pytest.fixture
def at_work(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of the folder, with a blocklist of its own."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocklist.db"))
    return tmp_path


@pytest.mark.parametrize(("command", "code"), CASES, ids=lambda one: str(one))
def test_every_way_to_end_is_the_one_of_the_table(
    command: str, code: int, at_work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in CASES[command, code]:
        assert main([command, *arguments]) == code, arguments
        assert "fault of this program" not in capsys.readouterr().err


def test_the_table_and_the_cases_name_the_same_ways() -> None:
    text = (ROOT / "docs" / "exit_codes.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)`[^|]*\|(.*)\|$", text, re.MULTILINE)
    told = {
        (command, code)
        for command, cells in rows
        for code, cell in enumerate(cells.split("|"))
        if cell.strip() != "–"
    }
    assert told == set(CASES)
