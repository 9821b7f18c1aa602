"""A file of SQLite that is asked without SQLAlchemy says what the full way says."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Text, column, func
from sqlalchemy.dialects import sqlite

from blocklist_places import NOW, add, event, texts
from listhygiene.blocklist import (
    matching,
    open_blocklist,
    open_to_ask,
    quick,
    quick_sieve,
    schema,
    sieve,
    tables,
)
from listhygiene.blocklist.keys import canonical_keys
from listhygiene.blocklist.questions import sha256_of
from listhygiene.model.bounce import Type
from listhygiene.model.errors import BlocklistError
from listhygiene.model.listing import TEXT, Listing

DAY = pd.Timestamp("2026-11-23")
ASKED = texts(
    "ann@example.com", "Ann@example.com", "bob@gmail.com", "b.o.b@gmail.com", "bob+x@gmail.com",
    "eve@example.com", "gil@example.com", "hal@example.com", "ida@example.com",
    "nobody@example.com", "quote\"d@example.com", "ゆき@example.jp", "kim@example.com", "",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A blocklist of blocks, complaints, decisions, allowances and spellings, and of a hash."""
    made = tmp_path / "block list.db"
    store = open_blocklist(str(made), write=True, now=NOW)
    add(
        store,
        event("ann@example.com", "P3", days=200, diagnostic="550 unknown"),
        event("bob@gmail.com", "T4", days=3),
        event("b.o.b+old@gmail.com", "T5", days=9),
        event("eve@example.com", "complaint", days=5),
        event("gil@example.com", "unsubscribe", days=2),
        event("hal@example.com", "P1", days=30),
        event("ゆき@example.jp", "P3", days=1),
    )
    store.allow(texts("hal@example.com"), reason="she wrote", by="Sato")
    store.block(texts("ida@example.com"), kind=Type.TEMPORARY, cause="T7", reason="asked", by="Ito")
    hashed = tables.digest("kim@example.com").hex()
    frame = pd.DataFrame({0: pd.Series([hashed], dtype=TEXT)})
    store.import_table(hashes(frame), causes={})
    store.close()
    return made


def hashes(frame: pd.DataFrame) -> Listing:
    return Listing("hashes.csv", "csv", ("hash",), frame, np.array([2]))


def test_it_answers_as_the_full_way(path: Path) -> None:
    asked = open_to_ask(str(path), now=NOW)
    assert isinstance(asked, quick.Quick)
    full = open_blocklist(str(path), write=False, now=NOW)
    for some in (ASKED, ASKED.iloc[:3], ASKED.iloc[-2:], texts("nobody@example.com")):
        pd.testing.assert_frame_equal(asked.look_up(some, DAY), full.look_up(some, DAY))
    assert len(asked.look_up(ASKED, DAY)) == 11
    assert dict(asked.describe()) == dict(full.describe())
    assert asked.history_rates() == full.history_rates() == {}
    assert "full" not in vars(asked)


