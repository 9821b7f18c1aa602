"""Who holds an address first is found over parts by keys as it is over the whole by texts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.evidence import find_first_rows
from listhygiene.holders import Keys, keys_of, rows_behind, settle
from listhygiene.model.contacts import Contacts
from listhygiene.model.listing import TEXT
from listhygiene.pipeline import fold_list
from listhygiene.policy import load_policy
from listhygiene.readers.arrow import list_table

CELLS = st.sampled_from(
    [
        "ann@example.com", "Ann@example.com", "ann+a@gmail.com", "a.nn@gmail.com", "ann@gmail.com",
        "<ann@example.com>", "no address", "No address", "", "なし", "x@y@z", "x@Y@z",
    ]
)  # fmt: skip
PRINTS = ["high", "low", "own"]
NAMES = ["first_row", "first_line", "same_mailbox_row", "same_mailbox_line"]


def folded(cells: list[str], start: int = 0) -> Contacts:
    table = pa.table({"Email": pa.array(cells, pa.large_string())})
    policy = load_policy(changes={"as_of": ("2026-11-23", "test")})
    contacts = fold_list(list_table(table, "list", "frame"), policy)
    contacts.contacts["line"] += start
    return contacts


def keys(texts: list[str]) -> Keys:
    """Return the keys of distinct addresses, each of which is its own mailbox's."""
    addresses = pd.DataFrame({"address": texts, "canonical": texts}, dtype=TEXT)
    rows = pd.DataFrame({"address": np.arange(len(texts)), "line": np.arange(len(texts)) + 2})
    given: Any = type(
        "Folded", (), {"addresses": addresses, "contacts": rows, "held": rows["address"].to_numpy()}
    )
    return keys_of(given, 0)


@pytest.mark.parametrize("buckets", [1, 3])
@settings(deadline=None, max_examples=40)
@given(parts=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=4))
def test_parts_have_the_first_holders_of_the_whole(buckets: int, parts: list[list[str]]) -> None:
    starts = np.cumsum([0, *map(len, parts)])[:-1].tolist()
    lists = [folded(one, start) for one, start in zip(parts, starts, strict=True)]
    divided = [keys_of(*one).split(buckets) for one in zip(lists, starts, strict=True)]
    settled = [settle(bucket) for bucket in zip(*divided, strict=True)]
    told = []
    for one, start, held in zip(lists, starts, zip(*settled, strict=True), strict=True):
        found = rows_behind(one, start, pd.concat(held, ignore_index=True))
        told.append(found.set_index(found.index + start)[NAMES])
    whole = find_first_rows([folded([cell for part in parts for cell in part])])[0]
    expected = whole[NAMES].astype("Int64")
    pd.testing.assert_frame_equal(pd.concat(told), expected, check_index_type=False)


def test_texts_that_differ_by_little_have_keys_of_their_own() -> None:
    texts = [f"{'a' * size}{end}" for size in range(40) for end in ("b", "c", "\x00", "\x00\x00")]
    texts += [f"name{number:08}@firm{number % 7}.example" for number in range(20_000)]
    frame = keys(texts).frame
    for name in PRINTS:
        assert frame[name].is_unique


@settings(deadline=None)
@given(st.lists(st.text(max_size=30).filter(lambda one: one.isprintable() and one), unique=True))
def test_a_key_is_that_of_the_text_wherever_it_stands(texts: list[str]) -> None:
    whole = keys(texts).frame
    for place, text in enumerate(texts):
        here = whole[(whole["address"] == place).to_numpy()]
        alone = keys([text]).frame
        assert here[PRINTS].to_numpy().tolist() == alone[PRINTS].to_numpy().tolist()
