"""The gate: what closes it, what leaves it undecided, and that a proven closed outranks that."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from listhygiene import check, load_policy
from listhygiene.dns.canary import Trial
from listhygiene.dns.recorded import Recorded
from listhygiene.model.answer import Answer, MailAnswer, Records, Status
from listhygiene.model.command import shell_word
from listhygiene.model.errors import PolicyError
from listhygiene.model.report import Gate, Report
from listhygiene.policy import Amount, Policy


class Told:
    """A source of DNS answers that says what a test tells it; no answer is unknown."""

    def __init__(self, answers: Mapping[str, str], failed: str = "") -> None:
        self.answers, self.why = answers, failed

    def mail(self, domains: Any, progress: Any = None) -> dict[str, MailAnswer]:
        return {
            one: MailAnswer(one, Answer(self.answers.get(one, "unknown")), ("mx.test",), False)
            for one in domains
        }

    def query(self, questions: Any, progress: Any = None) -> dict[Any, Records]:
        return {one: Records(Status.NXDOMAIN) for one in questions}

    def failed(self) -> str:
        return self.why

    def close(self) -> None:
        """Nothing is open."""


def policy(**changes: Any) -> Policy:
    lines = {"as_of": "2026-11-23", "domains.treat_as_real": ["test"]}
    lines |= {key.replace("__", "."): value for key, value in changes.items()}
    made = {key: (value, "test") for key, value in lines.items()}
    return load_policy(None, folder="/nonexistent", changes=made)


def contacts(good: int = 0, gone: int = 0, silent: int = 0, stale: int = 0) -> pd.DataFrame:
    rows = [(f"a{n}@good.test", "2026-11-01") for n in range(good)]
    rows += [(f"b{n}@gone.test", "2026-11-01") for n in range(gone)]
    rows += [(f"c{n}@silent.test", "2026-11-01") for n in range(silent)]
    rows += [(f"d{n}@good.test", "2026-01-01") for n in range(stale)]
    return pd.DataFrame(rows, columns=["Email", "Last Mailed"])


def judged(frame: pd.DataFrame, failed: str = "", **changes: Any) -> Report:
    told = Told({"good.test": "mx", "gone.test": "nxdomain"}, failed)
    return check(frame, policy(**changes), lookup=told)


@pytest.mark.parametrize(
    ("frame", "changes", "gate"),
    [
        (contacts(good=10), {}, Gate.OPEN),
        (contacts(good=99, gone=1), {}, Gate.CLOSED),
        (contacts(good=99, gone=1), {"gate__hold": 1}, Gate.OPEN),
        (contacts(good=99, gone=1), {"gate__hold": "1%"}, Gate.OPEN),
        (contacts(good=98, gone=2), {"gate__hold": "1%"}, Gate.CLOSED),
        # 5 % reaches the line of 5 %, whatever else is allowed
        (contacts(good=95, gone=5), {"gate__hold": "off"}, Gate.CLOSED),
        (contacts(good=96, gone=4), {"gate__hold": "off"}, Gate.OPEN),
        (contacts(good=95, gone=5), {"gate__hold": "off", "gate__bounce_floor": "off"}, Gate.OPEN),
        (contacts(good=95, gone=5), {"gate__hold": "off", "gate__bounce_floor": 5}, Gate.CLOSED),
        (contacts(good=95, gone=5), {"gate__hold": "off", "gate__bounce_floor": 6}, Gate.OPEN),
        (contacts(good=95, gone=5), {"gate__hold": "off", "gate__bounce_floor": 0}, Gate.CLOSED),
        (contacts(good=95), {"gate__bounce_floor": 0}, Gate.OPEN),
        (contacts(good=95), {"gate__bounce_floor": "0%"}, Gate.OPEN),
        # a rule that is off makes no mail arrive
        (contacts(good=95, gone=5), {"rules__D401": "off"}, Gate.CLOSED),
        (contacts(good=95, gone=5), {"rules__ignore": ["D"]}, Gate.CLOSED),
        (contacts(good=95, gone=5), {"rules__select": ["A"]}, Gate.CLOSED),
        (contacts(good=96, gone=4), {"rules__select": ["A"]}, Gate.OPEN),
        # nothing was looked at
        (contacts(good=5), {"rules__select": ["S"]}, Gate.UNDECIDED),
        (contacts(good=5), {"rules__ignore": ["A", "C", "D", "H", "T"]}, Gate.UNDECIDED),
        (contacts(good=993, stale=7), {"rules__C511": {"max": "0.7%"}}, Gate.OPEN),
        # one in a hundred unanswered is allowed, two are not
        (contacts(good=99, silent=1), {}, Gate.OPEN),
        (contacts(good=98, silent=2), {}, Gate.UNDECIDED),
        (contacts(good=98, silent=2), {"dns__max_unknown": "2%"}, Gate.OPEN),
        (contacts(good=98, silent=2), {"rules__D404": "off"}, Gate.UNDECIDED),
        (contacts(good=90, silent=9, gone=1), {}, Gate.CLOSED),
        (contacts(stale=10), {}, Gate.OPEN),
        (contacts(stale=10), {"gate__review": 0}, Gate.CLOSED),
        (contacts(good=5, stale=5), {"rules__C511": {"max": "50%"}}, Gate.OPEN),
        (contacts(good=4, stale=6), {"rules__C511": {"max": "50%"}}, Gate.CLOSED),
        (
            contacts(good=9, gone=1),
            {"rules__D401": "warning", "gate__bounce_floor": "off"},
            Gate.OPEN,
        ),
        (contacts(), {}, Gate.CLOSED),
        (contacts(), {"gate__empty": "open"}, Gate.OPEN),
        (contacts(good=3).rename(columns={"Email": "Who"}), {"rules__H104": "off"}, Gate.OPEN),
        (contacts(good=3)[["Last Mailed"]], {}, Gate.CLOSED),
    ],
)
def test_the_decision(frame: pd.DataFrame, changes: dict[str, Any], gate: Gate) -> None:
    report = judged(frame, **changes)
    assert report.decision.gate == gate, [str(one) for one in report.decision.reasons]


def test_a_failed_canary_leaves_it_undecided_and_says_why() -> None:
    report = judged(contacts(good=10), failed="the resolver answers for names that do not exist")
    assert report.decision.gate == Gate.UNDECIDED
    assert "names that do not exist" in str(report.decision.reasons[0])


def test_every_reason_names_measure_limit_policy_line_and_remedy() -> None:
    report = judged(contacts(good=80, gone=15, silent=5))
    for one in report.decision.reasons:
        assert all((one.measure, one.limit, one.key, one.remedy))


def test_the_projection_counts_what_is_certain_and_what_may_be() -> None:
    rate = judged(contacts(good=80, gone=10, silent=6, stale=4)).lists[0].projected
    assert (rate.floor, rate.ceiling) == (pytest.approx(0.10), pytest.approx(0.20))
    assert (rate.send_floor, rate.send_ceiling) == (0, 0)


def test_the_verdicts_are_pandas_and_sum_to_the_rows() -> None:
    report = judged(contacts(good=3, gone=2, stale=1))
    assert report.verdicts.value_counts().to_dict() == {"send": 3, "hold": 2, "review": 1}
    assert set(report.findings["rule"]) >= {"D401", "C511"}


@pytest.mark.parametrize(
    ("text", "number", "total", "exceeded"),
    [(0, 1, 100, True), ("0", 0, 100, False), ("1%", 1, 100, False), ("1%", 2, 100, True),
     ("off", 99, 100, False), ("0.5%", 1, 200, False), ("0.5%", 2, 200, True)],
)  # fmt: skip
def test_an_amount_is_a_count_or_a_share(
    text: object, number: int, total: int, exceeded: bool
) -> None:
    assert Amount.parse(text).exceeded(number, total) == exceeded


@pytest.mark.parametrize("text", [-1, "-1%", "101%", "x", 1.5, True, None, ""])
def test_what_is_no_amount_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="count"):
        Amount.parse(text)


@pytest.mark.parametrize("required", ["answer", ["blocks", "answrs"], ["lists"]])
def test_evidence_that_there_is_not_cannot_be_required(required: object) -> None:
    with pytest.raises(PolicyError, match=r"gate\.require"):
        policy(gate__require=required)


def test_what_a_caught_resolver_recorded_is_no_answer() -> None:
    told = {("gone.test", "MX"): Records(Status.NXDOMAIN)}
    caught = Trial(datetime(2026, 11, 23, tzinfo=UTC), "gmail.com has no MX", {})
    lookup = Recorded(told, [caught])
    report = check(contacts(gone=20), policy(), lookup=lookup)
    assert report.decision.gate == Gate.UNDECIDED
    assert "gmail.com has no MX" in str(report.decision.reasons[0])
    assert "D401" not in set(report.findings["rule"])


@pytest.mark.parametrize("files", [{}, {"read.me": "ann@good.test"}, {".l.csv": "email\na@b.test"}])
def test_a_folder_without_lists_leaves_it_undecided(files: dict[str, str], tmp_path: Path) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    report = check(str(tmp_path), policy(), lookup=Told({}))
    assert report.decision.gate == Gate.UNDECIDED
    assert "there is no list" in str(report.decision.reasons[0])


def test_the_blocklist_alone_is_no_list(tmp_path: Path) -> None:
    named = tmp_path / "blocklist.csv"
    named.write_text("address,type,cause\nann@good.test,permanent,P3\n")
    report = check(str(named), policy(blocklist__url=str(named)), lookup=Told({}))
    assert report.decision.gate == Gate.UNDECIDED
    assert "is the blocklist" in str(report.decision.reasons[0])


@pytest.mark.parametrize("content", [b"", b"\x00\x9f\x92\x96" * 99, b"who,what\n1,2\n"])
def test_a_blocklist_that_is_none_leaves_it_undecided(content: bytes, tmp_path: Path) -> None:
    named = tmp_path / "blocklist.csv"
    named.write_bytes(content)
    told = Told({"good.test": "mx"})
    report = check(contacts(good=5), policy(blocklist__url=str(named)), lookup=told)
    assert report.decision.gate == Gate.UNDECIDED
    assert "blocklist.csv" in str(report.decision.reasons[0])


@pytest.mark.parametrize(
    ("key", "value"),
    [("as_of", "2026-11"), ("as_of", "now"), ("as_of", "NaT"), ("as_of", 5),
     ("as_of", "2026-11-23T12:00:00+09:00"), ("stale__months", 100_000),
     ("stale__months", float("inf")), ("dns__timeout", float("nan")),
     ("dns__timeout", float("inf")), ("dns__rate", float("inf"))],
)  # fmt: skip
def test_a_threshold_that_is_none_is_refused(key: str, value: object) -> None:
    with pytest.raises(PolicyError, match="is not allowed"):
        policy(**{key: value})


@pytest.mark.parametrize(
    "name",
    ["BÜCHER.test", "bücher.test", "XN--BCHER-KVA.test", " bücher.test. ", "@bücher.test",
     "*.bücher.test"],
)  # fmt: skip
@pytest.mark.parametrize("typed", ["a@xn--bcher-kva.test", "a@Bücher.test", "a@mail.bücher.test"])
def test_a_denied_domain_is_denied_however_it_is_written(name: str, typed: str) -> None:
    frame = pd.DataFrame({"Email": [typed]})
    told = Told({"xn--bcher-kva.test": "mx", "mail.xn--bcher-kva.test": "mx"})
    report = check(frame, policy(domains__deny=[name]), lookup=told)
    assert "D421" in set(report.findings["rule"])
    assert report.decision.gate == Gate.CLOSED


@pytest.mark.parametrize("name", [" A@xn--bcher-kva.test ", "a@BÜCHER.test"])
def test_a_denied_address_is_denied_however_it_is_written(name: str) -> None:
    told = Told({"xn--bcher-kva.test": "mx"})
    frame = pd.DataFrame({"Email": ["a@bücher.test"]})
    report = check(frame, policy(addresses__deny=[name]), lookup=told)
    assert "A321" in set(report.findings["rule"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("domains__deny", ["ann@example.com"]), ("domains__deny", ["a b.com"]),
     ("domains__deny", [""]), ("addresses__deny", ["example.com"])],
)  # fmt: skip
def test_a_name_that_can_match_nothing_is_refused_unshown(key: str, value: list[str]) -> None:
    with pytest.raises(PolicyError, match="is not allowed"):
        policy(**{key: value})


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("春/list.csv", "春/list.csv"),
        (r"C:\lists\may.csv", r"C:\lists\may.csv"),
        ("spring list.csv", '"spring list.csv"'),
        ("a;b&c.csv", '"a;b&c.csv"'),
        ("$HOME.csv", "'$HOME.csv'"),
        ("-o.csv", "./-o.csv"),
    ],
)
def test_a_remedy_is_a_command_that_a_shell_takes(path: str, word: str) -> None:
    assert shell_word(path) == word
