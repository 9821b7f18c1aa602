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


def expected() -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with open(FOLDER / "expected.csv", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            rows.setdefault(row["file"], []).append(row)
    return rows


EXPECTED = expected()


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
