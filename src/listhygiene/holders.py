"""Who holds an address first, found over the parts of a list by keys instead of by the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .model.contacts import Contacts
from .texts import by_eights, offsets_of, to_arrow

Rows = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

ADDRESS, MAILBOX = 0, 1
KEY = ["high", "low"]

_PART = 1 << 15
_SEEDS = np.array([[0x9E3779B97F4A7C15], [0x517CC1B727220A95]], np.uint64)
_MIX = np.array([0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53], np.uint64)
_SHIFT = np.uint64(33)


@dataclass(frozen=True)
class Keys:
    """The distinct addresses of one part, each by the first of its rows that has it.

    high, low: 128 bits of the mailbox's key (of the address itself where it has none), by which
    the frame is sorted. own: 64 bits of the address, which tell it from others of its mailbox.
    row, line: where it stands first. address: its id in the part's addresses.
    """

    frame: pd.DataFrame

    def split(self, number: int) -> list[Keys]:
        """Divide the keys into so many buckets; equal keys of all parts fall into the same one."""
        bounds = [(bucket << 64) // number for bucket in range(1, number)]
        high = self.frame["high"].to_numpy()
        cuts = [0, *np.searchsorted(high, np.array(bounds, np.uint64)).tolist(), len(high)]
        return [Keys(self.frame.iloc[a:b]) for a, b in pairwise(cuts)]


def keys_of(contacts: Contacts, start: int) -> Keys:
    """Return a part's keys; start: the row of the list at which the part begins."""
    address, mailbox = (to_arrow(contacts.addresses[name]) for name in ("address", "canonical"))
    own = _hashes(address)
    key = own.copy()
    other = pc.not_equal(address, mailbox)
    key[:, other.to_numpy(zero_copy_only=False)] = _hashes(mailbox.filter(other))
    alone = pc.equal(mailbox, "").to_numpy(zero_copy_only=False)
    key[:, alone] = ~own[:, alone]  # it shares its key with no mailbox
    used = contacts.held
    rows = np.flatnonzero(used >= 0)
    first = np.full(len(address), -1, dtype=np.int64)
    first[used[rows][::-1]] = rows[::-1]  # written backwards: the first row stays
    here = np.flatnonzero((first >= 0) & pc.not_equal(address, "").to_numpy(zero_copy_only=False))
    here = here[np.argsort(key[0, here])]
    columns = {"high": key[0, here], "low": key[1, here], "own": own[0, here]}
    lines = contacts.contacts["line"].to_numpy()[first[here]]
    rows_there = {"row": first[here] + start, "line": lines, "address": here.astype(np.int32)}
    return Keys(pd.DataFrame({**columns, **rows_there}, copy=False))


def _hashes(texts: pa.Array) -> Words:
    """Return 128 bits of each (large) text, as two rows: the same in every process."""
    found = np.empty((2, len(texts)), np.uint64)
    for start in range(0, len(texts), _PART):
        found[:, start : start + _PART] = _hashes_of_part(texts.slice(start, _PART))
    return found


def _hashes_of_part(texts: pa.Array) -> Words:
    """Take each text's octets by eights, and mix them into what was there (MurmurHash3's way)."""
    found = np.diff(offsets_of(texts)).astype(np.uint64) + _SEEDS
    for rows, some in by_eights(texts):
        found[:, rows] = _mixed(found[:, rows] ^ some)
    return found


def _mixed(words: Words) -> Words:
    for factor in _MIX:
        words ^= words >> _SHIFT
        words *= factor
    words ^= words >> _SHIFT
    return words


def settle(parts: Sequence[Keys]) -> list[pd.DataFrame]:
    """Find the first holder of every key of all parts (or of one bucket of all parts).

    Result, a frame a part, of its keys that another row holds first: kind (ADDRESS, MAILBOX),
    address (id), row, line (of that row).
    """
    few = _repeated(parts)
    told = [
        _behind(few, [*KEY, "own"]).assign(kind=np.int8(ADDRESS)),
        _behind(few, KEY).assign(kind=np.int8(MAILBOX)),
    ]
    whole = pd.concat(told)
    return [
        whole.loc[(whole["part"] == part).to_numpy(), ["kind", "address", "row", "line"]]
        for part in range(len(parts))
    ]


def _behind(few: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return part and address of those that another row holds first, with its row and line."""
    ordered = few.sort_values([*key, "row"], kind="stable")
    keys = ordered[key].to_numpy()
    begins = np.ones(len(keys), dtype=bool)
    begins[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    first = np.maximum.accumulate(np.where(begins, np.arange(len(keys)), 0))
    holders = {name: ordered[name].to_numpy()[first] for name in ("row", "line")}
    return ordered[["part", "address"]].assign(**holders)[~begins]


def _repeated(parts: Sequence[Keys]) -> pd.DataFrame:
    """Return the few keys that may stand in several places; part: where each comes from."""
    high = np.concatenate([one.frame["high"].to_numpy() for one in parts])
    order = np.argsort(high)
    same = np.diff(high[order]) == 0
    repeated = np.zeros(len(high), dtype=bool)
    repeated[order[1:][same]] = repeated[order[:-1][same]] = True
    cuts = np.cumsum([len(one.frame) for one in parts])[:-1]
    frames = zip(parts, np.split(repeated, cuts), strict=True)
    few = [one.frame[here].assign(part=part) for part, (one, here) in enumerate(frames)]
    return pd.concat(few, ignore_index=True)


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
    ids = contacts.held
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
