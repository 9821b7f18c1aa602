"""Every format tells the same, to its own reader, and tells no address unasked."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import numpy as np
import pandas as pd
import pytest

from listhygiene.cli.main import main
from listhygiene.formulas import is_formula
from listhygiene.model.errors import UsageError
from listhygiene.model.report import Gate, Report
from listhygiene.reports import formats, render
from listhygiene.reports.options import Presentation
from report_samples import CANARY, POLICY, SAMPLES, SENDER, campaign, canaries

SCHEMA = Path(__file__).parents[1] / "docs" / "report.schema.json"
HOW = Presentation()


@pytest.fixture(scope="module")
def report() -> Report:
    return campaign()


def rendered(report: Report, name: str, **how: Any) -> Any:
    return json.loads(render(report, name, Presentation(**how)))


def test_the_formats_of_the_contract_are_there() -> None:
    wanted = "text json jsonl csv junit sarif github gitlab markdown html".split()
    assert set(wanted) <= set(formats())


@pytest.mark.parametrize("name", formats())
def test_every_format_tells_the_decision_or_the_findings(report: Report, name: str) -> None:
    text = render(report, name, HOW)
    assert text.endswith("\n")
    assert "A301" in text
    if name not in ("csv", "gitlab"):
        assert "closed" in text.lower()


@pytest.mark.parametrize("name", formats())
def test_no_format_tells_an_address_unasked(name: str, tmp_path: Path) -> None:
    text = render(canaries(tmp_path), name, HOW)
    assert CANARY[1:] not in text


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "html"])
def test_addresses_are_told_when_asked(name: str, tmp_path: Path) -> None:
    text = render(canaries(tmp_path), name, Presentation(show_addresses=True))
    assert f"{CANARY}1@aoba-shokai.example" in text


@pytest.mark.parametrize("name", formats())
def test_no_format_tells_a_password(report: Report, name: str) -> None:
    policy = {**report.policy, "blocklist.url": "postgresql://ann:s3cret-word@db.example/lists"}
    text = render(dataclasses.replace(report, policy=policy), name, HOW)
    assert "s3cret-word" not in text


def test_an_unknown_format_names_the_nearest(report: Report) -> None:
    with pytest.raises(UsageError, match="junit"):
        render(report, "junitt", HOW)


@pytest.mark.parametrize("show", [False, True])
def test_json_keeps_to_its_schema(report: Report, show: bool, tmp_path: Path) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for one in (report, canaries(tmp_path)):
        jsonschema.validate(rendered(one, "json", show_addresses=show), schema)


def test_json_lists_every_contact_where_addresses_are_shown(report: Report) -> None:
    assert "contacts" not in rendered(report, "json")["lists"][0]
    one = rendered(report, "json", show_addresses=True)["lists"][0]
    assert len(one["contacts"]) == one["rows"]
    held = [it for it in one["contacts"] if it["verdict"] == "hold"]
    assert len(held) == one["verdicts"]["hold"]
    assert all(it["rules"] for it in held)


def test_a_reason_says_measure_limit_policy_line_and_way_out(tmp_path: Path) -> None:
    text = Path(POLICY).read_text("utf-8").replace('"dns.json"', f'"{SAMPLES / "dns.json"}"')
    policy = tmp_path / "strict.toml"
    policy.write_text(f"{text}\n[gate]\nhold = 3\n", encoding="utf-8")
    out = tmp_path / "report.json"
    code = run(tmp_path, "--policy", str(policy), "--format", f"json={out}", "--blocklist", BLOCKS)
    explained = json.loads(out.read_text("utf-8"))["gate"]["explained"]
    held = next(one for one in explained if one["policy"] == "gate.hold")
    line = text.count("\n") + 3
    assert code == 1
    assert "contacts on hold" in held["measure"]
    assert (held["limit"], held["origin"]) == ("3", f"{policy}, line {line}")
    assert "listhygiene clean" in held["remedy"]
    assert "--only send" in held["remedy"]
    assert next(one for one in explained if one["policy"] != "gate.hold")["origin"] == "default"


BLOCKS = str(SAMPLES / "blocklist.csv")


def run(folder: Path, *arguments: str) -> int:
    return main(["check", str(SAMPLES / "spring_campaign.csv"), "-q", *arguments])


def test_jsonl_ends_with_the_gate(report: Report) -> None:
    lines = [json.loads(line) for line in render(report, "jsonl", HOW).splitlines()]
    assert lines[-1]["gate"] == "closed"
    assert len(lines) - 1 == len(report.lists[0].findings)
    assert all({"list", "line", "rule", "severity"} <= set(one) for one in lines[:-1])


def test_junit_has_a_suite_a_list_and_a_case_a_rule(report: Report) -> None:
    root = ET.fromstring(render(report, "junit", HOW).encode("utf-8"))
    suites = root.findall("testsuite")
    rules = list(report.rules.values())
    senders = [one for one in rules if one.table == "senders"]
    assert [len(one) for one in suites] == [len(rules) - len(senders), len(senders), 1]
    for suite in [root, *suites]:
        found = suite.iter("testcase")
        counts = {"tests": 0, "failures": 0, "skipped": 0}
        for case in found:
            counts["tests"] += 1
            counts["failures"] += case.find("failure") is not None
            counts["skipped"] += case.find("skipped") is not None
        assert all(int(suite.get(name, count)) == count for name, count in counts.items())
    failed = {one.get("name", "")[:4] for one in suites[0] if one.find("failure") is not None}
    found = report.lists[0].findings
    assert failed == set(found.loc[(found["severity"] == "error").to_numpy(), "rule"].astype(str))


def test_junit_passes_no_sender_rule_that_nobody_could_ask(tmp_path: Path) -> None:
    junit = tmp_path / "report.xml"
    wanted = ["--dns", "off", "--from", "news@aoba.example", "--format", f"junit={junit}"]
    run(tmp_path, *wanted)
    suite = ET.parse(junit).getroot()[1]
    skipped = {str(one.get("name"))[:4] for one in suite if one.find("skipped") is not None}
    assert skipped >= {"S602", "S603", "S604", "S605", "S606", "S607"}


def test_junit_stays_xml_whatever_a_list_is_called(report: Report) -> None:
    text = render(named(report, "<a>&\"'\x00\x1b\ud800\ufffe]]>.csv"), "junit", HOW)
    suite = ET.fromstring(text.encode("utf-8")).find("testsuite")
    assert suite is not None
    assert suite.get("name") == "<a>&\"'\\u0000\\u001b\\ud800\\ufffe]]>.csv"


SARIF = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
"""The schema of SARIF 2.1.0 (OASIS)."""


def test_sarif_is_as_its_standard_says(report: Report) -> None:
    document = rendered(report, "sarif")
    jsonschema.validate(document, SARIF)
    run = document["runs"][0]
    rules = {one["id"] for one in run["tool"]["driver"]["rules"]}
    assert {one["ruleId"] for one in run["results"]} <= rules
    assert len(run["results"]) == len(report.lists[0].findings) + len(report.senders[0].findings)


def many(report: Report, number: int) -> Report:
    """Give the report's list so many findings of each of its rules."""
    one = report.lists[0]
    rules = one.findings.drop_duplicates("rule")
    found = pd.concat([rules] * number, ignore_index=True).sort_values("row", ignore_index=True)
    return dataclasses.replace(report, lists=(dataclasses.replace(one, findings=found),))


