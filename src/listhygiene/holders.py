"""Who holds an address first, found over the parts of a list by keys instead of by the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from .model.contacts import Contacts

Rows = npt.NDArray[np.int64]

ADDRESS, MAILBOX = 0, 1
_SEEDS = ("0123456789abcdef", "fedcba9876543210")
"""Keys of the two hashes that make up 128 bits: the same in every process and of every version."""


@dataclass(frozen=True)
class Keys:
    """The distinct addresses and mailboxes of one part, each by the first of its rows that has it.

    kind: ADDRESS or MAILBOX. high, low: 128 bits of the key. row, line: where it stands first.
    address: its id in the part's addresses.
    """

    frame: pd.DataFrame

    def split(self, number: int) -> list[Keys]:
        """Divide the keys into so many buckets; equal keys of all parts fall into the same one."""
        if number == 1:
            return [self]
        bucket = (self.frame["high"].to_numpy() % number).astype(np.uint16)
        order = np.argsort(bucket, kind="stable")
        bounds = np.searchsorted(bucket[order], np.arange(number + 1))
        return [Keys(self.frame.iloc[order[a:b]]) for a, b in pairwise(bounds)]


def keys_of(contacts: Contacts, start: int) -> Keys:
    """Return a part's keys; start: the row of the list at which the part begins."""
    frames = []
    for kind, name in ((ADDRESS, "address"), (MAILBOX, "canonical")):
        values = contacts.addresses[name]
        used = contacts.contacts["address"].to_numpy()
        rows = np.flatnonzero(used >= 0)
        first = np.full(len(values), -1, dtype=np.int64)
        first[used[rows][::-1]] = rows[::-1]  # written backwards: the first row stays
        here = np.flatnonzero((first >= 0) & (values != "").to_numpy())
        texts = values.to_numpy(dtype=object)[here]
        high, low = (_hash(texts, seed) for seed in _SEEDS)
        found = first[here]
        lines = contacts.contacts["line"].to_numpy()[found]
        frame = pd.DataFrame({"high": high, "low": low, "row": found + start, "line": lines})
        frames.append(frame.assign(kind=np.int8(kind), address=here.astype(np.int32)))
    return Keys(pd.concat(frames, ignore_index=True))


def _hash(texts: npt.NDArray[np.object_], seed: str) -> npt.NDArray[np.uint64]:
    return pd.util.hash_array(texts, hash_key=seed, categorize=False)


def settle(parts: Sequence[Keys]) -> list[pd.DataFrame]:
    """Find the first holder of every key of all parts (or of one bucket of all parts).

    Result, a frame a part, of its keys that another row holds first: kind, address (id), row, line
    (of that row).
    """
    sizes = [len(one.frame) for one in parts]
    whole = pd.concat([one.frame for one in parts], ignore_index=True)
    ordered = whole.sort_values(["kind", "high", "low", "row"], kind="stable")
    same = ~ordered.duplicated(["kind", "high", "low"]).to_numpy()
    firsts = ordered.index.to_numpy()[
        np.maximum.accumulate(np.where(same, np.arange(len(same)), 0))
    ]
    holder = np.empty(len(whole), dtype=np.int64)
    holder[ordered.index.to_numpy()] = firsts
    told = whole[["kind", "address"]].assign(
        row=whole["row"].to_numpy()[holder], line=whole["line"].to_numpy()[holder]
    )
    other = holder != np.arange(len(whole))
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    return [told.iloc[a:b][other[a:b]] for a, b in pairwise(bounds)]


def rows_behind(contacts: Contacts, start: int, held: pd.DataFrame) -> pd.DataFrame:
    """Return what `evidence.find_first_rows` says of the part's rows.

    held: what `settle` says of the part. The rows of the result count in the part, those that it
    names in the whole list.
    """
    rows = np.arange(len(contacts.contacts)) + start
    first_row, first_line = _earlier(contacts, rows, held, ADDRESS)
    box_row, box_line = _earlier(contacts, rows, held, MAILBOX)
    # The same address, or a mailbox whose key is none: nothing of a second spelling is to be told.
    box_row = np.where(first_row >= 0, -1, box_row)
    known = np.flatnonzero((first_row >= 0) | (box_row >= 0))
    frame = pd.DataFrame(index=pd.Index(known))
    for name, row, line in (("first", first_row, first_line), ("same_mailbox", box_row, box_line)):
        there = row[known] >= 0
        frame[f"{name}_row"] = pd.array(np.where(there, row[known], 0), dtype="Int64")
        frame[f"{name}_line"] = pd.array(np.where(there, line[known], 0), dtype="Int64")
        frame[f"{name}_list"] = pd.array(np.zeros(len(known), dtype=np.int64), dtype="Int64")
        frame.loc[~there, [f"{name}_row", f"{name}_line", f"{name}_list"]] = pd.NA
        frame[f"{name}_path"] = ""
    return frame


def _earlier(contacts: Contacts, rows: Rows, held: pd.DataFrame, kind: int) -> tuple[Rows, Rows]:
    """Return row and line of the first holder of each row's key; -1 where it is the row itself."""
    mine = held[(held["kind"] == kind).to_numpy()]
    ids = contacts.contacts["address"].to_numpy()
    size = len(contacts.addresses) + 1  # the last one answers for a row without an address
    row, line = np.full(size, -1, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    row[ids[::-1]] = rows[::-1]  # written backwards: the first row of the part stays
    line[ids[::-1]] = contacts.contacts["line"].to_numpy()[::-1]
    row[mine["address"].to_numpy()] = mine["row"].to_numpy()
    line[mine["address"].to_numpy()] = mine["line"].to_numpy()
    without = np.append(_keyless(contacts, kind), True)
    row[without], line[without] = -1, -1
    found, at = row[ids], line[ids]
    own = (found < 0) | (found == rows)
    return np.where(own, -1, found), np.where(own, -1, at)


def _keyless(contacts: Contacts, kind: int) -> npt.NDArray[np.bool_]:
    """Tell which addresses have no key of a kind: such never stand for one another."""
    values = contacts.addresses["address" if kind == ADDRESS else "canonical"]
    return np.asarray((values == "").to_numpy(dtype=bool))
