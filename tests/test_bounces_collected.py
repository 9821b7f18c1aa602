"""Servers' responses and notices of many makers are read by what their words mean."""

from __future__ import annotations

import csv
import html
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from listhygiene.bounces import read_message
from listhygiene.bounces.causes import CAUSES, name_cause
from listhygiene.bounces.causes.knowledge import word_classes
from listhygiene.model.bounce import Kind

FOLDER = Path(__file__).parent / "bounces"


def responses() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    with open(FOLDER / "collected.csv", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found.setdefault(row["cause"], []).append((row["host"], row["response"]))
    return found


def notices() -> list[tuple[str, str]]:
    """Return (expected bounces, message) of each block "=== ADDRESS=CAUSE ..." or "=== none"."""
    text = (FOLDER / "notices.txt").read_text(encoding="utf-8")
    blocks = (block.partition("\n") for block in text.split("=== ")[1:])
    return [(expected.strip(), message) for expected, _, message in blocks]


RESPONSES = responses()
NOTICES = notices()


@pytest.mark.parametrize("cause", sorted(RESPONSES))
def test_responses(cause: str) -> None:
    wrong = [
        (host, text, named)
        for host, text in RESPONSES[cause]
        if (named := name_cause(text, host=host)).code != cause
    ]
    assert not wrong


def test_categories_of_platforms() -> None:
    with open(FOLDER / "categories.csv", encoding="utf-8", newline="") as stream:
        rows = [(row["cause"], row["words"]) for row in csv.DictReader(stream)]
    wrong = [(cause, words, name_cause(words)) for cause, words in rows]
    assert not [one for one in wrong if one[2].code != one[0]]


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("bad-mailbox", "P3", 'category "bad mailbox"'),
        ("450 bad-mailbox", "T7", ""),
        ("host bad-mailbox.example said: 552 quota exceeded", "T4", ""),
    ],
)
def test_a_category_decides_where_nothing_else_is_told(text: str, code: str, rule: str) -> None:
    named = name_cause(text)
    assert named.code == code
    assert not rule or named.rule == rule


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("550 Die Domäne des Empfängers ist hier unbekannt", "P2"),
        ("550 Der Empfänger ist in dieser Domäne unbekannt", "P3"),
        ("550 La casilla del destinatario se llenó hace meses", "T4"),
        ("451 Anslutningen till mottagarens server misslyckades", "T5"),
        ("550 Konto nadawcy odrzucono", "P1"),
        ("550 etwas über das Wetter", ""),
        ("550 quelque chose sur le temps", ""),
        ("550 что-то о погоде", ""),
    ],
)
def test_other_languages_are_read_by_what_they_speak_of(text: str, cause: str) -> None:
    assert name_cause(text).code == cause


def test_every_cause_but_absence_has_its_responses() -> None:
    assert set(RESPONSES) == set(CAUSES) - {"T2"}
    assert sum(len(them) for them in RESPONSES.values()) > 1500


@pytest.mark.parametrize("number", range(len(NOTICES)))
def test_notice(number: int) -> None:
    expected, message = NOTICES[number]
    bounces = [one for one in read_message(message.encode()) if one.kind is Kind.BOUNCE]
    assert (" ".join(f"{one.address}={one.cause}" for one in bounces) or "none") == expected


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("550 the mailbox you wrote to is unknown", "P3"),
        ("550 user unknown, see https://mail.example/help_spam_16.htm", "P3"),
        ("550 5.1.8 no such user", "P1"),
        ("550 ann@mail.example...User unknown", "P3"),
        ("5.1.0 - Unknown address error 550-'5.7.1 your ip 192.0.2.1 is banned'", "T3"),
        ("550 something about the weather", ""),
        ("553 something about the weather", ""),
        ("550 5.1.1 no such user, see https://help.example/spam/blacklist/quota.html", "P3"),
        ("host spam-quota.relay.example[192.0.2.1] said: 550 5.1.1 user unknown", "P3"),
        ("550 Invalid command (in reply to RCPT TO command)", "P5"),
        ("550 rejected (in reply to MAIL FROM command)", "P1"),
        ("550 (in reply to MAIL FROM command)", "P1"),
        ("192.0.2.1 does not like recipient. Remote host said: 552 too much stored", "T4"),
        ("192.0.2.1 does not like recipient. Remote host said: 550 sorry", "P3"),
        ("4.7.1 something", "T3"),
        ("550 5.1.9 something", "P7"),
        ("550 5.4.0 something", "T5"),
    ],
)
def test_what_words_stand_for_decides(text: str, cause: str) -> None:
    assert name_cause(text).code == cause


AS_TOLD: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "entities": html.escape,
    "no-break spaces": lambda text: text.replace(" ", "&nbsp;"),
    "typographic": lambda text: text.replace("'", "\u2019").replace("-", "\u2011"),
    "wide": lambda text: text.replace(" ", "   "),
    "folded": lambda text: "\n    ".join(textwrap.wrap(text, 30)),
    "quoted": lambda text: f"'{text}'",
    "report": lambda text: f"smtp; {text}",
    "postfix": lambda text: (
        f"host spam-quota.example[192.0.2.1] said: {text} (in reply to RCPT TO command)"
    ),
    "exim": lambda text: (
        f"SMTP error from remote mail server after RCPT TO:<ann@mail.example>: {text}"
    ),
    "qmail": lambda text: f"192.0.2.1 does not like recipient.\nRemote host said: {text}",
    "with a link": lambda text: f"{text} See https://help.example/spam/blacklist/quota_full.html",
}
"""How other servers, reports and mail clients pass on what a server said."""


@pytest.mark.parametrize("how", sorted(AS_TOLD))
def test_responses_are_read_whoever_tells_them(how: str) -> None:
    told = [
        (cause, name_cause(AS_TOLD[how](text), host=host).code, text)
        for cause, them in RESPONSES.items()
        for host, text in them
    ]
    wrong = [one for one in told if one[0] != one[1]]
    assert len(wrong) <= 0.005 * len(told), wrong


def test_refusals_of_the_settings_of_a_recipient_are_no_bad_address() -> None:
    """At this carrier a refusal after the text is a filter's, one of the address is not."""
    head = (
        "From: MAILER-DAEMON@shop.example\nTo: news@shop.example\nSubject: Undelivered Mail\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
        "<rin@docomo.ne.jp>: host mfsmax.docomo.ne.jp[192.0.2.1] said: 550 Unknown user\n"
        "    rin@docomo.ne.jp (in reply to {})\n--b\n"
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; shop.example\n\n"
        "Final-Recipient: rfc822; rin@docomo.ne.jp\nAction: failed\nStatus: 5.0.0\n"
        "Remote-MTA: dns; mfsmax.docomo.ne.jp\n"
        "Diagnostic-Code: smtp; 550 Unknown user rin@docomo.ne.jp\n--b--\n"
    )
    for stage, cause in (("end of DATA\n    command", "P1"), ("RCPT TO command", "P3")):
        (event,) = read_message(head.format(stage).encode())
        assert event.cause == cause


def test_words_of_one_name_are_listed_once() -> None:
    for name, words in word_classes().items():
        assert len(words) == len(set(words)), name
