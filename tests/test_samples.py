"""The samples show every rule, close and open the gate as they say, and need no network."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from listhygiene.cli.main import main
from listhygiene.rules import catalogue

SAMPLES = Path(__file__).parent.parent / "sample_data"
POLICY = ["--policy", str(SAMPLES / "listhygiene.toml")]
CAMPAIGN = ("spring_campaign.csv", "spring_campaign.xlsx")
SMALL = ("no_header.csv", "no_email_column.csv", "swapped_columns.csv")
DOUBTFUL = "ambiguous_dates.csv"
SENDERS = {
    "sample@umi-travel.test": {"S602", "S605", "S606"},
    "shop@yahoo.com": {"S601", "S604", "S607"},
    "news@kaede-print.example": {"S603"},
    "news@refuses-mail.example": {"S608"},
}


def report_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    code = main([*arguments, *POLICY, "--format", "json", "--quiet"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", [*CAMPAIGN, *SMALL])
def test_the_campaign_closes_the_gate(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = report_of(capsys, "check", str(SAMPLES / name))
    assert code == 1
    assert report["gate"]["decision"] == "closed"


def test_the_clean_list_opens_it(capsys: pytest.CaptureFixture[str]) -> None:
    code, report = report_of(capsys, "check", str(SAMPLES / "clean_list.csv"))
    assert code == 0
    assert report["lists"][0]["verdicts"] == {"send": 30, "review": 0, "hold": 0}


def test_together_they_show_every_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lists, with a sender, with what was cleaned, and with a blocklist somebody decided on."""
    campaign, cleaned, blocks = str(SAMPLES / CAMPAIGN[0]), tmp_path / "c.csv", tmp_path / "b.db"
    own = ["--blocklist", str(blocks)]
    allowed = "akira.blocked@aoba-shokai.example"
    for command in (
        ["clean", campaign, "-o", str(cleaned), "--accept", "T204", "--quiet", *POLICY],
        ["blocklist", "import", str(SAMPLES / "blocklist.csv"), *own],
        ["blocklist", "allow", allowed, "--reason", "called", "--by", "Sales", *own],
    ):
        assert main(command) == 0
    capsys.readouterr()
    runs = [[str(SAMPLES / name)] for name in (*CAMPAIGN, *SMALL, DOUBTFUL)]
    runs += [[campaign, "--from", "news@aoba-shokai.example"], [str(cleaned)], [campaign, *own]]
    shown: set[str] = set()
    for run in runs:
        shown |= set(report_of(capsys, "check", *run)[1]["lists"][0]["counts"])
    lists = {code for code, one in catalogue().items() if one.table != "senders"}
    assert lists - shown == set()


@pytest.mark.parametrize("address", SENDERS)
def test_the_senders_show_what_is_missing(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    extra = ["--platform", "zoho-crm-jp"]
    extra += ["--dkim-selector", "s1"] if "umi-travel" in address else []
    code, report = report_of(capsys, "sender", address, *extra)
    assert SENDERS[address] <= {one["rule"] for one in report["senders"][0]["findings"]}
    assert code == 1


def test_a_sender_in_order_opens_the_gate(capsys: pytest.CaptureFixture[str]) -> None:
    extra = ["--platform", "zoho-crm-jp"]
    code, report = report_of(capsys, "sender", "news@aoba-shokai.example", *extra)
    assert (code, report["senders"][0]["findings"]) == (0, [])


def test_the_samples_hold_no_real_address() -> None:
    """At a real provider's domain stand only local parts that say what they are."""
    text = (SAMPLES / "spring_campaign.csv").read_bytes().decode("cp932")
    found = re.findall(r"([\w.+-]+)@((?:[\w-]+\.)+(?:com|jp))\b", text)
    assert found
    assert all("sample" in local or local in ("demo", "yuto") for local, _ in found), found
