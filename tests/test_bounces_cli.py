"""The bounces commands: add, read, explain, sent, report."""

from __future__ import annotations

import contextlib
import csv
import gzip
import html
import io
import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.cli.main import main
from listhygiene.readers import read as read_table

MESSAGES = Path(__file__).parent / "bounces"
FIELDS = [
    "file", "address", "kind", "type", "cause", "code", "status", "reply", "diagnostic", "rule",
    "source", "at",
]  # fmt: skip


@pytest.fixture(autouse=True)
def blocklist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "blocklist.db"
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(path))
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    return path


def event(address: str, **fields: Any) -> dict[str, Any]:
    own = {"email": address, "event": "bounce", "type": "bounce", "timestamp": 1777629605}
    said = {"reason": "550 5.1.1 user unknown", "status": "5.1.1", "category": ["spring"]}
    return {**own, **said, "sg_event_id": f"{address}{sorted(fields.items())}", **fields}


def write(path: Path, *events: dict[str, Any]) -> str:
    path.write_text(json.dumps(list(events)), encoding="utf-8")
    return str(path)


def blocked(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    assert main(["blocklist", "list", "--format", "json"]) == 0
    return {one["address"]: one["type"] for one in json.loads(capsys.readouterr().out)}


def lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["bounces", "read", "--format", "jsonl", *arguments]) == 0
    return [json.loads(one) for one in capsys.readouterr().out.splitlines()]


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["bounces", "report", "--format", "json", *arguments]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_adding_twice_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "a.json", event("ann@example.com"), event("bob@example.com"))
    assert main(["bounces", "add", file]) == 0
    assert "2 new, 0 known" in capsys.readouterr().err
    first = blocked(capsys)
    assert first == {"ann@example.com": "permanent", "bob@example.com": "permanent"}
    assert main(["bounces", "add", file]) == 0
    assert "entered before: 1" in capsys.readouterr().err
    again = tmp_path / "again.json.gz"
    again.write_bytes(gzip.compress(Path(file).read_bytes()))
    assert main(["bounces", "add", str(again)]) == 0
    assert "entered before: 1" in capsys.readouterr().err
    lone = write(tmp_path / "b.json", event("ann@example.com"))
    assert main(["bounces", "add", lone]) == 0
    assert "0 new, 1 known" in capsys.readouterr().err
    assert blocked(capsys) == first


def test_what_is_no_bounce_blocks_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = ["deferred", "delivered", "open", "unsubscribe", "spamreport"]
    events = [event(f"{kind}@example.com", event=kind) for kind in kinds]
    assert main(["bounces", "add", write(tmp_path / "a.json", *events)]) == 0
    assert blocked(capsys) == {}


def test_a_temporary_block_of_a_platform_is_final(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "zoho.csv").write_text(
        "メール,不達の種類,不達原因\nann@example.com,一時的にブロック,"
        "メールアカウント/メールボックスの容量が一杯です\n",
        encoding="utf-8",
    )
    (tmp_path / "soft.csv").write_text("email,bounce type\nbob@example.com,soft\n")
    assert main(["bounces", "add", "zoho.csv", "soft.csv"]) == 0
    from listhygiene.blocklist import open_blocklist

    blocks = open_blocklist(str(tmp_path / "blocklist.db"), write=False)
    found = blocks.list_blocks().set_index("address")
    blocks.close()
    assert found.loc["ann@example.com", ["type", "cause", "final"]].to_list() == [
        "temporary",
        "T4",
        True,
    ]
    assert found.loc["bob@example.com", ["type", "final"]].to_list() == ["temporary", False]


def test_a_suppression_list_blocks_and_counts_in_no_rate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ses.csv").write_text(
        "EmailAddress,Reason,LastUpdateTime\nann@example.com,BOUNCE,2026-05-01T10:00:05Z\n"
    )
    assert main(["bounces", "add", "ses.csv", "--campaign", "spring"]) == 0
    assert blocked(capsys) == {"ann@example.com": "permanent"}
    assert report(capsys)["total"]["bounced"] == 0


