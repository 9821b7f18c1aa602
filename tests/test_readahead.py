"""Reading ahead: what is read while libraries are loaded is what would be read later."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import pytest

from listhygiene.cli.main import main
from listhygiene.files import stamp_of
from listhygiene.readahead import read_ahead, taken

LONG_AGO = 1_000_000_000
ROWS = "".join(f"ann{row}@example.com,Zoë Example {row}\n" for row in range(40_000))
TEXT = f"Email,Name\n{ROWS}"
HALF = TEXT[: len(TEXT) // 2]


def written(path: Path, content: bytes, when: int = LONG_AGO) -> str:
    path.write_bytes(content)
    os.utime(path, (when, when))
    return str(path)


@pytest.mark.parametrize(
    ("encoding", "utf8"), [("utf-8", True), ("utf-8-sig", True), ("cp1252", False)]
)
def test_what_is_read_ahead_is_the_file(tmp_path, encoding, utf8) -> None:
    content = TEXT.encode(encoding)
    path = written(tmp_path / "list.csv", content)
    read_ahead(path)
    found = taken(stamp_of(path))
    assert found is not None
    assert found.content == content
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert found.utf8 == utf8
    assert taken(stamp_of(path)) is None  # once


def test_a_file_written_meanwhile_is_read_anew(tmp_path) -> None:
    path = written(tmp_path / "list.csv", TEXT.encode())
    read_ahead(path)
    written(tmp_path / "list.csv", TEXT.replace("ann1@", "bob1@").encode(), LONG_AGO + 1)
    assert taken(stamp_of(path)) is None


def test_what_is_no_large_old_file_is_not_begun(tmp_path) -> None:
    small = written(tmp_path / "small.csv", b"Email\nann@example.com\n")
    fresh = tmp_path / "fresh.csv"
    fresh.write_text(TEXT, encoding="utf-8")
    for path in (small, str(fresh), str(tmp_path), str(tmp_path / "missing.csv"), "*.csv"):
        read_ahead(path)
        assert taken(stamp_of(path)) is None
    read_ahead("no path\0")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("broken", [b"", b"bob@example.com,\x81\xff\n"])
def test_a_list_read_ahead_is_judged_alike(tmp_path, encoding, broken, capsys) -> None:
    content = HALF.encode(encoding) + broken * (encoding != "utf-16")
    told = []
    for when in (LONG_AGO, time.time()):
        path = written(tmp_path / "list.csv", content, int(when))
        main(["check", path, "--dns", "off", "--format", "json", "--as-of", "2026-11-23"])
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert told[0]["lists"][0]["rows"] > 10_000
