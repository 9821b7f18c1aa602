"""The sieve beside a blocklist: what it holds back is never in there, and no doubt is its own."""

from __future__ import annotations

import hashlib
import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import listhygiene
from blocklist_places import NOW, Open, add, event, look, store, texts, url
from listhygiene.address import canonical, judge
from listhygiene.blocklist import Blocklist, open_blocklist, sieve, tables
from listhygiene.blocklist.fingerprints import of_texts
from listhygiene.blocklist.keys import canonical_keys, digest
from listhygiene.model.bounce import Type
from listhygiene.model.listing import Listing
from listhygiene.partitions import check_in_parts
from listhygiene.policy import load_policy

__all__ = ["store", "url"]

LOCALS = ["ann", "a.n.n", "Ann", "ann+spring", "ann-x", "ö", "ｆ", "", "taro..", '"q"', "x" * 70]
DOMAINS = ["gmail.com", "GoogleMail.com", "example.com", "bücher.example", "sub.example", "", "x y"]
ADDRESSES = st.builds("{}@{}".format, st.sampled_from(LOCALS), st.sampled_from(DOMAINS))


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the smallest look-up use a sieve, and keep it in a file."""
    monkeypatch.setattr(sieve, "FEW", 0)
    monkeypatch.setattr(sieve, "KEPT", 1)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Look up without a sieve."""

    def ask(store: Blocklist, *addresses: str) -> pd.DataFrame:
        with monkeypatch.context() as patch:
            patch.setattr(sieve, "FEW", 1 << 60)
            return look(store, *addresses)

    return ask


def table(*rows: tuple[str, str]) -> Listing:
    frame = pd.DataFrame(rows, columns=[0, 1]).astype("string[pyarrow]")
    header = ("address", "type")
    return Listing("list.csv", "csv", header, frame, np.arange(2, len(rows) + 2), 1)


def change(store: Blocklist, step: str, address: str) -> None:
    """Change the blocklist in one of the ways that it knows."""
    one = texts(address)
    if step == "bounce":
        add(store, event(address, "P3"))
    elif step == "soft":
        add(store, event(address, "T4"))
    elif step == "unblock":
        store.unblock(one, reason="mended", by="ann")
    elif step == "allow":
        store.allow(one, reason="asked", by="ann")
    elif step == "block":
        store.block(one, Type.TEMPORARY, cause="", reason="r", by="ann")
    elif step == "sent":
        store.sent(uuid.uuid4().hex, recipients=one)
    elif step == "hash":
        store.import_table(table((digest(address).hex(), "permanent")))
    else:
        store.import_table(table((address, step)))


STEPS = ["bounce", "soft", "unblock", "allow", "block", "sent", "hash", "permanent", "unsubscribe"]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(st.tuples(st.sampled_from(STEPS), ADDRESSES), max_size=6),
    asked=st.lists(ADDRESSES, unique=True, max_size=12),
)
def test_it_changes_no_answer(
    tmp_path_factory: pytest.TempPathFactory, plain: Open, steps: list, asked: list[str]
) -> None:
    path = tmp_path_factory.mktemp("blocklist") / "b.db"
    writers = [open_blocklist(str(path), write=True, now=NOW) for _ in range(2)]
    everybody = [*dict.fromkeys([*asked, *(address for _, address in steps)])]
    for place, (step, address) in enumerate(steps):
        writer = writers[place % 2]
        change(writer, step, address)
        if place % 3 == 2:
            writer.close()
        reader = open_blocklist(str(path), write=False, now=NOW)
        pd.testing.assert_frame_equal(look(reader, *everybody), plain(reader, *everybody))


def test_it_changes_no_answer_elsewhere(store: Blocklist, plain: Open) -> None:
    add(store, event("ann.b@gmail.com", "P3"), event("carl@example.com", "T1"))
    asked = ("annb+x@gmail.com", "carl@example.com", "dora@example.com", "")
    pd.testing.assert_frame_equal(look(store, *asked), plain(store, *asked))
    assert list(look(store, *asked).index) == ["annb+x@gmail.com", "carl@example.com"]