@pytest.fixture
def junk(tmp_path: Path) -> Path:
    folder = tmp_path / "junk"
    (folder / "deep" / "cur").mkdir(parents=True)
    for place, name in enumerate(["postfix-unknown.eml", "away.eml", "ordinary.eml"]):
        shutil.copy(MESSAGES / name, folder / f"{place}-{name}")
    shutil.copy(MESSAGES / "undecided.eml", folder / "deep" / "cur" / "17.host:2,S")
    write(folder / "events.json", event("ann@example.com"))
    (folder / "contacts.csv").write_text("email,name\ncy@example.com,Cy\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "cut.json").write_text('[{"email": "ann@exa')
    return folder


def test_a_folder_of_junk_is_accounted_for(junk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounces", "add", str(junk)]) == 0
    told = capsys.readouterr().err
    counts = "with bounces: 2, undecided: 1, without: 2, unreadable: 4, entered before: 0"
    assert f"Files: 9 ({counts})." in told
    assert "Undecided, kept whole for a person: 1 " in told
    for name, why in (
        ("contacts.csv", "columns are email, name"),
        ("picture.png", "picture"),
        ("empty.txt", "empty"),
        ("cut.json", "no JSON"),
    ):
        assert re.search(rf"{name}.*{why}", told), name
    assert "cy@example.com" not in blocked(capsys)


def test_undecided_messages_are_kept_whole(junk: Path) -> None:
    from listhygiene.blocklist import open_blocklist

    assert main(["bounces", "add", str(junk), str(junk / "events.json")]) == 0
    blocks = open_blocklist("blocklist.db", write=False)
    (number,) = blocks.undecided()["id"]
    content = blocks.undecided_message(number)
    blocks.close()
    assert content == (MESSAGES / "undecided.eml").read_bytes()


@pytest.mark.parametrize(
    ("name", "words"),
    [("contacts.csv", "columns are email, name"), ("missing.csv", "no such file")],
)
def test_a_wrong_file_named_itself_is_refused(
    junk: Path, name: str, words: str, capsys: pytest.CaptureFixture[str], blocklist: Path
) -> None:
    assert main(["bounces", "add", str(junk / name), str(junk / "events.json")]) == 3
    assert words in capsys.readouterr().err
    assert blocked(capsys) == {"ann@example.com": "permanent"}


def test_a_file_that_breaks_half_way_adds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.dumps([event(f"u{n}@example.com") for n in range(99)], indent=1)
    (tmp_path / "cut.json").write_text(whole[:-40])
    assert main(["bounces", "add", "cut.json"]) == 3
    assert blocked(capsys) == {}


def test_lines_of_json(junk: Path, capsys: pytest.CaptureFixture[str], blocklist: Path) -> None:
    found = lines(capsys, str(junk))
    assert all(list(one) == FIELDS for one in found)
    kinds = {Path(one["file"]).name: one["kind"] for one in found}
    assert kinds == {
        "0-postfix-unknown.eml": "bounce",
        "1-away.eml": "auto-reply",
        "2-ordinary.eml": "other",
        "17.host:2,S": "undecided",
        "events.json": "bounce",
    }
    (one,) = [one for one in found if one["file"].endswith("events.json")]
    assert one == {
        "file": str(junk / "events.json"),
        "address": "ann@example.com",
        "kind": "bounce",
        "type": "permanent",
        "cause": "bad-address",
        "code": "P3",
        "status": "5.1.1",
        "reply": "550",
        "diagnostic": "550 5.1.1 user unknown",
        "rule": one["rule"],
        "source": "sendgrid",
        "at": "2026-05-01T10:00:05+00:00",
    }
    assert not blocklist.exists()


def test_lines_may_be_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    events = [
        event("ann@example.com"),
        event("bob@example.com", event="deferred", status="4.2.2", reason="452 4.2.2 full"),
        event("cy@example.com", event="spamreport", status="", reason=""),
    ]
    file = write(tmp_path / "a.json", *events)
    for form, name in (("jsonl", "b.jsonl"), ("csv", "b.csv")):
        assert main(["bounces", "read", file, "--format", form, "-o", name, "-q"]) == 0
        wanted = [(one["address"], one["kind"], one["code"]) for one in lines(capsys, file)]
        found = lines(capsys, name)
        assert [(one["address"], one["kind"], one["code"]) for one in found] == wanted


def test_text_masks_addresses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "550 5.1.1 <ann@example.com>: user unknown"
    file = write(tmp_path / "a.json", event("ann@example.com", reason=said))
    assert main(["bounces", "read", file]) == 0
    masked = capsys.readouterr()
    assert "a***@example.com  bounce permanent P3 bad-address 5.1.1" in masked.out
    assert "ann@" not in masked.out + masked.err
    assert main(["bounces", "read", file, "--show-addresses"]) == 0
    assert said in capsys.readouterr().out


def test_csv_escapes_formulas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "a.json", event("ann@example.com", reason="=1+1 user unknown"))
    assert main(["bounces", "read", file, "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert not row["diagnostic"].startswith("=")


def test_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: Any
) -> None:
    class Standard:
        buffer = io.BytesIO(gzip.compress(json.dumps([event("ann@example.com")]).encode()))

    monkeypatch.setattr("sys.stdin", Standard)
    (one,) = lines(capsys, "-")
    assert (one["file"], one["address"]) == ("-", "ann@example.com")


def test_an_mbox_is_read_message_by_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["postfix-unknown.eml", "docomo.eml", "ordinary.eml"]
    parts = [
        b"From mailer Fri May  1 10:00:05 2026\n" + (MESSAGES / one).read_bytes() for one in names
    ]
    (tmp_path / "box").write_bytes(b"\n\n".join(parts))
    found = lines(capsys, "box")
    assert [(one["file"], one["kind"]) for one in found] == [
        ("box#1", "bounce"),
        ("box#2", "bounce"),
        ("box#3", "other"),
    ]


def test_explaining_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounces", "explain", str(MESSAGES / "docomo.eml"), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    for words in (
        "believed:",
        "line that decided:",
        "what decided:",
        "cause: P3 bad-address",
        "Remedy:",
    ):
        assert words in told
    assert not re.search(r"[a-z]{2,}@docomo", told)


def test_explaining_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounces", "explain", write(tmp_path / "a.json", event("ann@example.com"))]) == 0
    told = capsys.readouterr().out
    assert "what decided: sendgrid bounce;" in told
    assert "line that decided: 550 5.1.1 user unknown" in told
    assert main(["bounces", "explain", "nothing.eml"]) == 3


@pytest.fixture
def history(tmp_path: Path) -> None:
    full = {"reason": "552 5.2.2 mailbox full", "status": "5.2.2"}
    spring = [event(f"u{n}@gmail.com") for n in range(4)]
    summer = [
        event(f"u{n}@docomo.ne.jp", category="summer", timestamp=1780308005, **full)
        for n in range(2)
    ]
    again = event("u0@gmail.com", category="summer", timestamp=1780308005, sg_event_id="x")
    assert main(["bounces", "add", write(tmp_path / "h.json", *spring, *summer, again), "-q"]) == 0


def test_the_rate_is_asked_for_and_not_guessed(
    history: None, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(capsys)
    assert (found["total"]["bounced"], found["total"]["rate"]) == (7, None)
    assert found["sent_unknown"] == ["spring", "summer"]
    assert main(["bounces", "report"]) == 0
    assert "listhygiene bounces sent CAMPAIGN --count N" in capsys.readouterr().out


def test_the_rate_by_everything(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounces", "sent", "spring", "--count", "100", "--at", "2026-05-01"]) == 0
    assert main(["bounces", "sent", "summer", "--count", "30", "--at", "2026-06-01"]) == 0
    found = report(capsys)
    assert {key: found["total"][key] for key in ("sent", "bounced", "permanent", "temporary")} == {
        "sent": 130, "bounced": 7, "permanent": 5, "temporary": 2,
    }  # fmt: skip
    assert found["total"]["rate"] == pytest.approx(7 / 130, abs=1e-6)
    named = {one["campaign"]: (one["rate"], one["over"]) for one in found["campaigns"]}
    assert named == {"spring": (0.04, False), "summer": (0.1, True)}
    assert found["campaigns"][1]["change"] == pytest.approx(0.06)
    assert [(one["month"], one["bounced"]) for one in found["months"]] == [
        ("2026-05", 4),
        ("2026-06", 3),
    ]
    assert [(one["cause"], one["name"], one["bounced"]) for one in found["causes"]] == [
        ("P3", "bad-address", 5),
        ("T4", "mailbox-full", 2),
    ]
    assert all(one["remedy"] for one in found["causes"])
    assert {one["provider"]: one["bounced"] for one in found["providers"]} == {
        "Google": 5,
        "NTT DOCOMO": 2,
    }
    assert [(one["address"], one["bounced"]) for one in found["offenders"]] == [
        ("u***@gmail.com", 2)
    ]


def test_a_stricter_line_of_the_platform(history: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounces", "sent", "spring", "--count", "100"]) == 0
    found = report(capsys, "--platform", "hubspot", "--campaign", "spring")
    from listhygiene.platforms import platform

    assert found["line"] == platform("hubspot").limits.bounce
    assert found["line_source"] == "platform hubspot"


def test_sent_to_a_list_gives_rates_of_domains(
    history: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"U{n}, u{n}@gmail.com " for n in range(8)] + ["x,", "U0,u0@gmail.com"]
    (tmp_path / "spring.csv").write_text("name,email\n" + "\n".join(rows) + "\n")
    assert main(["bounces", "sent", "spring", "--list", "spring.csv"]) == 0
    assert "spring: 8 sent." in capsys.readouterr().err
    found = report(capsys, "--campaign", "spring")
    assert found["domains"][0] | {"share": 0} == {
        "domain": "gmail.com", "provider": "Google", "sent": 8, "bounced": 4, "permanent": 4,
        "temporary": 0, "share": 0, "rate": 0.5,
    }  # fmt: skip
    assert found["providers"][0]["rate"] == 0.5


def test_periods_and_tables(
    history: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(capsys, "--since", "2026-06-01")
    assert [one["campaign"] for one in found["campaigns"]] == ["summer"]
    assert main(["bounces", "report", "--format", "csv", "--by", "cause"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [row["cause"] for row in rows] == ["P3", "T4"]
    assert main(["bounces", "report", "--format", "xlsx", "--by", "domain", "-o", "d.xlsx"]) == 0
    book = read_table("d.xlsx")
    assert book.frame[0].tolist() == ["gmail.com", "docomo.ne.jp"]


def test_a_workbook_of_rates_holds_every_table_with_numbers(
    history: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bounces", "sent", "spring", "--count", "100"]) == 0
    assert main(["bounces", "report", "--format", "xlsx", "-o", "rates.xlsx"]) == 0
    book = openpyxl.load_workbook("rates.xlsx")
    assert book.sheetnames == [
        "total", "campaigns", "causes", "types", "domains", "providers", "months", "offenders",
    ]  # fmt: skip
    header, first = [[cell.value for cell in row] for row in book["domains"].iter_rows(max_row=2)]
    row = dict(zip(header, first, strict=True))
    assert (row["domain"], row["sent"], row["bounced"]) == ("gmail.com", None, 5)
    campaigns = [[cell.value for cell in row] for row in book["campaigns"].iter_rows()]
    rates = [row[campaigns[0].index("rate")] for row in campaigns[1:]]
    assert [rate is None or isinstance(rate, float) for rate in rates] == [True, True]
    assert any(rates)


def test_the_page_is_whole_and_safe(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "</style><script>alert(1)</script>"
    events = [event(f"u{n}@example.com", category=evil) for n in range(3)]
    again = [event(f"u{n}@example.com", category="b", sg_event_id=str(n)) for n in range(3)]
    assert main(["bounces", "add", write(tmp_path / "a.json", *events, *again)]) == 0
    assert main(["bounces", "sent", "b", "--count", "20"]) == 0
    assert main(["bounces", "report", "--format", "html", "-o", "r.html"]) == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert html.escape(evil) in page
    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"(?:src|href)\s*=|url\(|@import", page)
    assert "15.0%" in page
    assert "over the line" in page
    assert page.count("<svg") >= 2
    assert "u0@example.com" not in page


@pytest.mark.parametrize(
    "arguments",
    [
        ["bounces", "sent", "spring"],
        ["bounces", "sent", "spring", "--count", "1", "--list", "x.csv"],
        ["bounces", "report", "--since", "soon"],
        ["bounces", "report", "--campaign", "never"],
        ["bounces", "read"],
        ["bounces", "report", "--format", "pdf"],
    ],
)
def test_wrong_usage(history: None, arguments: list[str]) -> None:
    assert main(arguments) == 2


def test_a_report_without_a_blocklist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bounces", "report"]) == 3
    assert "Traceback" not in capsys.readouterr().err


STARTS = [
    b"", b"{", b'[{"email":', b"From a Fri May  1 10:00:05 2026\n", b"Subject: x\nFrom: a@b\n\n",
    b"email,bounce type\n", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf[",
]  # fmt: skip


@given(st.sampled_from(STARTS), st.binary(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(start: bytes, rest: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "file")
        file.write_bytes(start + rest)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["bounces", "read", str(file), "--format", "jsonl"])
            explained = main(["bounces", "explain", str(file)])
    assert code in (0, 3)
    assert explained == code
    assert "fault of this program" not in err.getvalue()
    assert "Files: 1 " in err.getvalue()
    for line in out.getvalue().splitlines():
        if line.startswith("{"):
            assert list(json.loads(line)) == FIELDS
            break
