"""The words of a server name one of the 16 causes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from listhygiene.bounces.causes import CAUSES, name_cause, remedy_of, while_temporary
from listhygiene.bounces.causes.knowledge import families, phrases, statuses
from listhygiene.model.bounce import Subject, Type

CODES = ["T1", "T2", "T3", "T4", "T5", "T6", "T7"] + [f"P{number}" for number in range(1, 10)]


def responses() -> list[tuple[str, str, str]]:
    path = Path(__file__).parent / "bounces" / "responses.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        return [(row["cause"], row["host"], row["response"]) for row in csv.DictReader(stream)]


@pytest.mark.parametrize(("cause", "host", "response"), responses())
def test_response(cause: str, host: str, response: str) -> None:
    named = name_cause(response, host=host)
    assert named.code == cause, named
    assert bool(named.rule) == bool(cause)


def test_the_page_has_sixteen_causes_in_its_order() -> None:
    assert list(CAUSES) == CODES
    assert [one.type for one in CAUSES.values()] == [Type.TEMPORARY] * 7 + [Type.PERMANENT] * 9
    assert CAUSES["T4"].ja == "メールアカウント/メールボックスの容量が一杯です"
    assert CAUSES["T1"].en == "Temporary Domain Failure"
    assert len({one.name for one in CAUSES.values()}) == 16


@pytest.mark.parametrize("code", CODES)
def test_each_cause_is_told_in_both_languages(code: str) -> None:
    cause = CAUSES[code]
    texts = (cause.ja, cause.description_ja, cause.remedy_ja)
    assert all(any(ord(letter) > 0x3000 for letter in text) for text in texts)
    assert all((cause.en, cause.description_en, cause.remedy_en))
    assert cause.ours == (cause.type is Type.PERMANENT)


def test_subjects_decide_what_can_be_examined_again() -> None:
    of = {code: cause.subject for code, cause in CAUSES.items()}
    assert {code for code in of if of[code] is Subject.DOMAIN} == {"T1", "P2"}
    assert of["T3"] is Subject.SENDER
    assert of["P3"] is Subject.ADDRESS
    assert of["T4"] is Subject.MAILBOX


@pytest.mark.parametrize("code", ["T3", "T7"])
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_remedies_name_what_is_to_be_allowed(code: str, lang: str) -> None:
    told = remedy_of(code, lang, ranges=["192.0.2.0/24"], relays=["198.51.100.7"])
    assert "192.0.2.0/24" in told
    assert "198.51.100.7" in told
    assert remedy_of(code, lang) in told
    assert "192.0.2.0/24" not in remedy_of("T4", lang, ranges=["192.0.2.0/24"])


@pytest.mark.parametrize(
    ("text", "given", "code"),
    [
        ("", {"status": "5.1.1"}, "P3"),
        ("", {"status": "4.1.1"}, "T7"),
        ("", {"status": "5.2.2", "reply": "550"}, "T4"),
        ("", {"status": "5.7.26"}, "T3"),
        ("", {"reply": "552"}, "T4"),
        ("", {"reply": "550"}, ""),
        ("", {"status": "5.7.1", "reply": "550"}, "P4"),
        ("user unknown", {"action": "delayed"}, "T7"),
        ("550 5.4.1 nothing more", {}, "T5"),
        ("550 5.4.1 nothing more", {"host": "x.mail.protection.outlook.com"}, "P3"),
        ("552 5.1.1 mailbox is full", {}, "T4"),
        ("550 5.1.1 <spam@quota.example>: user unknown", {}, "P3"),
    ],
)
def test_codes_decide_where_words_do_not(text: str, given: dict[str, str], code: str) -> None:
    assert name_cause(text, **given).code == code


def test_the_line_that_decided_is_quoted_as_it_stands() -> None:
    named = name_cause("Hello\n  550-5.1.1 We are sorry\n  550 5.1.1 No Such User here\nBye")
    assert named.line == "550 5.1.1 No Such User here"
    assert named.rule == 'phrase "no such user here"' or named.rule == 'phrase "no such user"'


def test_knowledge_is_sound() -> None:
    index = phrases()
    assert sum(len(them) for them in index.by_word.values()) > 1_000
    known = {family for rows in families().values() for _, _, family in rows}
    tables = (*index.by_word.values(), index.wordless)
    listed = [one for them in tables for one in them.values()]
    assert {one.family for one in listed} - {""} <= known
    assert {one.cause for one in listed} | set(statuses().values()) <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_temporary_answer_never_names_a_permanent_cause(code: str) -> None:
    assert while_temporary(code).startswith("T")
