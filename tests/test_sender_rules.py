"""What `listhygiene sender` says of a domain: the record quoted, and the record to publish."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dns_server import CANARIES, DnsServer, serve_fixture  # noqa: F401
from listhygiene.cli.main import main

AT = "2026-11-23T00:00:00Z"
SPF = "v=spf1 ip4:192.0.2.0/24 -all"
DMARC = "v=DMARC1; p=none; rua=mailto:dmarc@d.example"
POLICY = 'as_of = "2026-11-23"\nlang = "en"\n[domains]\ntreat_as_real = ["example"]\n'
Table = Mapping[str, Sequence[str]]


def recorded(**changes: Sequence[str]) -> dict[str, Sequence[str]]:
    """Make the answers of d.example, in order but for changes: spf, dmarc, mx."""
    said = {"spf": [SPF], "dmarc": [DMARC], "mx": ["10 mx.d.example"]} | changes
    return {
        "d.example TXT": said["spf"],
        "d.example MX": said["mx"],
        "d.example A": [],
        "d.example AAAA": [],
        "mx.d.example A": ["8.8.8.8"],
        "mx.d.example AAAA": [],
        "_dmarc.d.example TXT": said["dmarc"],
        "_dmarc.example TXT": [],
    }


Judge = Callable[..., tuple[int, dict[str, tuple[str, str]], dict[str, Any]]]


@pytest.fixture
def judge(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Judge:
    """Return a function that judges d.example: exit code, rule -> severity and detail, report."""

    def run(answers: Table, *options: str, sender: str = "news@d.example") -> Any:
        table = {
            question: {"status": "ok" if it else "nodata", "texts": list(it), "ttl": 60, "at": AT}
            for question, it in answers.items()
        }
        for question in table:
            if answers[question] == ["?"]:
                table[question] = {"status": "unknown", "why": "timeout"}
        dns = tmp_path / "dns.json"
        dns.write_text(json.dumps({"schema": 1, "canaries": [], "answers": table}))
        policy = tmp_path / "policy.toml"
        policy.write_text(POLICY)
        given = ["--dns", str(dns), "--policy", str(policy), "--format", "json", *options]
        code = main(["sender", sender, *given])
        report = json.loads(capsys.readouterr().out)
        (one,) = report["senders"]
        return code, {it["rule"]: (it["severity"], it["detail"]) for it in one["findings"]}, report

    return run


def published(detail: str) -> str:
    """Return the record that a detail says to publish, '' where it names none."""
    lines = [line for line in detail.splitlines() if line.startswith("publish: ")]
    record = lines[0].partition(" IN TXT ")[2] if lines else ""
    strings = re.findall(r'"([^"]*)"', record)
    assert all(len(one) <= 255 for one in strings)
    return "".join(strings)


def test_a_domain_in_order_has_no_findings(judge: Judge) -> None:
    code, found, report = judge(recorded(), "--relay-ip", "192.0.2.0/28")
    assert (code, found) == (0, {})
    assert report["senders"][0]["facts"]["not_authorised"] == []


def test_alignment_and_reports_are_told(judge: Judge) -> None:
    dmarc = "v=DMARC1; p=none; aspf=s; rua=mailto:a@d.example,mailto:b@e.example!10m"
    facts = judge(recorded(dmarc=[dmarc]))[2]["senders"][0]["facts"]
    assert facts["dmarc_alignment"] == {"spf": "strict", "dkim": "relaxed"}
    assert facts["dmarc_reports"] == ["mailto:a@d.example", "mailto:b@e.example!10m"]


@pytest.mark.parametrize(
    "option",
    [
        ("--mail-from", "bad domain"),
        ("--mail-from", "ann@d.example"),
        ("--dkim-selector", "b d"),
        ("--dkim-selector", "-"),
        ("--relay-ip", "999.1.1.1"),
        ("--platform", "zoho-crm-jpp"),
    ],
)
@pytest.mark.parametrize("dns", ["off", "dns.json"])
def test_what_is_no_name_is_a_usage_error(
    option: Sequence[str], dns: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dns.json").write_text('{"schema": 1, "canaries": [], "answers": {}}')
    assert main(["sender", "news@d.example", "--dns", dns, *option]) == 2


def test_a_mail_from_may_be_written_in_unicode(judge: Judge) -> None:
    answers = recorded() | {"xn--r8jz45g.example TXT": [SPF]}
    code, found, report = judge(answers, "--mail-from", "例え.example")
    assert (code, found) == (0, {})
    assert report["senders"][0]["facts"]["spf_domain"] == "xn--r8jz45g.example"


RELAY = ("--relay-ip", "198.18.7.0/28")
ADDED = "ip4:198.18.7.0/28"
LONG = " ".join(f"ip4:10.0.{number}.0/24" for number in range(60))


@pytest.mark.parametrize(
    ("records", "quoted", "mended"),
    [
        (["v=spf1 -all", "v=spf1 mx ~all"], "2 SPF records", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 mx +all"], "+all", f"v=spf1 {ADDED} mx ~all"),
        (["v=spf1 ip4:0.0.0.0/0 mx -all"], "+all", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 include:all.example mx -all"], "+all", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 redirect=all.example"], "+all", f"v=spf1 {ADDED} ~all"),
        (["v=spf1 mx include:loop.example -all"], "includes itself", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 mx ip4:300.1.1.1 -all"], "no IPv4 range", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 mx a:no1.example a:no2.example a:no3.example -all"], "3 look-ups without",
         f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 mx exists:%{q}.d.example -all"], "names no domain", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 ptr mx -all"], "ptr is deprecated", f"v=spf1 {ADDED} mx -all"),
        (["v=spf1 mx ?all"], "?all says nothing", f"v=spf1 {ADDED} mx ~all"),
        (["v=spf1 mx"], "no end", f"v=spf1 {ADDED} mx ~all"),
        (["v=spf1 mx -all a:no1.example"], "behind -all is ignored", f"v=spf1 {ADDED} mx -all"),
        ([f"v=spf1 {LONG} ptr -all"], "ptr is deprecated", f"v=spf1 {ADDED} {LONG} -all"),
    ],
)  # fmt: skip
def test_a_broken_spf_is_quoted_and_mended(
    judge: Judge, records: Sequence[str], quoted: str, mended: str
) -> None:
    others = {
        "all.example TXT": ["v=spf1 +all"],
        "loop.example TXT": ["v=spf1 include:d.example -all"],
        **{f"no{n}.example {kind}": [] for n in (1, 2, 3) for kind in ("A", "AAAA")},
    }
    _, found, _ = judge(recorded(spf=records) | others, *RELAY)
    _, detail = found["S603"]
    assert quoted in detail
    assert all(one in detail for one in records)
    assert published(detail) == mended
    code, again, _ = judge(recorded(spf=[mended]) | others, *RELAY)
    assert (code, again) == (0, {})


def test_too_many_lookups_are_counted_by_term(judge: Judge) -> None:
    names = [f"include:s{number}.example" for number in range(9)]
    others = {f"s{number}.example TXT": ["v=spf1 ip4:10.1.1.1 -all"] for number in range(9)}
    others["s0.example TXT"] = ["v=spf1 include:s1.example include:s2.example -all"]
    spf = f"v=spf1 {' '.join(names)} -all"
    code, found, _ = judge(recorded(spf=[spf]) | others)
    assert code == 1
    assert "11 look-ups, 10 are allowed" in found["S603"][1]
    assert "look-ups by term: include:s0.example 3, include:s1.example 1" in found["S603"][1]
    assert published(found["S603"][1]) == ""


@pytest.mark.parametrize(
    ("spf", "mended"),
    [
        ("v=spf1 ip4:192.0.2.0/24 -all", f"v=spf1 {ADDED} ip4:192.0.2.0/24 -all"),
        ("v=spf1 ip4:198.18.7.0/29 ~all", f"v=spf1 {ADDED} ip4:198.18.7.0/29 ~all"),
        ("v=spf1 -ip4:198.18.0.0/16 mx ~all", f"v=spf1 {ADDED} -ip4:198.18.0.0/16 mx ~all"),
        ("v=spf1 redirect=r.example", f"v=spf1 {ADDED} redirect=r.example"),
    ],
)
def test_a_range_that_spf_leaves_out_is_put_first(judge: Judge, spf: str, mended: str) -> None:
    others = {"r.example TXT": ["v=spf1 mx:d.example -all"]}
    code, found, _ = judge(recorded(spf=[spf]) | others, *RELAY)
    assert code == 0
    assert found["S604"][0] == "warning"
    assert spf in found["S604"][1]
    assert "MAIL FROM is assumed to be at d.example" in found["S604"][1]
    assert published(found["S604"][1]) == mended
    assert judge(recorded(spf=[mended]) | others, *RELAY)[1] == {}


def test_what_only_a_message_can_tell_is_unknown(judge: Judge) -> None:
    spf = "v=spf1 exists:%{i}._spf.d.example -all"
    code, found, report = judge(recorded(spf=[spf]), *RELAY)
    assert (code, found) == (0, {})
    (why,) = (one["why"] for one in report["skipped"] if one["rule"] == "S604")
    assert "198.18.7.0/28" in why


def test_an_answer_that_is_missing_leaves_the_gate_undecided(judge: Judge) -> None:
    assert judge(recorded(spf=["?"]))[:2] == (3, {})
    assert judge(recorded(dmarc=["?"]))[:2] == (3, {})


@pytest.mark.parametrize(
    ("record", "said"),
    [("v=spf ip4:192.0.2.0/24 -all", "something like one"), ("hello", "has no SPF record\n")],
)
def test_a_missing_spf_names_what_to_publish(judge: Judge, record: str, said: str) -> None:
    code, found, _ = judge(recorded(spf=[record]), *RELAY)
    assert code == 1
    assert said in found["S602"][1]
    assert published(found["S602"][1]) == f"v=spf1 {ADDED} ~all"


@pytest.mark.parametrize(
    ("records", "severity", "said", "mended"),
    [
        ([], "warning", "has no DMARC record",
         "v=DMARC1; p=none; rua=mailto:dmarc@d.example"),
        (["v=DMARC1 p=none"], "warning", "something like one: v=DMARC1 p=none",
         "v=DMARC1; p=none; rua=mailto:dmarc@d.example"),
        ([DMARC, "v=DMARC1; p=reject"], "warning", "2 records",
         "v=DMARC1; p=none; rua=mailto:dmarc@d.example"),
        (["v=DMARC1; p=rejct; rua=mailto:a@d.example"], "warning", "p=rejct is no policy",
         "v=DMARC1; p=none; rua=mailto:a@d.example"),
        (["v=DMARC1; p=reject; sp=rejct; rua=mailto:a@d.example"], "warning",
         "sp=rejct is no policy", "v=DMARC1; p=reject; rua=mailto:a@d.example"),
        (["v=DMARC1; p=reject; pct=50; adkim=s; rua=mailto:a@d.example"], "info",
         "no longer knows pct=", "v=DMARC1; p=reject; adkim=s; rua=mailto:a@d.example"),
        (["v=DMARC1; p=none"], "info", "asks for no reports",
         "v=DMARC1; p=none; rua=mailto:dmarc@d.example"),
        (["v=DMARC1; p=none; rua=a@d.example"], "info", "asks for no reports",
         "v=DMARC1; p=none; rua=mailto:dmarc@d.example"),
    ],
)  # fmt: skip
def test_a_dmarc_record_is_quoted_and_mended(
    judge: Judge, records: Sequence[str], severity: str, said: str, mended: str
) -> None:
    _, found, _ = judge(recorded(dmarc=records))
    assert found["S606"][0] == severity
    assert said in found["S606"][1]
    assert all(one in found["S606"][1] for one in records)
    assert published(found["S606"][1]) == mended
    assert judge(recorded(dmarc=[mended]))[1] == {}


@pytest.mark.parametrize(
    ("tags", "code"),
    [("p=none", 0), ("p=quarantine; t=y", 0), ("p=quarantine", 1), ("p=reject; t=y", 1)],
)
def test_a_policy_under_test_is_one_level_lower(judge: Judge, tags: str, code: int) -> None:
    table = recorded(dmarc=[f"v=DMARC1; {tags}; rua=mailto:a@d.example"])
    table |= {"e.example TXT": [SPF], "s1._domainkey.d.example TXT": []}
    options = ("--mail-from", "e.example", "--dkim-selector", "s1")
    got, found, _ = judge(table, *options)
    assert got == code
    assert ("S607" in found) == bool(code)


def test_a_dkim_key_is_quoted_with_the_name_to_publish(judge: Judge) -> None:
    name = "s1._domainkey.d.example"
    _, found, _ = judge(recorded() | {f"{name} TXT": ["v=DKIM1; p="]}, "--dkim-selector", "s1")
    assert f"{name}: the key is revoked (p= is empty); the record: v=DKIM1; p=" in found["S605"][1]
    assert f'publish: {name}. IN TXT "v=DKIM1; k=rsa; p=<' in found["S605"][1]


def test_a_domain_without_mx_names_the_record(judge: Judge) -> None:
    code, found, _ = judge(recorded(mx=["0 ."]))
    assert code == 1
    assert "null MX" in found["S608"][1]
    assert "publish: d.example. IN MX 10 " in found["S608"][1]


def test_everything_is_said_in_japanese(judge: Judge) -> None:
    _, found, _ = judge(recorded(spf=["v=spf1 ptr ?all"], dmarc=[]), "--lang", "ja", *RELAY)
    assert "公開するレコード: d.example. IN TXT" in found["S603"][1]
    assert "公開するレコード: _dmarc.d.example. IN TXT" in found["S606"][1]


FORMATS = ("text", "json", "jsonl", "csv", "junit", "sarif", "github", "gitlab", "markdown", "html")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_the_record_to_publish(judge: Judge, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"report.{form}"
    judge(recorded(spf=["v=spf1 mx +all"], dmarc=[LONG]), "--format", f"{form}={out}", *RELAY)
    text = html.unescape(out.read_text("utf-8")).replace("\\", "")
    assert f"v=spf1 {ADDED} mx ~all" in text
    assert "S606" in text
    assert "u000a" not in text


@pytest.mark.parametrize(
    ("answers", "options", "severity", "said"),
    [
        ({}, (), "info", "unknown: DKIM"),
        ({"_dmarc.d.example TXT": []}, (), "warning", "missing: DMARC\nunknown: DKIM"),
        ({"d.example TXT": ["v=spf1 -all", SPF]}, (), "warning", "missing: SPF\nunknown: DKIM"),
        ({"s1._domainkey.d.example TXT": []}, ("--dkim-selector", "s1"), "warning",
         "missing: DKIM\nalso"),
        ({"s1._domainkey.d.example TXT": [], "e.example TXT": [SPF]},
         ("--dkim-selector", "s1", "--mail-from", "e.example"), "warning",
         "missing: DKIM, DMARC alignment"),
        ({"e.example TXT": [SPF]}, ("--mail-from", "e.example"), "info",
         "unknown: DKIM (name the selector with --dkim-selector), DMARC alignment"),
    ],
)  # fmt: skip
def test_the_duties_of_a_bulk_sender_are_counted_from_the_list(
    judge: Judge,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    answers: Table,
    options: Sequence[str],
    severity: str,
    said: str,
) -> None:
    google = {"gmail.com MX": ["5 mx.d.example"]}
    judge(recorded() | google | dict(answers))
    path = tmp_path / "list.csv"
    path.write_text("email\n" + "".join(f"person{n:05}@gmail.com\n" for n in range(5000)))
    given = ["--dns", str(tmp_path / "dns.json"), "--policy", str(tmp_path / "policy.toml")]
    main(["check", str(path), *given, "--from", "news@d.example", "--format", "json", *options])
    (sender,) = json.loads(capsys.readouterr().out)["senders"]
    (found,) = (one for one in sender["findings"] if one["rule"] == "S609")
    assert found["severity"] == severity
    assert found["detail"].startswith("Google: 5000 contacts make you a bulk sender")
    assert said in found["detail"]


@pytest.mark.parametrize("terms", [20, 200])
def test_a_long_record_of_several_strings_is_read_from_a_server(
    serve: Callable[..., DnsServer], tmp_path: Path, capsys: pytest.CaptureFixture[str], terms: int
) -> None:
    """20 terms make more than 300 bytes over UDP, 200 more than UDP takes at all."""
    ranges = " ".join(f"ip4:10.{number}.0.0/16" for number in range(terms))
    whole = f"v=spf1 {ranges} {ADDED} -all"
    strings = " ".join(f'"{whole[at : at + 100]}"' for at in range(0, len(whole), 100))
    zone = {
        ("d.example", "TXT"): ['"other=1"', strings],
        ("d.example", "MX"): ["10 mx.d.example."],
        ("mx.d.example", "A"): ["8.8.8.8"],
        ("_dmarc.d.example", "TXT"): [f'"{DMARC}"'],
    }
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY)
    given = ["--dns", serve({**CANARIES, **zone}).source, "--dns-cache", "off", *RELAY]
    code = main(["sender", "news@d.example", "--policy", str(policy), "--format", "json", *given])
    (sender,) = json.loads(capsys.readouterr().out)["senders"]
    assert (code, sender["findings"]) == (0, [])
    assert sender["facts"]["spf"] == whole
