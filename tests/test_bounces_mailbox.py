"""Messages are found in files, folders, Maildir, mbox and gzip, one at a time."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
from pathlib import Path

import pytest

from listhygiene.bounces import mailbox
from listhygiene.model.errors import UnreadableBounces

ONE = b"From: a@x.example\nTo: b@x.example\nSubject: one\n\nHello\n"
TWO = b"From: a@x.example\nTo: b@x.example\nSubject: two\n\n>From here on\n\nFrom the sea\n\nBye\n"
SEPARATOR = b"From MAILER-DAEMON Mon Nov  2 09:00:00 2026\n"


def bodies(path: object) -> list[bytes]:
    return [content for _, content in mailbox.messages(path)]


def test_a_file_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(ONE)
    assert list(mailbox.messages(tmp_path / "one.eml")) == [(str(tmp_path / "one.eml"), ONE)]


@pytest.mark.parametrize("packed", [False, True])
def test_an_mbox_is_split_and_its_quoting_undone(tmp_path: Path, packed: bool) -> None:
    box = SEPARATOR + ONE + b"\n" + SEPARATOR + TWO + b"\n"
    path = tmp_path / "box"
    path.write_bytes(gzip.compress(box) if packed else box)
    first, second = mailbox.messages(path)
    assert first == (f"{path}#1", ONE + b"\n")
    assert second[0] == f"{path}#2"
    assert b"\nFrom here on\n" in second[1]
    assert b"\nFrom the sea\n" in second[1]


def test_a_message_saved_with_a_separator_is_one_message_under_its_own_name(
    tmp_path: Path,
) -> None:
    quoting = ONE + b"\n----- Unsent message -----\n\n" + SEPARATOR + ONE
    (tmp_path / "one.eml").write_bytes(SEPARATOR + quoting)
    (tmp_path / "two").write_bytes(SEPARATOR + ONE)
    assert list(mailbox.messages(tmp_path)) == [
        (str(tmp_path / "one.eml"), quoting),
        (str(tmp_path / "two"), ONE),
    ]


def test_a_folder_is_read_with_all_below_it_but_hidden_and_unfinished_files(tmp_path: Path) -> None:
    for name in ("b/two.eml", "a.eml", ".hidden", "Mail/cur/1:2,S", "Mail/new/2", "Mail/tmp/3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(ONE)
    names = [str(Path(name).relative_to(tmp_path)) for name, _ in mailbox.messages(tmp_path)]
    assert [name.replace("\\", "/") for name in names] == [
        "a.eml",
        "Mail/cur/1:2,S",
        "Mail/new/2",
        "b/two.eml",
    ]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SEPARATOR + ONE)))
    assert list(mailbox.messages("-")) == [("-", ONE)]


def test_a_damaged_file_is_told_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "bad.gz").write_bytes(gzip.compress(ONE * 99)[:60])
    (tmp_path / "good.eml").write_bytes(ONE)
    with pytest.raises(UnreadableBounces, match=r"bad\.gz"):
        list(mailbox.messages(tmp_path / "bad.gz"))
    with pytest.raises(UnreadableBounces, match="missing"):
        list(mailbox.messages(tmp_path / "missing"))
    told: list[tuple[str, str]] = []
    found = list(mailbox.messages(tmp_path, lambda *one: told.append(one)))
    assert [content for _, content in found] == [ONE]
    assert [Path(name).name for name, _ in told] == ["bad.gz"]


def test_memory_stays_flat_over_a_large_mbox(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with open(path, "wb") as stream:
        for _ in range(300):
            stream.write(SEPARATOR + ONE + b"x" * 70 + b"\n" * 2)
            stream.write((b"y" * 76 + b"\n") * 1_000 + b"\n")
    tracemalloc.start()
    count = sum(1 for _ in mailbox.messages(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 300
    assert path.stat().st_size > 20_000_000
    assert peak < 3_000_000


def test_a_huge_message_is_cut_at_the_cap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(mailbox, "LARGEST", 1_000)
    (tmp_path / "box").write_bytes(SEPARATOR + ONE + b"z" * 50_000 + b"\n\n" + SEPARATOR + ONE)
    assert [len(content) < 70_000 for content in bodies(tmp_path / "box")] == [True, True]


@pytest.mark.parametrize(
    ("head", "mail"),
    [
        (ONE, True),
        (SEPARATOR + ONE, True),
        (b"\xef\xbb\xbfReturn-Path: <>\r\nReceived: from x\r\n\r\n", True),
        (b"email,reason\na@x.example,full\n", False),
        (b'{"notificationType": "Bounce"}', False),
        (b"Name: Ann\n", False),
        (b"PK\x03\x04", False),
        (b"", False),
    ],
)
def test_mail_is_recognised_by_its_content(head: bytes, mail: bool) -> None:
    assert mailbox.recognises(head) is mail