def test_it_asks_what_the_tables_are_asked_with() -> None:
    known, asked = schema.addresses.c, func.json_each("[]").table_valued(column("value", Text))
    value = asked.c.value

    class Sqlite:
        is_postgresql = False

    wanted = {"address": value, "canonical": value, "digest": sha256_of(Sqlite(), value)}  # type: ignore[arg-type]
    assert list(wanted) == list(quick.KEYS)
    for name, key in wanted.items():
        source = asked.join(schema.addresses, known[name] == key)
        made = matching._with_words(source, value).compile(dialect=sqlite.dialect())
        assert quick.STATEMENT.format(quick.KEYS[name]) == str(made)
    state = [one.name for one in matching._STATE]
    assert list(quick.COLUMNS) == ["key", "hidden", *state]


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the smallest look-up use a sieve."""
    for module in (quick, sieve):
        monkeypatch.setattr(module, "FEW", 0)


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("kept", [1, 100_000], ids=["in a file", "in memory"])
def test_many_addresses_are_asked_through_a_sieve(
    path: Path, kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sieve, "KEPT", kept)
    monkeypatch.setattr(quick_sieve, "KEPT", kept)
    full = open_blocklist(str(path), write=False, now=NOW)
    expected = full.sieve(len(ASKED))
    assert sieve.place_of(path).exists() == (kept == 1)
    asked = open_to_ask(str(path), now=NOW)
    assert isinstance(asked, quick.Quick)
    found = asked.sieve(len(ASKED))
    assert found is not None
    assert expected is not None
    assert found.stamp == expected.stamp
    assert found.words.tolist() == expected.words.tolist()
    for some in (ASKED, ASKED.iloc[:3], texts("nobody@example.com", "x@gmail.com")):
        pd.testing.assert_frame_equal(asked.look_up(some, DAY), full.look_up(some, DAY))
        keys = canonical_keys(some).where(some.ne(""), "")
        pd.testing.assert_frame_equal(asked.look_up(some, DAY, keys), full.look_up(some, DAY, keys))
    assert "full" not in vars(asked)


@pytest.mark.usefixtures("many")
def test_a_sieve_that_is_out_of_date_is_left_to_the_full_way(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sieve, "KEPT", 1)
    monkeypatch.setattr(quick_sieve, "KEPT", 1)
    assert open_blocklist(str(path), write=False, now=NOW).sieve(100) is not None
    asked = open_to_ask(str(path), now=NOW)
    assert isinstance(asked, quick.Quick)
    add(open_blocklist(str(path), write=True, now=NOW), event("nobody@example.com", "P3"))
    assert len(asked.look_up(ASKED, DAY)) == 12
    assert "full" in vars(asked)
    again = open_to_ask(str(path), now=NOW)
    assert len(again.look_up(ASKED, DAY)) == 12
    assert "full" not in vars(again)


def test_learnt_rates_are_asked_the_full_way(path: Path) -> None:
    store = open_blocklist(str(path), write=True, now=NOW)
    people = texts(*(f"p{place}@example.com" for place in range(300)))
    store.sent("spring", recipients=people, codes=texts(*["A311"] * 300), at=NOW)
    full = open_blocklist(str(path), write=False, now=NOW)
    assert open_to_ask(str(path), now=NOW).history_rates() == full.history_rates() == {"A311": 0.0}


@pytest.mark.parametrize("name", ["schema", "fold", "canonical"])
def test_what_another_version_wrote_is_left_to_the_full_way(path: Path, name: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE blocklist_meta SET value = '99' WHERE name = ?", [name])
    connection.close()
    if name == "schema":
        with pytest.raises(BlocklistError, match="newer listhygiene"):
            open_to_ask(str(path), now=NOW)
    else:
        assert len(open_to_ask(str(path), now=NOW).look_up(ASKED, DAY)) == 11


def test_what_is_no_blocklist_is_refused_as_ever(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"email\nann@example.com\n" * 1000)
    (tmp_path / "empty.db").touch()
    for name, why in (("other", "damaged"), ("empty", "no blocklist"), ("none", "no such")):
        with pytest.raises(BlocklistError, match=why):
            open_to_ask(str(tmp_path / f"{name}.db"))


def test_a_damage_met_on_the_way_is_told(path: Path) -> None:
    asked = open_to_ask(str(path), now=NOW)
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE blocklist_events")
    connection.close()
    with pytest.raises(BlocklistError, match="tables"):
        asked.look_up(ASKED, DAY)


ASK = """
import json, sys
import pandas as pd
from listhygiene.blocklist import open_to_ask
blocks = open_to_ask(sys.argv[1])
many = ["ann@example.com", *(f"p{number}@example.com" for number in range(int(sys.argv[2])))]
found = blocks.look_up(pd.Series(many, dtype="str"), pd.Timestamp("2026-11-23"))
blocks.history_rates()
blocks.close()
print(json.dumps([found["block_type"].tolist(), "sqlalchemy" in sys.modules]))
"""


@pytest.mark.parametrize("others", ["0", "30000"])
def test_sqlalchemy_is_not_loaded_for_it(path: Path, others: str) -> None:
    command = [sys.executable, "-c", ASK, str(path), others]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [["permanent"], False]