def test_the_file_is_written_once_and_follows(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    place = sieve.place_of(path)
    writer = open_blocklist(str(path), write=True, now=NOW)
    add(writer, event("ann@example.com", "P3"))
    assert not place.exists()
    writer.close()
    first = place.read_bytes()
    assert list(look(writer, "ann@example.com", "bob@example.com").index) == ["ann@example.com"]
    assert place.read_bytes() == first
    add(writer, event("bob@example.com", "P3"))
    assert len(look(writer, "ann@example.com", "bob@example.com")) == 2
    assert place.read_bytes() != first
    if os.name == "posix":
        assert place.stat().st_mode & 0o77 == 0


def spoil(content: bytes, how: str) -> bytes:
    middle = len(content) // 2
    changed = {
        "cut": content[:middle],
        "empty": b"",
        "flipped": content[:-8] + b"\xff" * 8,
        "zeroed": content[:200] + bytes(len(content) - 200),
        "foreign": hashlib.blake2b(b"[]\n", digest_size=32).digest() + b"[]\n",
    }
    return changed[how]


@pytest.mark.parametrize("how", ["cut", "empty", "flipped", "zeroed", "foreign"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, how: str) -> None:
    path = tmp_path / "b.db"
    store = open_blocklist(str(path), write=True, now=NOW)
    add(store, event("ann@example.com", "P3"))
    store.close()
    place = sieve.place_of(path)
    whole = place.read_bytes()
    place.write_bytes(spoil(whole, how))
    assert len(look(store, "ann@example.com")) == 1
    assert place.read_bytes() == whole


def test_one_of_another_past_is_not_believed(tmp_path: Path) -> None:
    """A backup is restored, and other bounces come in: the numbers are the same again."""
    places = [tmp_path / "one.db", tmp_path / "two.db"]
    for path, name in zip(places, ("ann", "bob"), strict=True):
        store = open_blocklist(str(path), write=True, now=NOW)
        add(store, event("all@example.com", "P3"))
        add(store, event(f"{name}@example.com", "P3"))
        store.close()
    sieve.place_of(places[1]).write_bytes(sieve.place_of(places[0]).read_bytes())
    reader = open_blocklist(str(places[1]), write=False, now=NOW)
    assert list(look(reader, "ann@example.com", "bob@example.com").index) == ["bob@example.com"]


def test_an_address_that_gets_its_name_is_found_in_other_spellings(tmp_path: Path) -> None:
    store = open_blocklist(str(tmp_path / "b.db"), write=True, now=NOW)
    store.import_table(table((digest("ann.b@gmail.com").hex(), "permanent")))
    store.close()
    assert len(look(store, "ann.b@gmail.com")) == 1
    store.sent("spring", recipients=texts("ann.b@gmail.com"))
    assert len(look(store, "a.nn.b@gmail.com")) == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs rights to be refused")
def test_nothing_is_written_where_nothing_may_be(tmp_path: Path) -> None:
    path = tmp_path / "b.db"
    store = open_blocklist(str(path), write=True, now=NOW)
    add(store, event("ann@example.com", "P3"))
    tmp_path.chmod(0o500)
    try:
        assert len(look(open_blocklist(str(path), write=False, now=NOW), "ann@example.com")) == 1
        assert not sieve.place_of(path).exists()
    finally:
        tmp_path.chmod(0o700)


def test_where_no_file_can_be_written_the_database_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "b.db"
    store = open_blocklist(str(path), write=True, now=NOW)
    add(store, event("ann@example.com", "P3"))
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert len(look(store, "ann@example.com", "bob@example.com")) == 1
    assert not sieve.place_of(path).exists()


def test_a_list_that_serves_as_a_blocklist_is_sieved_too() -> None:
    from listhygiene.blocklist.engine import open_memory

    memory = open_memory()
    tables.import_table(memory, table(("ann@example.com", "permanent")), now=NOW, causes={})
    store = Blocklist(memory, NOW)
    assert list(look(store, "bob@example.com", "ann@example.com").index) == ["ann@example.com"]


@settings(deadline=None)
@given(st.lists(ADDRESSES | st.text(max_size=20), max_size=20))
def test_keys_that_the_fold_knows_are_those_of_the_blocklist(wanted: list[str]) -> None:
    judged = judge(texts(*wanted))
    folded = canonical(judged)
    own = canonical_keys(judged["address"])
    known = folded.ne("")
    assert folded[known].tolist() == own[known].tolist()


@given(st.lists(st.text(max_size=40), min_size=1, max_size=30), st.integers(0, 5))
def test_a_fingerprint_belongs_to_the_text_alone(words: list[str], skipped: int) -> None:
    array = pa.array(["?" * skipped, *words], pa.large_string())
    found = of_texts(array)[1:]
    assert found.tolist() == of_texts(array.slice(1)).tolist()
    alone = [of_texts(pa.array([word], pa.large_string()))[0] for word in words]
    assert found.tolist() == alone
    assert len(set(found.tolist())) == len(set(words))


def test_few_strangers_pass_it(tmp_path: Path) -> None:
    store = open_blocklist(str(tmp_path / "b.db"), write=True, now=NOW)
    add(store, *(event(f"known{one}@example.com", "P3") for one in range(2000)))
    asked = texts(*(f"other{one}@example.com" for one in range(20_000)))
    with store.database.read() as connection:
        passed = sieve.sift(store.database, connection, asked, None)
        known = texts(*(f"known{one}@example.com" for one in range(2000)))
        assert len(sieve.sift(store.database, connection, known, None)) == 2000
    assert len(passed) < 1000


def test_parts_hold_back_what_the_blocklist_cannot_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = [f"ann{one}@example.com" for one in range(0, 300, 50)] + ["b.ob+x@gmail.com"]
    store = open_blocklist(str(tmp_path / "b.db"), write=True, now=NOW)
    add(store, *(event(one, "P3") for one in blocked))
    store.import_table(table((digest("ann7@example.com").hex(), "permanent")))
    contacts = [f"ann{one}@example.com" for one in range(300)] + ["bob@gmail.com", "no address"]
    path = tmp_path / "list.csv"
    path.write_text("Email,Name\n" + "".join(f"{one},N\n" for one in contacts), encoding="utf-8")
    settings = {"as_of": "2026-11-23", "dns.source": "off"}
    policy = load_policy(changes={name: (value, "test") for name, value in settings.items()})
    asked: list[int] = []
    look_up = Blocklist.look_up

    def counted(self: Blocklist, addresses: pd.Series, *rest: Any) -> pd.DataFrame:
        asked.append(len(addresses))
        return look_up(self, addresses, *rest)

    monkeypatch.setattr(Blocklist, "look_up", counted)
    whole = listhygiene.check(str(path), policy, blocks=store).lists[0].findings
    assert sum(asked) > 300
    asked.clear()
    parted = check_in_parts(str(path), policy, rows=100, blocks=store).report.lists[0].findings
    names = ["row", "rule", "column"]
    blocks = [one[one["rule"].astype(str).str.startswith("A33")][names] for one in (whole, parted)]
    assert len(blocks[0]) == len(blocked) + 1
    assert blocks[0].astype({"rule": str}).values.tolist() == (
        blocks[1].astype({"rule": str}).values.tolist()
    )
    assert sum(asked) < 30
