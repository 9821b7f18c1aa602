"""The rate as a person reads it: the answer first, and nothing guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from listhygiene.cli.main import main

SENT = {
    "early": ("2026-09-15", 1000),
    "autumn": ("2026-10-26", 400),
    "winter": ("2026-11-14", 3000),
}


def notice(campaign: str, number: int, day: str) -> dict[str, object]:
    """One bounce as SendGrid tells it."""
    from datetime import UTC, datetime

    at = int(datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC).timestamp())
    reason = "550 5.1.1 user unknown" if campaign == "autumn" else "452 4.2.2 mailbox full"
    named = {"category": [campaign]} if campaign else {}
    return {
        "event": "bounce", "email": f"u{number}@corp-one.co.jp", "timestamp": at,
        "sg_event_id": f"{campaign}-{number}", "status": reason[4:9], "reason": reason, **named,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def bounced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three campaigns came back in part, the second one with 30 of its 400."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocks.db"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    found = [notice("early", number, "2026-09-16") for number in range(5)]
    found += [notice("autumn", number, "2026-10-27") for number in range(30)]
    found += [notice("winter", number, "2026-11-15") for number in range(20)]
    Path("events.json").write_text(json.dumps([*found, notice("", 99, "2026-11-01")]), "utf-8")
    assert main(["bounces", "add", "events.json", "--quiet"]) == 0
    capsys.readouterr()


def tell(campaign: str, *words: str) -> None:
    """Say how many a campaign was sent to."""
    assert main(["bounces", "sent", campaign, "--quiet", *words]) == 0


def tell_all() -> None:
    for campaign, (day, number) in SENT.items():
        tell(campaign, "--count", str(number), "--at", day)


def report(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    capsys.readouterr()
    assert main(["bounces", "report", "--lang", "en", *words]) == 0
    return capsys.readouterr().out


def test_one_campaign_over_the_line_is_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    tell_all()
    line = "1 of 3 campaigns is over the line of 5.0%; all together 1.2% of 4,400 sent bounced."
    assert report(capsys).splitlines()[0] == line
    page = report(capsys, "--format", "html")
    assert line in page
    assert '<header class="is-closed">' in page


def test_no_campaign_over_the_line_is_green(capsys: pytest.CaptureFixture[str]) -> None:
    tell_all()
    tell("autumn", "--count", "4000")
    page = report(capsys, "--format", "html")
    assert "The bounce rate is 0.7% of 8,000 sent: within the line of 5.0%." in page
    assert '<header class="is-open">' in page


def test_one_over_the_line_is_told_while_others_are_unknown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell("autumn", "--count", "400")
    first = report(capsys).splitlines()[0]
    assert first == "1 of 3 campaigns is over the line of 5.0%; the rate of others is not known."


def test_the_japanese_page_holds_no_english(capsys: pytest.CaptureFixture[str]) -> None:
    tell_all()
    page = report(capsys, "--format", "html", "--lang", "ja")
    assert "初期値" in page
    for english in ("(default)", ">first<", ">last<", "over the line"):
        assert english not in page


@pytest.mark.parametrize(
    ("words", "day"),
    [
        (["--count", "400"], "2026-10-27"),  # no date told: that of its first bounce
        (["--count", "400", "--at", "2026-10-25"], "2026-10-25"),
    ],
)
def test_the_day_of_a_campaign_is_not_guessed(
    words: list[str], day: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tell("autumn", *words)
    tell("autumn", "--count", "500")  # corrects the number, not the day
    found = json.loads(report(capsys, "--format", "json"))
    (row,) = [one for one in found["campaigns"] if one["campaign"] == "autumn"]
    assert (row["at"][:10], row["sent"]) == (day, 500)


def test_a_campaign_without_bounces_is_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    tell("spring", "--count", "10", "--as-of", "2026-11-20")
    found = json.loads(report(capsys, "--format", "json"))
    assert found["campaigns"][-1]["campaign"] == "spring"
    assert found["campaigns"][-1]["at"].startswith("2026-11-20")


def test_more_bounced_than_were_sent_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell("autumn", "--count", "10")
    told = "More bounced than were sent; correct the number: autumn."
    assert told in report(capsys)
    assert told in report(capsys, "--format", "html")
    assert json.loads(report(capsys, "--format", "json"))["sent_too_few"] == ["autumn"]
