"""A list that serves as a blocklist says what a database says into which it was imported."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blocklist_places import CAUSES, NOW, texts
from listhygiene.blocklist import open_blocklist, open_to_ask
from listhygiene.blocklist.keys import canonical_keys
from listhygiene.model.errors import BlocklistError
from listhygiene.model.listing import TEXT, Listing, ReadOptions

NAMES = [
    "ann@example.com", "Ann@example.com", "ann@EXAMPLE.com", "bob@gmail.com", "b.o.b@gmail.com",
    "bob+news@gmail.com", "eve@example.jp", "ゆき@example.jp", "a..b@docomo.ne.jp", "no address",
    "", " gil@example.com ", "nul\x00@example.com", "two@example.com", "bob@googlemail.com",
]  # fmt: skip
HASHES = [hashlib.sha256(one.encode()).hexdigest() for one in (*NAMES[:6], "unknown@example.com")]
ASKED = texts(
    *(one.strip() for one in NAMES), "x@example.com", "unknown@example.com", "BOB@gmail.com"
)
KINDS = ["", "permanent", "temporary", "complaint", "unsubscribe", "hard", "no such word"]
MOMENTS = ["", "2026-05-01", "2026-10-20T08:00:00Z", "1767225600", "2031-01-01", "2026-05-01", "?"]
ROWS = st.tuples(
    st.sampled_from(NAMES + HASHES),
    st.sampled_from(["", *HASHES]),
    st.sampled_from(KINDS),
    st.sampled_from(["", "T2", "T4", "P3", "bad-address", "no such cause"]),
    st.sampled_from(MOMENTS),
    st.sampled_from(["", "zoho-crm"]),
    st.sampled_from(["", "550 unknown", "x" * 2_100]),
)
TWO_SPELLINGS = [
    ("ann@example.com", "", "", "", "", "", ""),
    ("ann@example.com", "", "", "", "", "", ""),
    ("bob@googlemail.com", "", "", "", "", "", ""),
    ("b.o.b@gmail.com", "", "", "P3", "", "", ""),
]
HEADER = ("address", "hash", "type", "cause", "since", "source", "reason")


def table(rows: list[tuple[str, ...]], path: str = "list.csv") -> Listing:
    frame = pd.DataFrame(rows, columns=range(len(HEADER)), dtype=TEXT)
    return Listing(path, "csv", HEADER, frame, np.arange(2, len(rows) + 2))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("listed") / "list.csv"
    made.touch()
    return made


@settings(max_examples=60, deadline=None)
@example(TWO_SPELLINGS, list(range(len(ASKED))), 18)
@given(st.lists(ROWS, max_size=12), st.permutations(range(len(ASKED))), st.integers(0, 18))
def test_a_list_answers_as_a_database(
    path: Path, rows: list[tuple[str, ...]], order: list[int], count: int
) -> None:
    def read(name: str, _: ReadOptions) -> Listing:
        return table(rows, name)

    listed = open_to_ask(str(path), read_table=read, causes=CAUSES, now=NOW)
    database = open_blocklist(str(path), write=False, read_table=read, causes=CAUSES, now=NOW)
    asked = ASKED.drop_duplicates().take([one for one in order if one < len(set(ASKED))][:count])
    said = [one.look_up(asked, pd.Timestamp("2026-11-23")) for one in (listed, database)]
    pd.testing.assert_frame_equal(*said)
    assert dict(listed.describe()) == dict(database.describe())


def test_a_sieve_of_a_list_lets_through_all_that_it_knows(path: Path) -> None:
    rows = [(one, "", "", "", "", "", "") for one in NAMES] + [("", HASHES[-1], *[""] * 5)]
    listed = open_to_ask(str(path), read_table=lambda *_: table(rows), causes=CAUSES, now=NOW)
    many = texts(*(f"nobody{place}@example.com" for place in range(5_000)))
    asked = pd.concat([ASKED.drop_duplicates(), many], ignore_index=True)
    passed = listed.sieve(len(asked)).sift(asked, canonical_keys(asked))
    known = listed.look_up(asked, pd.Timestamp("2026-11-23")).index
    assert set(known) <= set(passed.index)
    assert len(passed) < 100


def test_a_list_without_addresses_is_refused(path: Path) -> None:
    empty = Listing("list.csv", "csv", ("name",), texts("Ann").to_frame(0), np.array([2]))
    with pytest.raises(BlocklistError, match="no column holds addresses"):
        open_to_ask(str(path), read_table=lambda *_: empty)
    with pytest.raises(BlocklistError, match="no such blocklist"):
        open_to_ask(str(path.with_name("none.csv")))


ASK = """
import json, sys
import pandas as pd
from listhygiene.blocklist import open_to_ask
blocks = open_to_ask(sys.argv[1])
found = blocks.look_up(pd.Series(["ann@example.com"], dtype="str"), pd.Timestamp("2026-11-23"))
print(json.dumps([found["block_type"].tolist(), "sqlalchemy" in sys.modules]))
"""


def test_a_list_is_asked_without_a_database(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text('{"address": "ann@example.com"}\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(path)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [["permanent"], False]
