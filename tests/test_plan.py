"""A sending plan: who is mailed on which day, and the lists that are written for it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.cli.main import main
from listhygiene.planning import assign_days
from report_samples import POLICY, SAMPLES

CAMPAIGN = str(SAMPLES / "spring_campaign.csv")


def plan(*options: str, path: str = CAMPAIGN) -> int:
    return main(["plan", path, "-q", "--policy", POLICY, "--lang", "en", *options])


def days(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert plan("--format", "json", *options) == 0
    loaded: dict[str, Any] = json.loads(capsys.readouterr().out)
    return loaded


def test_the_send_verdicts_are_split_into_days(capsys: pytest.CaptureFixture[str]) -> None:
    found = days(capsys, "--per-day", "60")
    assert [one["contacts"] for one in found["days"]] == [60, 60, 60, 60, 22]
    assert [one["date"] for one in found["days"][:2]] == ["2026-11-23", "2026-11-24"]
    assert found["contacts"] == 262
    assert found["left_out"] == {"review": 16, "hold": 22}
    assert all(sum(one["providers"].values()) == one["contacts"] for one in found["days"])


def test_the_freshest_contacts_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    found = days(capsys, "--per-day", "60")
    since = [one["last_mailed_since"] for one in found["days"]]
    assert since == sorted(since, reverse=True)


def test_a_provider_gets_no_more_than_its_share_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    found = days(capsys, "--per-day", "100", "--per-provider", "7")
    assert found["contacts"] == 262
    assert max(max(one["providers"].values()) for one in found["days"]) == 7


def test_the_provider_is_who_receives_the_mail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {
        f"{name} MX": {"status": "ok", "texts": [f"10 {host}"], "ttl": 60}
        for name, host in {
            "firm-a.example": "aspmx.l.google.com",
            "firm-b.example": "alt1.aspmx.l.google.com",
            "firm-c.example": "firm-c.mail.protection.outlook.com",
            "firm-d.example": "mx.firm-d.co.jp",
        }.items()
    }
    for one in answers.values():
        host = str(one["texts"][0]).split()[1]  # type: ignore[index]
        answers_a = {"status": "ok", "texts": ["8.8.8.8"], "ttl": 60}
        answers = {**answers, f"{host} A": answers_a}
    dns = tmp_path / "dns.json"
    dns.write_text(json.dumps({"schema": 1, "canaries": [], "answers": answers}), encoding="utf-8")
    lines = ["email,last mailed"]
    lines += [
        f"{name}@firm-{firm}.example,2026-10-01" for firm in "abcd" for name in ("ann", "bob")
    ]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    arguments = ["--per-day", "50", "--dns", str(dns), "--format", "json"]
    assert plan(*arguments, path=str(path)) == 0
    providers = json.loads(capsys.readouterr().out)["days"][0]["providers"]
    assert providers == {"google.com": 4, "outlook.com": 2, "firm-d.co.jp": 2}


def test_without_dns_the_provider_is_the_operator_of_the_domain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "list.csv"
    rows = ["annabel@gmail.com", "boris.b@docomo.ne.jp", "cy@shop.test", "di@shop.test"]
    path.write_text("\n".join(["email", *rows]), encoding="utf-8")
    assert plan("--per-day", "9", "--dns", "off", "--format", "json", path=str(path)) == 0
    providers = json.loads(capsys.readouterr().out)["days"][0]["providers"]
    assert providers == {"shop.test": 2, "Google": 1, "NTT DOCOMO": 1}


def test_the_batches_are_lists_of_the_same_format(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    assert plan("--per-day", "60", "-o", str(folder)) == 0
    files = sorted(folder.iterdir())
    names = [f"spring_campaign.day-0{day}.csv" for day in range(1, 6)]
    assert [one.name for one in files] == names
    texts = [one.read_bytes().decode("cp932").split("\r\n") for one in files]
    assert {text[0] for text in texts} == {texts[0][0]}
    assert "メールアドレス" in texts[0][0]
    rows = [line for text in texts for line in text[1:] if line]
    assert len(rows) == len(set(rows)) == 262
    assert "closed-shop" not in "".join(rows)
    assert any("shinji.abe@aoba-shokai.example" in row and "<" not in row for row in rows)


def test_a_batch_may_be_checked_again_and_is_open(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    plan("--per-day", "200", "-o", str(folder))
    for file in sorted(folder.iterdir()):
        assert main(["check", str(file), "-q", "--policy", POLICY]) == 0


def test_workbooks_stay_workbooks(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    path = str(SAMPLES / "spring_campaign.xlsx")
    assert plan("--per-day", "9", "-o", str(folder), path=path) == 0
    files = sorted(folder.iterdir())
    assert {one.suffix for one in files} == {".xlsx"}
    assert all(openpyxl.load_workbook(one).sheetnames for one in files)


def test_an_earlier_plan_is_not_mixed_with_a_new_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "plan"
    plan("--per-day", "60", "-o", str(folder))
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    assert plan("--per-day", "100", "-o", str(folder)) == 2
    assert "an earlier plan stands there" in capsys.readouterr().err
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_the_number_a_day_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan() == 2
    said = capsys.readouterr().err
    assert "--per-day" in said
    assert "sender.per_day" in said


def test_the_policy_may_say_the_number_a_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = Path(POLICY).read_text("utf-8").replace('"dns.json"', f"{str(SAMPLES / 'dns.json')!r}")
    text = text.replace('"blocklist.csv"', f"{str(SAMPLES / 'blocklist.csv')!r}")
    policy = tmp_path / "policy.toml"
    policy.write_text(f"{text}\n[sender]\nper_day = 131\n", encoding="utf-8")
    assert main(["plan", CAMPAIGN, "--policy", str(policy), "--format", "json", "-q"]) == 0
    assert [one["contacts"] for one in json.loads(capsys.readouterr().out)["days"]] == [131, 131]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--per-day", "0"], 2, "--per-day"),
        (["--per-day", "5", "--blocklist", "nowhere/at/all.db"], 3, "no plan can be made"),
    ],
)
def test_what_cannot_be_planned_is_told(
    options: list[str], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plan(*options) == code
    assert said in capsys.readouterr().err


def test_a_plan_of_years_is_taken_for_a_slip(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "long.csv"
    rows = [f"ann{number}@aoba-shokai.example,2026-10-01" for number in range(401)]
    path.write_text("\n".join(["email,last mailed", *rows]), encoding="utf-8")
    assert plan("--per-day", "1", path=str(path)) == 2
    assert "401 days" in capsys.readouterr().err


def test_a_list_that_holds_nobody_to_mail_has_an_empty_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert plan("--per-day", "5", path=str(SAMPLES / "swapped_columns.csv")) == 0
    assert "0 contacts in 0 days" in capsys.readouterr().out


def test_no_address_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    plan("--per-day", "60")
    plan("--per-day", "60", "--format", "json")
    assert "@" not in capsys.readouterr().out


@given(
    st.lists(st.integers(0, 3), max_size=60),
    st.integers(1, 9),
    st.integers(0, 4),
)
def test_no_day_holds_too_many_and_nobody_waits_without_need(
    providers: list[int], per_day: int, per_provider: int
) -> None:
    found = assign_days(np.array(providers, dtype=np.int64), per_day, per_provider)
    limit = per_provider or len(providers) + 1
    for number, (provider, day) in enumerate(zip(providers, found, strict=True)):
        earlier = list(zip(providers[:number], found[:number], strict=True))
        for before in range(1, day):
            full = sum(1 for _, it in earlier if it == before) == per_day
            served = sum(1 for it in earlier if it == (provider, before)) == limit
            assert full or served
    assert all(count <= per_day for count in Counter(found.tolist()).values())
    assert all(count <= limit for count in Counter(zip(providers, found, strict=True)).values())
