"""Nothing that is written takes the place of what is read, unless it is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from listhygiene.cli.main import main

LIST = "email,last mailed\n ann@good.test ,2026-11-01\nbob@good.test,2026-11-01\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {
        "list.csv": LIST,
        "send.csv": LIST,
        "list.send.csv": LIST,
        "blocklist.csv": "address,type,cause\neve@good.test,permanent,P3\n",
        "dns.json": '{"schema": 1, "canaries": [], "answers": {}}\n',
        "listhygiene.toml": '[dns]\nsource = "dns.json"\n[blocklist]\nurl = "blocklist.csv"\n',
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    os.link(tmp_path / "list.csv", tmp_path / "hard.csv")
    (tmp_path / "soft.csv").symlink_to("list.csv")
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("check", "list.csv", "--output", "list.csv"),
        ("check", "list.csv", "--format", "json=hard.csv", "--format", "html=new.html"),
        ("check", ".", "--output", "list.csv"),
        ("check", "l*.csv", "--output", "list.csv"),
        ("check", "list.csv", "--output", "dns.json"),
        ("check", "list.csv", "--write-baseline", "soft.csv"),
        ("clean", "list.csv", "-o", "blocklist.csv"),
        ("clean", "list.csv", "-o", "dns.json"),
        ("clean", "list.csv", "-o", "listhygiene.toml"),
        ("clean", "list.csv", "-o", "new.csv", "--quarantine", "list.csv"),
        ("clean", "list.csv", "-o", "new.csv", "--quarantine", "soft.csv"),
        ("clean", "list.csv", "-o", "new.csv", "--quarantine", "new.csv"),
        ("clean", "list.csv", "-o", "new.csv", "--quarantine", "blocklist.csv"),
        ("clean", "list.csv", "--in-place", "--quarantine", "list.csv"),
        ("clean", "list.send.csv", "-o", "list.csv", "--split"),
        ("dns", "record", "list.csv", "-o", "list.csv"),
        ("plan", "list.csv", "--output", "list.csv"),
        ("diff", "list.csv", "send.csv", "--output", "send.csv"),
    ],
    ids=" ".join,
)
def test_what_is_read_is_not_written_over(
    folder: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    assert main(list(words)) == 2
    assert "listhygiene:" in capsys.readouterr().err, "a wrong option proves nothing"
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before


def test_rows_set_aside_are_written_before_the_list_loses_them(folder: Path) -> None:
    (folder / "list.csv").write_text(LIST + "eve@good.test,2026-11-01,too,many\n")
    words = ["clean", "list.csv", "--in-place", "--quarantine", "aside.csv"]
    assert main(words) == 0
    assert (folder / "aside.csv").read_text() == "eve@good.test,2026-11-01,too,many\n"
    assert "eve@" not in (folder / "list.csv").read_text()
