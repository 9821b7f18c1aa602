"""Bounces, complaints, replies and challenges are told apart, and the failed recipient is named."""

from __future__ import annotations

import csv
import datetime
import subprocess
import sys
from pathlib import Path

import pytest

from listhygiene.bounces import explain, read_message
from listhygiene.bounces.decoding import decode_words
from listhygiene.model.bounce import Kind

FOLDER = Path(__file__).parent / "bounces"
FIELDS = ("address", "kind", "cause", "status", "reply", "remote_host", "new_address", "source")


def expected(name: str) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with open(FOLDER / name, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows.setdefault(row["file"], []).append(row)
    return rows


EXPECTED = expected("expected.csv")
FORMATS = expected("formats/recipients.csv")


def read(name: str):
    return read_message((FOLDER / name).read_bytes(), name)


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.eml")))
def test_message(name: str) -> None:
    events = read(name)
    found = [{field: str(getattr(event, field)) for field in FIELDS} for event in events]
    assert found == [{field: row[field] for field in FIELDS} for row in EXPECTED[name]]
    for event, row in zip(events, EXPECTED[name], strict=True):
        assert row["diagnostic"] in event.diagnostic
        assert event.file == name


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("formats/*.eml")))
def test_recipients_of_the_formats_of_old_and_rare_systems(name: str) -> None:
    found = {(event.address, event.kind.value) for event in read(f"formats/{name}")}
    assert found == {(row["address"], row["kind"]) for row in FORMATS[name]}


def test_every_expectation_has_its_message() -> None:
    assert set(EXPECTED) == {path.name for path in FOLDER.glob("*.eml")}


def test_of_the_original_the_message_and_campaign_are_kept() -> None:
    (event,) = read("postfix-unknown.eml")
    assert event.message_id == "autumn-ann@mail.example@shop.example"
    assert event.campaign == "autumn-2026"
    assert event.at == datetime.datetime(2026, 11, 1, 23, 59, 10, tzinfo=datetime.UTC)


def test_the_same_notice_has_the_same_key_from_any_file() -> None:
    content = (FOLDER / "qmail-two.eml").read_bytes()
    keys = {event.key for event in read_message(content, "one.eml")}
    assert len(keys) == 2
    assert keys == {event.key for event in read_message(content, "other.eml")}
    assert keys == {event.key for event in read_message(b"From a Mon Nov  2 2026\n" + content)}


@pytest.mark.parametrize("kind", [Kind.DELAY, Kind.AUTO_REPLY, Kind.CHALLENGE, Kind.UNSUBSCRIBE])
def test_what_is_no_bounce_is_not_called_one(kind: Kind) -> None:
    names = [name for name, rows in EXPECTED.items() if rows[0]["kind"] == kind.value]
    assert names
    for name in names:
        assert all(event.kind is kind for event in read(name))


def test_explanation_says_what_was_asked_and_what_decided() -> None:
    told = explain((FOLDER / "exim-unknown.eml").read_bytes())
    assert told.source == "failed_header"
    assert ("dsn", 0) in told.asked
    assert ("failed_header", 1) in told.asked
    assert any("returned mail" in line for line in told.structure)
    assert told.events[0].rule.endswith('phrase "user does not exist"')


@pytest.mark.parametrize("content", [b"", b"\n", b"\0", b"\xff" * 99, b"From x\n", b"a: b\r\n\r\n"])
def test_nothing_readable_is_one_other_event(content: bytes) -> None:
    (event,) = read_message(content)
    assert event.kind is Kind.OTHER
    assert event.address == ""


def test_an_unknown_charset_is_read_all_the_same() -> None:
    content = (FOLDER / "opensmtpd.eml").read_bytes()
    named = content.replace(b"Subject:", b"Content-Type: text/plain; charset=nonesuch\nSubject:", 1)
    (event,) = read_message(named)
    assert (event.address, event.cause) == ("kay@mail.example", "P9")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9_au?= lait", "café au lait"),
        ("=?utf-8?B?44Ko44Op44O8?= 550", "エラー 550"),
        ("=?nonesuch?q?abc?=", "abc"),
        ("=?utf-8?b?a?= <ann@example.com>", "=?utf-8?b?a?= <ann@example.com>"),
        ("plain", "plain"),
    ],
)
def test_encoded_words_are_decoded_and_broken_ones_kept(written: str, read: str) -> None:
    assert decode_words(written) == read