def test_sarif_counts_by_rule_where_an_upload_would_be_cut(report: Report) -> None:
    big = many(report, 300)
    document = rendered(big, "sarif")
    jsonschema.validate(document, SARIF)
    run = document["runs"][0]
    assert len(big.lists[0].findings) > 5000
    assert len(run["results"]) < 100
    assert run["properties"]["truncated"] is True
    assert any("300" in one["message"]["text"] for one in run["results"])


def test_github_shows_at_most_ten_of_a_kind_and_says_how_many_are_left(report: Report) -> None:
    lines = render(report, "github", HOW).splitlines()
    for kind in ("error", "warning", "notice"):
        here = [line for line in lines if line.startswith(f"::{kind}")]
        assert 0 < len(here) <= 10
    errors = report.lists[0].findings.query("severity == 'error'")["rule"].nunique() + 1
    assert f"::error::and {errors - 9} more; see the report" in lines


def named(report: Report, path: str) -> Report:
    """Give the report's list another path."""
    one = report.lists[0]
    listing = dataclasses.replace(one.contacts.listing, path=path)
    contacts = dataclasses.replace(one.contacts, listing=listing)
    return dataclasses.replace(report, lists=(dataclasses.replace(one, contacts=contacts),))


def test_github_commands_cannot_be_broken_out_of(report: Report) -> None:
    text = render(named(report, "a,title=x::b\n::error::owned%.csv"), "github", HOW)
    assert all(line.startswith(("::error", "::warning", "::notice")) for line in text.splitlines())
    assert "::error::owned" not in text
    assert "file=a%2Ctitle=x%3A%3Ab%0A%3A%3Aerror%3A%3Aowned%25.csv," in text


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_each_severity_of_a_rule_is_counted_by_itself(report: Report, name: str) -> None:
    found = report.lists[0].findings.groupby(["rule", "severity"], observed=True).size()
    several = [code for code in report.rules if len(found.get(code, [])) > 1]
    assert several, "no rule of the sample weighs its findings differently"
    text = render(report, name, HOW)
    for code in several:
        for severity, count in found[code].items():
            told = re.search(rf"\b{severity}\W+{code}\b.*?\b{count}\b", text)
            assert told, (code, severity, count)


