"""What the history teaches: the projected bounce rate of a list like one that was sent before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from listhygiene.cli.main import main

DOMAIN = "corp-one.co.jp"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocks.db"))


def write_list(path: str, stale: int, fresh: int, codes: bool = False) -> str:
    """Write contacts last mailed long before the summer, and in the autumn, of 2026."""
    rows = [f"s{n}@{DOMAIN},2026-01-05,C511 T202" for n in range(stale)]
    rows += [f"f{n}@{DOMAIN},2026-09-01," for n in range(fresh)]
    header = "email,Last Mailed,listhygiene_codes"
    keep = 3 if codes else 2
    lines = [",".join(one.split(",")[:keep]) for one in (header, *rows)]
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def bounce(number: int) -> None:
    rows = [f"s{n}@{DOMAIN},permanent,550 5.1.1 user unknown,spring" for n in range(number)]
    Path("b.csv").write_text("\n".join(["email,type,reason,campaign", *rows]), encoding="utf-8")
    assert main(["bounces", "add", "b.csv", "--quiet"]) == 0


def projected(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    Path("next.csv").write_text(
        f"email,Last Mailed\na@{DOMAIN},2026-01-05\nb@{DOMAIN},2026-11-01\n", encoding="utf-8"
    )
    capsys.readouterr()
    day = ["--as-of", "2026-11-23"]
    main(["check", "next.csv", "--dns", "off", *day, "--format", "json", *words])
    found: dict[str, object] = json.loads(capsys.readouterr().out)["lists"][0]["projected_bounce"]
    return found


@pytest.mark.parametrize("codes", [False, True])
def test_stale_contacts_count_as_much_as_they_bounced_before(
    codes: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    bounce(30)
    assert projected(capsys)["ceiling"] == 0.5
    path = write_list("spring.csv", 300, 100, codes)
    assert main(["bounces", "sent", "spring", "--list", path, "--at", "2026-10-01"]) == 0
    found = projected(capsys)
    assert found["ceiling"] == pytest.approx(0.05)
    assert found["upper_bound"] is False


def test_a_baseline_does_not_forget_the_history(capsys: pytest.CaptureFixture[str]) -> None:
    bounce(30)
    path = write_list("spring.csv", 300, 100)
    assert main(["bounces", "sent", "spring", "--list", path, "--at", "2026-10-01"]) == 0
    projected(capsys, "--write-baseline", "base.toml")
    assert projected(capsys, "--baseline", "base.toml")["ceiling"] == pytest.approx(0.05)


def test_a_short_history_teaches_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    bounce(30)
    path = write_list("spring.csv", 150, 100)
    assert main(["bounces", "sent", "spring", "--list", path, "--at", "2026-10-01"]) == 0
    found = projected(capsys)
    assert (found["ceiling"], found["upper_bound"]) == (0.5, True)


def test_staleness_is_that_of_the_day_of_sending(capsys: pytest.CaptureFixture[str]) -> None:
    bounce(30)
    path = write_list("spring.csv", 300, 100)
    assert main(["bounces", "sent", "spring", "--list", path, "--at", "2026-03-01"]) == 0
    assert projected(capsys)["ceiling"] == 0.5


def test_what_the_history_does_not_know_stays_an_upper_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    bounce(30)
    path = write_list("spring.csv", 300, 0)
    assert main(["bounces", "sent", "spring", "--list", path, "--at", "2026-10-01"]) == 0
    assert main(["blocklist", "block", f"b@{DOMAIN}", "--type", "temporary", "--reason", "x"]) == 0
    found = projected(capsys)
    assert (found["ceiling"], found["upper_bound"]) == (pytest.approx(0.55), True)


@pytest.mark.parametrize(
    ("cause", "floor"),
    [("P3", 0.5), ("P2", 0.5), ("P4", 0.0), ("P9", 0.0), ("T4", 0.0)],
)
def test_whatever_is_blocked_may_bounce_but_not_all_of_it_is_certain(
    cause: str, floor: float, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["blocklist", "block", f"b@{DOMAIN}", "--cause", cause, "--reason", "x"]) == 0
    found = projected(capsys)
    assert (found["floor"], found["ceiling"]) == (floor, 1.0)
