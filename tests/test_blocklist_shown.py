"""What a person sees: allowances wherever the address appears, states of any spelling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from blocklist_places import NOW, add, event, store, texts, url
from listhygiene.blocklist import Blocklist, open_blocklist, read_json_lines
from listhygiene.cli.main import main

__all__ = ["store", "url"]


@pytest.fixture
def ann(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ann's address bounced for good, and Sato allowed it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LISTHYGIENE_BLOCKLIST", str(tmp_path / "blocks.db"))
    line = {"address": "ann@corp-one.co.jp", "type": "permanent", "reason": "550 user unknown"}
    Path("b.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert main(["bounces", "add", "b.jsonl", "--quiet"]) == 0
    words = ["--reason", "the mailbox is back", "--by", "Sato"]
    assert main(["blocklist", "allow", "ann@corp-one.co.jp", *words]) == 0


def test_check_shows_who_allowed_an_address(ann: None, capsys: pytest.CaptureFixture[str]) -> None:
    Path("list.csv").write_text("email\nann@corp-one.co.jp\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "list.csv", "--dns", "off", "--ignore", "H109"]) == 0
    out = capsys.readouterr().out
    assert "A335" in out
    assert "Sato, " in out
    assert "the mailbox is back" in out


def test_the_list_shows_who_allowed_an_address(
    ann: None, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["blocklist", "list", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["address"], row["type"], row["due"]) == ("ann@corp-one.co.jp", "permanent", False)
    assert row["allowed"].startswith("Sato, ")


def test_what_is_allowed_is_not_examined(store: Blocklist) -> None:
    add(store, event("ann@example.com", "P2", days=400))
    store.allow(texts("ann@example.com"), reason="back", by="Sato")
    assert store.due(every=True).empty
    assert store.export().empty
    assert len(store.list_blocks()) == 1


def test_who_only_complained_is_exported_once(store: Blocklist) -> None:
    add(store, event("ann@example.com", "complaint"))
    found = store.export()
    assert found[["address", "type"]].values.tolist() == [["ann@example.com", "complaint"]]


@pytest.mark.parametrize(
    "written", ["ANN@Corp-One.CO.JP", " ann@corp-one.co.jp ", "Ann@corp-one.co.jp"]
)
def test_show_tells_the_state_of_any_spelling(
    ann: None, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["blocklist", "show", written]) == 0
    assert "type: permanent" in capsys.readouterr().out


def test_a_temporary_block_of_an_allowed_address_can_be_lifted(
    ann: None, capsys: pytest.CaptureFixture[str]
) -> None:
    block = ["blocklist", "block", "ann@corp-one.co.jp", "--type", "temporary", "--reason", "full"]
    assert main(block) == 0
    capsys.readouterr()
    assert main(["blocklist", "show", "ann@corp-one.co.jp"]) == 0
    assert "blocklist unblock" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann@Example.com", "ANN@example.com"),
        ("an.n+news@gmail.com", "ann@gmail.com"),
        ("ann@gmail.com", "a.nn@googlemail.com"),
    ],
)
def test_hashes_find_every_spelling(
    store: Blocklist, tmp_path: Path, listed: str, asked: str
) -> None:
    add(store, event(listed, "P3"))
    path = tmp_path / "hashes.jsonl"
    rows = store.export(hashes=True)[["hash", "type", "cause"]].to_dict("records")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    other = open_blocklist(str(tmp_path / "other.db"), write=True, now=NOW)
    other.import_table(read_json_lines(str(path)))
    import pandas as pd

    found = other.look_up(texts(asked), pd.Timestamp("2026-11-23"))
    assert found["block_cause"].tolist() == ["P3"]
    other.close()


def test_show_proposes_the_new_address_that_a_notice_named(
    ann: None, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = {
        "event": "bounce", "email": "old@corp-one.co.jp", "timestamp": 1790000000,
        "sg_event_id": "e1", "status": "5.1.6", "category": "spring",
        "reason": "551 5.1.6 User has moved; please try <new@corp-two.co.jp>",
    }  # fmt: skip
    Path("moved.json").write_text(json.dumps([notice]), encoding="utf-8")
    assert main(["bounces", "add", "moved.json", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["blocklist", "show", "old@corp-one.co.jp", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "new address (proposed): new@corp-two.co.jp" in out
    assert "spring" in out


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ([], "permanent P9"),
        (["--cause", "mailbox-full"], "temporary T4"),
        (["--cause", "p3"], "permanent P3"),
        (["--type", "temporary"], "temporary T7"),
    ],
)
def test_a_block_by_hand_is_of_its_causes_type(
    ann: None, words: list[str], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["blocklist", "block", "bob@corp-one.co.jp", "--reason", "asked", *words]) == 0
    capsys.readouterr()
    assert main(["blocklist", "list", "--format", "json", "--show-addresses"]) == 0
    rows = {one["address"]: one for one in json.loads(capsys.readouterr().out)}
    assert "{type} {cause}".format(**rows["bob@corp-one.co.jp"]) == kind


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["block", "bob@example.com", "nobody", "--reason", "x"], "argument 2 is no address"),
        (["allow", "bob@", "--reason", "x", "--by", "Sato"], "argument 1 is no address"),
        (["unblock", " ", "--confirm-resolved", "x"], "argument 1 is no address"),
        (
            ["block", "bob@example.com", "--reason", "x", "--type", "temporary", "--cause", "P3"],
            "the cause P3 is permanent",
        ),
        (["list", "--cause", "nope"], "spam"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    ann: None, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["blocklist", *arguments, "--lang", "en"]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--from-file", "two.csv"], ["--filter", "--in", "two.csv"]])
@pytest.mark.parametrize(
    ("column", "left"), [("primary", ["bob"]), ("secondary", ["cy"]), ("both", [])]
)
def test_blocks_of_a_list_are_lifted_by_column(
    ann: None, words: list[str], column: str, left: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("two.csv").write_text("email,secondary email\ncy@corp-one.co.jp,bob@corp-one.co.jp\n")
    both = ["cy@corp-one.co.jp", "bob@corp-one.co.jp"]
    assert main(["blocklist", "block", *both, "--type", "temporary", "--reason", "full"]) == 0
    given = [*words, "--column", column, "--confirm-resolved", "told"]
    assert main(["blocklist", "unblock", *given]) == 0
    capsys.readouterr()
    assert main(["blocklist", "list", "--type", "temporary", "--format", "json"]) == 0
    found = [one["address"].partition("@")[0] for one in json.loads(capsys.readouterr().out)]
    assert found == left


def test_whose_block_is_not_lifted_is_named(ann: None, capsys: pytest.CaptureFixture[str]) -> None:
    block = ["blocklist", "block", "--reason", "asked", "bob@corp-one.co.jp"]
    assert main(block) == 0
    assert main([*block, "cy@corp-one.co.jp", "--type", "temporary"]) == 0
    capsys.readouterr()
    asked = ["bob@corp-one.co.jp", "cy@corp-one.co.jp", "--show-addresses"]
    assert main(["blocklist", "unblock", "--confirm-resolved", "told", *asked]) == 0
    out = capsys.readouterr().out
    assert "bob@corp-one.co.jp" in out
    assert "cy@corp-one.co.jp" not in out