def test_gitlab_entries_have_the_fields_gitlab_reads(report: Report) -> None:
    entries = rendered(report, "gitlab")
    marks = [one["fingerprint"] for one in entries]
    groups = report.lists[0].findings[["rule", "severity"]].drop_duplicates()
    assert len(set(marks)) == len(marks) == len(groups)
    for one in entries:
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["description"]
        assert one["check_name"]
        place = one["location"]
        assert place.get("lines", place.get("positions", {}).get("begin"))
    assert rendered(many(report, 2), "gitlab")[0]["fingerprint"] in marks


def test_csv_cells_are_inert_in_a_spreadsheet(report: Report) -> None:
    hostile = named(report, "=HYPERLINK(1).csv")
    rows = list(csv.reader(io.StringIO(render(hostile, "csv", HOW), newline="")))
    assert len(rows) - 1 == len(report.lists[0].findings)
    assert not [cell for row in rows for cell in row if is_formula(cell)]
    assert rows[1][0] == "'=HYPERLINK(1).csv"


def test_markdown_of_a_hostile_name_is_only_text(report: Report) -> None:
    text = render(named(report, "<img src=x>|`a`[b](c)@octocat\n# d"), "markdown", HOW)
    heading = next(line for line in text.splitlines() if line.startswith("### "))
    for sign in "<|`[]@":
        assert not re.search(rf"(?<!\\){re.escape(sign)}", heading)
    assert "\n# d" not in text


@pytest.mark.parametrize("name", ["text", "markdown", "github", "junit", "html"])
def test_no_format_passes_on_what_steers_a_terminal(report: Report, name: str) -> None:
    text = render(named(report, "a\x1b[2J\x07\u202eb.csv"), name, HOW)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_several_formats_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    junit, page = tmp_path / "report.xml", tmp_path / "report.html"
    wanted = ["--format", "text", "--format", f"junit={junit}", "--format", f"html={page}"]
    code = run(tmp_path, "--policy", POLICY, *wanted)
    assert code == 1
    assert capsys.readouterr().out.startswith(("CLOSED", "送信"))
    assert ET.parse(junit).getroot().tag == "testsuites"
    assert "</html>" in page.read_text("utf-8")


def test_two_formats_on_one_stream_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(SAMPLES, "--policy", POLICY, "--format", "text", "--format", "json")
    assert code == 2
    assert "two formats" in capsys.readouterr().err


def test_nothing_is_written_where_one_format_is_unknown(tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    code = run(tmp_path, "--policy", POLICY, "--format", f"json={out}", "--format", "htmll=x")
    assert code == 2
    assert not out.exists()


def test_an_empty_report_has_every_format(report: Report) -> None:
    empty = dataclasses.replace(report, lists=(), senders=(), skipped={})
    for name in formats():
        assert render(empty, name, HOW)
    assert report.decision.gate == Gate.CLOSED
    assert SENDER not in render(report, "json", HOW)
    assert np.all(report.lists[0].findings["row"] >= -1)