def test_reading_mail_does_not_load_what_reads_tables() -> None:
    code = (
        "import sys; from listhygiene.bounces import read_message;"
        f"read_message(open({str(FOLDER / 'qmail-two.eml')!r}, 'rb').read());"
        "sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ASIDES = (
    "For help, contact admin@other.example.",
    "If this is an error, please forward this message to postmaster@other.example",
    "If you are not the intended recipient, please contact security@other.example.",
    "CAUTION: external mail. Report suspicious mail to phish@other.example",
    "IT Team\nit@other.example\n+81 3 0000 0000",
    "<postmaster@other.example>",
    "mailto:postmaster@other.example",
    "Administrator: admin@other.example",
    "Cc: boss@other.example",
    "Subject: mail for bob@other.example",
    "Reply-To: someone@other.example",
    "The sender was: someone@other.example",
    "MAIL FROM:<someone@other.example>",
    "Message-ID:\n<123.abc@other.example>",
    "[authenticated as someone@other.example]",
    "http://help.example/?mail=x@other.example",
    "Bei Fragen wenden Sie sich an hilfe@other.example",
    "Pour toute question, contactez aide@other.example",
    "Mittente: qualcuno@other.example",
    "お問い合わせ先: support@other.example",
    "差出人: dare@other.example",
    "如有疑问，请联系 bangzhu@other.example",
)
NAMING = (
    "I could not deliver your message to the following addresses.\n\n"
    "<jim@mail.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
    "This is the mail system at host mx.shop.example.\n\nYour message could not be delivered.\n\n"
    "<jim@mail.example>: host mx.mail.example[192.0.2.3] said: 550 5.1.1 User unknown\n",
    "There was an error delivering your mail to <jim@mail.example>.\n\n550 5.1.1 User unknown\n",
    "taro 様が送信されたメールは、jim@mail.exampleへ配信できませんでした。\n宛先が存在しません。\n",
)


@pytest.mark.parametrize("named", NAMING)
@pytest.mark.parametrize("aside", ASIDES)
def test_whom_to_ask_or_who_sent_is_no_recipient(named: str, aside: str) -> None:
    head = "From: MAILER-DAEMON@mx.shop.example\nTo: news@shop.example\nSubject: failure notice\n\n"
    for text in (f"{aside}\n\n{named}", f"{named}\n{aside}\n"):
        (event,) = read_message(f"{head}{text}".encode())
        assert (event.address, event.kind) == ("jim@mail.example", Kind.BOUNCE)


@pytest.mark.parametrize("change", ["cr", "crlf", "quoted", "indented", "html"])
def test_a_notice_is_read_however_its_lines_are_written(change: str) -> None:
    text = (
        "This is the mail system at mx.shop.example.\n\nYour message could not be delivered.\n\n"
        "<jim@mail.example>: host mx.mail.example[192.0.2.3] said: 550 5.1.1 User unknown\n"
    )
    head = "From: MAILER-DAEMON@mx.shop.example\nTo: news@shop.example\nSubject: failure notice\n"
    if change == "quoted":
        text = "".join(f"> {line}\n" for line in text.split("\n"))
    elif change == "indented":
        text = "".join(f"    {line}\n" for line in text.split("\n"))
    elif change == "html":
        link = '&lt;<a href="mailto:jim@mail.example">jim@mail.example</a>&gt;'
        text = text.replace("<jim@mail.example>", link).replace("\n", "<br>")
        head += "Content-Type: text/html\n"
    message = f"{head}\n{text}"
    message = message.replace("\n", {"cr": "\r", "crlf": "\r\n"}.get(change, "\n"))
    (event,) = read_message(message.encode())
    assert (event.address, event.cause) == ("jim@mail.example", "P3")


def test_the_senders_own_address_is_never_taken_for_a_recipient() -> None:
    """Newsletters are sent to oneself, with the recipients in Bcc."""
    head = (
        "From: {0}\nTo: bounces@shop.example\nSubject: {1}\nContent-Type: {2}; boundary=b\n\n--b\n"
    )
    mail = "--b\nContent-Type: message/rfc822\n\nFrom: news@shop.example\nTo: news@shop.example\n"
    bounce = head.format("MAILER-DAEMON@mx.example", "Undeliverable", "multipart/mixed")
    (event,) = read_message(f"{bounce}\nIt could not be delivered: mailbox full.\n{mail}".encode())
    assert (event.address, event.kind) == ("", Kind.UNDECIDED)
    report = head.format("fbl@mail.example", "FW: news", "multipart/report")
    fields = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n\n"
    (event,) = read_message(f"{report}{fields}{mail}".encode())
    assert (event.address, event.kind) == ("", Kind.COMPLAINT)
    greeting = (
        "From: MAILER-DAEMON@mx.example\nTo: news@shop.example\nSubject: Undelivered mail\n\n"
    )
    (event,) = read_message(f"{greeting}Dear\nnews@shop.example,\n\nit was not sent.\n".encode())
    assert event.address == ""
