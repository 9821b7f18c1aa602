"""Lists of blocked addresses: brought along, given away, used as they are."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from blocklist_places import CAUSES, NOW, add, event, look, store, texts, url
from listhygiene.blocklist import Blocklist, open_blocklist
from listhygiene.model.bounce import Type
from listhygiene.model.errors import BlocklistError
from listhygiene.model.listing import TEXT, Listing, ReadOptions

__all__ = ["store", "url"]


def listing(*lines: str, path: str = "list.csv") -> Listing:
    """Make a table of lines of cells parted by "|", the first line its header."""
    rows = [line.split("|") for line in lines]
    width = len(rows[0])
    frame = pd.DataFrame(rows[1:], columns=range(width), dtype=TEXT)
    return Listing(path, "csv", tuple(rows[0]), frame, np.arange(2, len(rows) + 1))


def sha(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def test_a_table_with_english_headers(store: Blocklist) -> None:
    added, unread = store.import_table(
        listing(
            "Email|Bounce Type|Cause|Since|Source|Reason",
            "ann@example.com|permanent|bad-address|2026-05-01|zoho-crm|550 unknown",
            "bob@example.com|Temporarily Blocked|T4|2026/06/01 10:00|zoho-crm|",
            "eve@example.com|complaint||1767225600||",
            "gil@example.com|unsubscribed||||",
        ),
        causes=CAUSES,
    )
    assert (added.new, unread) == (4, {})
    found = look(store, *(f"{name}@example.com" for name in ("ann", "bob", "eve", "gil")))
    assert found["block_type"].tolist() == ["permanent", "temporary", "", ""]
    assert found["block_cause"].tolist() == ["P3", "T4", "", ""]
    assert found["block_since"].iloc[:2].dt.hour.tolist() == [0, 10]
    assert found["block_source"].tolist()[:2] == ["zoho-crm", "zoho-crm"]
    assert found["block_diagnostic"].iloc[0] == "550 unknown"
    assert found["block_final"].tolist()[:2] == [True, True]
    assert found["complained"].iloc[2] == pd.Timestamp("2026-01-01")
    assert pd.notna(found["unsubscribed"].iloc[3])


def test_a_table_with_japanese_headers(store: Blocklist) -> None:
    store.import_table(
        listing(
            "メールアドレス|不達の種類|不達原因|日時",
            "ann@example.com|恒久的な不達|不適切なメールアドレス/メールアカウント|2026-05-01",
            "bob@example.com|一時的な不達|メールアカウント/メールボックスの容量が一杯です|2026-05-02",
        ),
        causes=CAUSES,
    )
    found = look(store, "ann@example.com", "bob@example.com")
    assert found["block_cause"].tolist() == ["P3", "T4"]


def test_a_plain_list_blocks_for_good(store: Blocklist) -> None:
    rows = ["ann@example.com", "bob@example.com", ""]
    frame = pd.DataFrame({0: texts(*rows)})
    added, _ = store.import_table(Listing("l.txt", "csv", ("",), frame, np.arange(3), None))
    assert (added.new, added.unaddressed) == (2, 1)
    assert look(store, "ann@example.com")["block_cause"].tolist() == ["P9"]


def test_words_that_are_not_understood_are_counted(store: Blocklist) -> None:
    _, unread = store.import_table(
        listing("email|type|cause|since", "ann@example.com|odd|odd|odd", "bob@example.com|||")
    )
    assert unread == {"type": 1, "cause": 1, "since": 1}
    states = look(store, "ann@example.com", "bob@example.com")
    assert states["block_type"].tolist() == ["temporary", "permanent"]


def test_a_table_without_addresses_is_refused_with_its_columns(store: Blocklist) -> None:
    with pytest.raises(BlocklistError, match=r"columns: Name, \(blank\)"):
        store.import_table(listing("Name|", "Ann|Tokyo"))


def test_the_same_table_twice_changes_nothing(store: Blocklist) -> None:
    table = listing("email|type", "ann@example.com|temporary")
    store.import_table(table)
    again, _ = store.import_table(table)
    assert again.repeated


def test_a_type_that_is_said_outweighs_the_cause(store: Blocklist) -> None:
    store.import_table(listing("email|type|cause", "ann@example.com|permanent|T4"))
    assert look(store, "ann@example.com")["block_type"].tolist() == ["permanent"]


def fill(store: Blocklist) -> None:
    add(
        store,
        event("ann@example.com", "P3", days=9, diagnostic="550 <ann@example.com> unknown"),
        event("bob@example.com", "T4", days=8),
        event("bob@example.com", "complaint", days=7),
        event("gil@gmail.com", "unsubscribe", days=6),
        event("ok@example.com", "P3", days=5),
    )
    store.allow(texts("ok@example.com"), reason="known", by="Sato")


NAMES = ["ann@example.com", "bob@example.com", "gil@gmail.com", "ok@example.com"]
STATE = ["block_type", "block_cause", "block_since", "complained", "unsubscribed"]


@pytest.mark.parametrize("hashes", [False, True])
def test_what_is_exported_can_be_imported(store: Blocklist, tmp_path: Path, hashes: bool) -> None:
    fill(store)
    table = store.export(hashes=hashes)
    if hashes:
        assert "@" not in table.to_csv()
    frame = table.set_axis(range(table.shape[1]), axis=1)
    copy = open_blocklist(str(tmp_path / "copy.db"), write=True, now=NOW)
    copy.import_table(Listing("x", "csv", tuple(table), frame, np.arange(len(frame))))
    before = look(store, *NAMES[:3])[STATE]
    pd.testing.assert_frame_equal(look(copy, *NAMES)[STATE], before)


def test_hashes_match_the_normal_form_and_the_mailbox(store: Blocklist) -> None:
    store.import_table(
        listing("hash|type", f"{sha('ann@example.com')}|", f"{sha('bob@gmail.com').upper()}|")
    )
    found = look(store, "ann@example.com", "b.ob+x@gmail.com", "nobody@example.com")
    assert found["block_match"].tolist() == ["address", "canonical"]
    blocks = store.list_blocks()
    assert blocks["address"].tolist() == ["", ""]
    assert set(blocks["hash"]) == {sha("ann@example.com"), sha("bob@gmail.com")}


def test_a_hash_that_gets_its_name_keeps_its_past(store: Blocklist) -> None:
    store.import_table(listing("sha256|type|cause", f"{sha('ann@example.com')}|temporary|T4"))
    add(store, event("ann@example.com", "T4", days=1))
    assert store.describe()["addresses"] == 1
    assert store.list_blocks()[["address", "strikes", "final"]].values.tolist() == [
        ["ann@example.com", 1, True]
    ]


def test_a_hash_of_a_known_address_goes_to_it(store: Blocklist) -> None:
    add(store, event("ann@example.com", "T4", days=1))
    store.import_table(listing("address|type", f"{sha('ann@example.com')}|permanent"))
    assert store.describe()["addresses"] == 1
    assert look(store, "ann@example.com")["block_type"].tolist() == ["permanent"]


def test_a_list_serves_as_a_blocklist(tmp_path: Path) -> None:
    path = tmp_path / "blocked.jsonl"
    rows = [{"email": "ann@example.com", "type": "permanent"}, {"hash": sha("bob@example.com")}]
    path.write_text("\ufeff" + "\n\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = open_blocklist(str(path), write=False, now=NOW)
    assert look(found, "ann@example.com", "bob@example.com")["block_type"].tolist() == [
        "permanent",
        "permanent",
    ]
    assert found.describe() == {"url": str(path), "addresses": 2, "due": 0}


def test_a_list_of_another_format_is_read_by_the_reader_given(tmp_path: Path) -> None:
    path = tmp_path / "blocked.csv"
    path.write_text("email\nann@example.com\n", encoding="utf-8")

    def read(name: str, _: ReadOptions) -> Listing:
        return listing("email", "ann@example.com", path=name)

    found = open_blocklist(str(path), write=False, read_table=read, now=NOW)
    assert len(look(found, "ann@example.com")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [("[1]", "line 1: this is no JSON object"), ('{"a": 1}\n{', "line 2"), ("", "no column holds")],
)
def test_a_wrong_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "blocked.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BlocklistError, match=message):
        open_blocklist(str(path), write=False, now=NOW)


def test_a_list_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "blocked.jsonl"
    path.write_text('{"email": "ann@example.com"}', encoding="utf-8")
    with pytest.raises(BlocklistError, match="not written"):
        open_blocklist(str(path), write=True, now=NOW)
    found = open_blocklist(str(path), write=False, now=NOW)
    with pytest.raises(BlocklistError, match="only be read"):
        found.block(texts("bob@example.com"), Type.PERMANENT, cause="", reason="x", by="y")
