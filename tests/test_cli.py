"""The exit codes of the contract: each way to end, and nothing but a closed gate gives 1."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from listhygiene.cli.main import main

SAMPLES = Path(__file__).parent.parent / "sample_data"
POLICY = ["--policy", str(SAMPLES / "listhygiene.toml")]
CLEAN, CAMPAIGN = str(SAMPLES / "clean_list.csv"), str(SAMPLES / "spring_campaign.csv")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _own_blocklist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocklist.db"))
    monkeypatch.chdir(tmp_path)
    Path(tmp_path / "blocklist.db").unlink(missing_ok=True)


def write(name: str, text: str) -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", CLEAN, *POLICY], 0),
        (["check", CAMPAIGN, *POLICY], 1),
        (["check", CLEAN, CAMPAIGN, *POLICY], 1),
        (["check", "missing.csv", *POLICY], 3),
        (["check", CAMPAIGN, "missing.csv", *POLICY], 1),
        (["check", CLEAN, "missing.csv", *POLICY], 3),
        (["check", CLEAN, *POLICY, "--dns", "off"], 0),
        (["check", CLEAN, *POLICY, "--dns", "missing.json"], 3),
        (["check", CLEAN, *POLICY, "--blocklist", "missing.db"], 3),
        (["check", CLEAN, *POLICY, "--email-column", "nowhere"], 2),
        (["check", CLEAN, *POLICY, "--select", "X9"], 2),
        (["check", CLEAN, *POLICY, "--format", "frob"], 2),
        (["check", CLEAN, *POLICY, "--platform", "frob"], 2),
        (["check", CLEAN, *POLICY, "--as-of", "someday"], 2),
        (["check", CLEAN, *POLICY, "--from", "nobody"], 2),
        (["check", CLEAN, "--policy", "missing.toml"], 2),
        (["check"], 2),
        (["check", CLEAN, "--frob"], 2),
        (["frob"], 2),
        (["sender", "news@aoba-shokai.example", *POLICY], 0),
        (["sender", "shop@yahoo.com", *POLICY], 1),
        (["sender", "nobody", *POLICY], 2),
        (["sender", "news@not-recorded.example", *POLICY], 3),
        (["clean", CLEAN, "-o", "out.csv", *POLICY], 0),
        (["clean", CAMPAIGN, "-o", "out.csv", *POLICY], 0),
        (["clean", CLEAN, *POLICY], 2),
        (["clean", CLEAN, "-o", CLEAN, *POLICY], 2),
        (["clean", "missing.csv", "-o", "out.csv", *POLICY], 3),
        (["undo", "missing.csv"], 3),
        (["rules"], 0),
        (["rules", "D402"], 0),
        (["rules", "null-mx"], 0),
        (["rules", "D999"], 2),
        (["policy", "show"], 0),
        (["policy", "init", "new.toml"], 0),
        (["dns", "record", CLEAN, "-o", "dns.json", *POLICY, "--dns", "off"], 2),
        (["blocklist", "list"], 3),
        (["blocklist", "import", CLEAN], 0),
        (["blocklist", "block", "ann@shop.test", "--reason", "asked"], 0),
        (["blocklist", "unblock", "--confirm-resolved", "x"], 2),
        (["--help"], 0),
        (["--version"], 0),
    ],
    ids=lambda one: " ".join(Path(part).name for part in one) if isinstance(one, list) else None,
)
def test_exit_code(arguments: Sequence[str], code: int) -> None:
    assert main(list(arguments)) == code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[gate]\nholds = 0\n", ["line 2", "gate.hold"]),
        ("[gate]\nhold = -1\n", ["line 2", "count"]),
        ("[rules]\nD4O1 = 'off'\n", ["line 2", "Did you mean D4"]),
        ("[dns\n", ["TOML"]),
        ("version = 99\n", ["newer"]),
        ("\nplatform = 'zoho-crn'\n", ["p.toml, line 2", "zoho-c"]),
        ("[gate]\nhodl = 0\n", ["line 2", "gate.hold?"]),
        ("hold = 0\n", ["line 1", "gate.hold?"]),
        ("schema = 1\n", ["line 1", "The keys there are version, platform"]),
        ("[rules]\nD999 = 'off'\n", ["line 2", "D4"]),
        ("[rules]\nD409 = 'off'\n", ["line 2", "D411?"]),
    ],
)
def test_a_wrong_policy_names_the_line_and_the_nearest_word(
    text: str, words: list[str], capsys: Capture
) -> None:
    assert main(["check", CLEAN, "--policy", write("p.toml", text)]) == 2
    told = capsys.readouterr().err
    assert all(word in told for word in words), told
    assert "Traceback" not in told


def test_a_policy_that_init_wrote_is_read_again(capsys: Capture) -> None:
    assert main(["policy", "init", "mine.toml"]) == 0
    assert main(["policy", "init", "mine.toml"]) == 2
    assert main(["policy", "show", "--policy", "mine.toml"]) == 0
    shown = capsys.readouterr().out
    assert "gate.hold = 0  # default" in shown


def test_the_show_of_a_policy_says_where_values_come_from(capsys: Capture) -> None:
    write("listhygiene.toml", '[stale]\nmonths = 3\n[rules]\nD401 = {max = "0.5%"}\n')
    assert main(["policy", "show", "--platform", "ses", "--dns", "off"]) == 0
    shown = capsys.readouterr().out
    assert "stale.months = 3  # listhygiene.toml, line 2" in shown
    assert 'dns.source = "off"  # --dns' in shown
    assert "rules.D401" in shown
    assert "platform ses" in shown


def test_a_list_without_contacts_closes_the_gate() -> None:
    assert main(["check", write("none.csv", "email,name\n"), *POLICY]) == 1


def test_a_share_in_the_policy_lets_some_through() -> None:
    lines = "".join(f"ann{n}@aoba-shokai.example,2026-10-01\n" for n in range(199))
    path = write("l.csv", "email,last mailed\nx@closed-shop.example,2026-10-01\n" + lines)
    base = (SAMPLES / "listhygiene.toml").read_text(encoding="utf-8")
    base = base.replace('"dns.json"', json.dumps(str(SAMPLES / "dns.json")))
    base = base.replace('"blocklist.csv"', json.dumps(str(SAMPLES / "blocklist.csv")))
    assert main(["check", path, "--policy", write("a.toml", base)]) == 1
    by_rule = base + '\n[rules]\nD401 = {max = "0.5%"}\n'
    assert main(["check", path, "--policy", write("b.toml", by_rule)]) == 0
    by_verdict = base + '\n[gate]\nhold = "0.5%"\n'
    assert main(["check", path, "--policy", write("c.toml", by_verdict)]) == 0
    tighter = base + '\n[rules]\nD401 = {max = "0.4%"}\n'
    assert main(["check", path, "--policy", write("d.toml", tighter)]) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"PK\x03\x04 broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        b"\x1f\x8b\x08\x00",
        b"%PDF-1.7\n",
        b"email\n" + b"x" * 10_000_000 + b"@shop.test\n",
        b"email\nann\x00@shop.test\n",
        "email\n\ud800@shop.test\n".encode("utf-16-le", "surrogatepass"),
        b",".join(b"c%d" % n for n in range(5000)) + b"\n" + b",".join([b"1"] * 5000) + b"\n",
        b'email\n"ann@shop.test\nbob@shop.test\n',
        b"\xff\xfe",
        b"\n\n\n",
    ],
    ids=lambda content: repr(content[:12]),
)
def test_bad_input_gets_a_sentence_or_a_finding(content: bytes, capsys: Capture) -> None:
    Path("bad.csv").write_bytes(content)
    assert main(["check", "bad.csv", *POLICY]) in (1, 3)
    told = capsys.readouterr()
    assert "fault of this program" not in told.err
    assert "bad.csv" in told.out + told.err


def test_no_email_column_names_the_columns_it_saw(capsys: Capture) -> None:
    path = write("people.csv", "Name,City\nAnn,Rome\n")
    assert main(["check", path, *POLICY, "--lang", "en"]) == 1
    assert "columns: Name, City" in capsys.readouterr().out


def test_addresses_are_masked_unless_asked_for(capsys: Capture) -> None:
    main(["check", CAMPAIGN, *POLICY, "--format", "json"])
    assert "akira.blocked" not in capsys.readouterr().out
    main(["check", CAMPAIGN, *POLICY, "--format", "json", "--show-addresses"])
    assert "akira.blocked@aoba-shokai.example" in capsys.readouterr().out


def test_japanese_is_spoken_on_request(capsys: Capture) -> None:
    main(["check", CLEAN, *POLICY, "--lang", "ja"])
    assert "配信" in capsys.readouterr().out


def test_the_name_of_the_output_says_its_format() -> None:
    import zipfile

    assert main(["clean", CLEAN, "-o", "out.xlsx", *POLICY]) == 0
    assert zipfile.is_zipfile("out.xlsx")
    assert main(["clean", CLEAN, "-o", "out.ods", *POLICY]) == 3
    assert not Path("out.ods").exists()


def test_a_workbook_is_given_back_as_values_on_request() -> None:
    workbook = str(SAMPLES / "spring_campaign.xlsx")
    assert main(["clean", workbook, "-o", "out.csv", *POLICY]) == 0
    lines = Path("out.csv").read_bytes().decode("utf-8-sig").split("\r\n")
    assert lines[0].endswith("listhygiene_reason,listhygiene_suggestion")
    assert any("bob.brackets@kaede-print.example" in line for line in lines)
    assert main(["check", "out.csv", *POLICY]) == 1
    assert main(["undo", "out.csv"]) in (2, 3)
    assert main(["clean", workbook, "-o", "new.xlsx", "--values-only", *POLICY]) == 0
    assert main(["check", "new.xlsx", *POLICY]) == 1


def test_what_nobody_said_of_the_sender_is_unknown(capsys: Capture) -> None:
    address = "news@aoba-shokai.example"
    assert main(["sender", address, *POLICY, "--format", "json"]) == 0
    skipped = {one["rule"] for one in json.loads(capsys.readouterr().out)["skipped"]}
    assert {"S604", "S605"} <= skipped


def run_program(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "listhygiene", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_signals if os.name == "posix" else None,
    )


def _hear_signals() -> None:
    """A shell starts background jobs deaf to Ctrl-C; the program under test is to hear it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_told_from_a_closed_gate(number: int, code: int) -> None:
    running = run_program("bounces", "read", "-")
    assert running.stdin is not None
    running.stdin.write(b"x" * 1_000_000)  # more than a pipe holds: it is being read when this ends
    for _ in range(60):  # one that comes between two reads is seen only after the next
        running.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            assert running.wait(timeout=1) == code
            return
    running.kill()
    pytest.fail("the program goes on after the signal")


def test_a_reader_that_goes_away_is_no_closed_gate() -> None:
    running = run_program("rules", "--format", "json")
    assert running.stdout is not None
    running.stdout.close()
    assert running.wait(timeout=60) in (0, 3)


def test_a_fault_of_the_program_is_no_closed_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    import listhygiene.pipeline

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("ann@shop.test")

    monkeypatch.setattr(listhygiene.pipeline, "check", fail)
    assert main(["check", CLEAN, *POLICY]) == 3
    assert "ann@shop.test" not in capsys.readouterr().err


def test_the_help_is_quick_because_nothing_heavy_is_loaded() -> None:
    code = (
        "import sys; from listhygiene.cli.main import main; main(['--help']);"
        "heavy = {'pandas', 'pyarrow', 'dns', 'sqlalchemy', 'openpyxl', 'rich', 'jinja2'};"
        "sys.exit(9 if heavy & set(sys.modules) else 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0
