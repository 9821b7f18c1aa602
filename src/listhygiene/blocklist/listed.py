"""A list that serves as a blocklist, asked as it is: no database, the same answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.listing import TEXT, Listing
from ..texts import to_arrow
from . import fold
from .bloom import Sieve, Stamp
from .clock import DAY, cutoff, seconds
from .entries import read_entries
from .fingerprints import VERSION, of_digests, of_texts
from .keys import canonical_keys, digest, normalise, rules_version
from .pairing import COLUMNS, pair
from .weighing import weigh
from .words import encodable, storable

_ROOM = 16
"""Bits of a sieve for each mailbox at least."""
_NOTHING = fold.State()
_WORDS = ("type", "cause")

Columns = dict[str, npt.NDArray[Any]]
"""The fields of states, each as one array; numbers are NaN where there is none."""


@dataclass(frozen=True)
class Listed:
    """Entries (COLUMNS but `key`, and `digest`) of the addresses that have a state."""

    name: str
    entries: pd.DataFrame
    now: datetime
    months: int

    def look_up(
        self, addresses: pd.Series, as_of: pd.Timestamp, mailboxes: pd.Series | None = None
    ) -> pd.DataFrame:
        """Return the state of the addresses that the list names (`Blocks.look_up`)."""
        return weigh(pair(addresses, self._ask), addresses)

    def describe(self) -> Mapping[str, object]:
        """Say which list it is: url, addresses with a state, blocks due for examination."""
        due = self.entries["due_from"].le(cutoff(self.now, self.months))
        return {"url": self.name, "addresses": len(self.entries), "due": int(due.sum())}

    def sieve(self, asked: int) -> Sieve | None:
        """Return what tells of most addresses that they are not known (`Sieving.sieve`)."""
        named = self.entries[self.entries["digest"].isna()]
        hashes = self.entries["digest"].dropna().tolist()
        stamp = Stamp(0, "", 0, len(hashes), rules_version(), fold.VERSION, VERSION)
        words = 1 << max(10, (len(self.entries) * _ROOM // 64).bit_length())
        sieve = Sieve(stamp, len(self.entries), np.zeros(words, np.uint64))
        sieve.add(of_texts(to_arrow(named["hidden"].fillna(named["listed"]).astype(TEXT))))
        if hashes:
            sieve.add(of_digests(hashes))
        return sieve

    def _ask(self, keys: pd.Series) -> list[pd.DataFrame]:
        """Find the entries whose address, whose canonical key, whose hash is among keys (`Ask`)."""
        wanted = pd.Index(keys.unique())
        by_name = self._among("listed", wanted)
        by_mailbox = self._among("hidden", wanted)
        if self.entries["digest"].isna().all():
            return [by_name, by_mailbox, by_name.iloc[:0]]
        known = {digest(one): one for one in wanted}
        by_hash = self.entries[self.entries["digest"].isin(known)]
        by_hash = by_hash.assign(key=by_hash["digest"].map(known))
        return [by_name, by_mailbox, by_hash[list(COLUMNS)]]

    def _among(self, name: str, wanted: pd.Index) -> pd.DataFrame:
        values = pa.array(wanted, pa.large_string())
        here = pc.is_in(to_arrow(self.entries[name]), value_set=values, skip_nulls=True)
        found = self.entries[here.to_numpy(zero_copy_only=False)]
        keyed: pd.DataFrame = found.assign(key=found[name])[list(COLUMNS)]
        return keyed


def read_listed(
    listing: Listing, *, now: datetime, months: int, causes: Mapping[str, str]
) -> Listed:
    """Let a list serve as a blocklist; see `read_entries` for what its rows say.

    Raises BlocklistError naming the columns seen, where none holds addresses or their hashes.
    """
    table, _ = read_entries(listing, causes)
    events = _identified(table, seconds(now))
    return Listed(listing.path, _with_states(events), now, months)


def _identified(table: pd.DataFrame, received: int) -> pd.DataFrame:
    """Tell of each row whom it concerns, and let each event stand once, in its order.

    Adds form (normal form, missing where only the hash is known) and who (one number an address).
    Nothing happens after it was received: a wrong clock elsewhere must not hide an event.
    """
    raw = table["address"].astype(TEXT)
    forms = normalise(raw.map({one: encodable(one) for one in raw.unique()}).astype(TEXT))
    hashes = table["digest"].where(forms.isna(), None)
    said = raw.where(raw.ne(""), table["digest"].map(lambda one: one.hex() if one else ""))
    table = table.assign(form=forms, digest=hashes, said=said)
    table = table[table["form"].notna() | table["digest"].notna()]
    if table["digest"].notna().any():
        known = {digest(one): one for one in table["form"].dropna().unique()}
        named = table["digest"].map(known).astype(TEXT)
        table = table.assign(form=table["form"].fillna(named))
        table["digest"] = table["digest"].where(table["form"].isna(), None)
        table = table.sort_values("form", key=pd.isna, kind="stable")
    once = table.drop_duplicates(["said", "kind", "type", "cause", "at", "source"])
    at = once["at"].astype("Int64")
    at = at.mask(at.isna() | at.gt(received + DAY), received).astype("int64")
    name = once["form"].astype(object).where(once["form"].notna(), once["digest"])
    return once.assign(at=at, who=pd.factorize(name)[0]).reset_index(drop=True)


def _with_states(events: pd.DataFrame) -> pd.DataFrame:
    """Fold the events of each address into the entries of those that have a state."""
    several = events["who"].duplicated(keep=False).to_numpy()
    whos, states = _fold_single(events[~several])
    if several.any():
        others, more = _fold_several(events[several])
        whos = np.concatenate([whos, others])
        states = {name: np.concatenate([one, more[name]]) for name, one in states.items()}
    place = np.unique(events["who"].to_numpy(), return_index=True)[1][whos]
    forms = events["form"].iloc[place].astype(TEXT).reset_index(drop=True)
    keys = canonical_keys(forms) if len(forms) else forms
    event = states.pop("event_id")
    deciding = np.where(np.isnan(event), 0, event).astype(np.int64)
    return pd.DataFrame(
        states
        | {name: _words(events[name], deciding, ~np.isnan(event)) for name in ("source", "reason")}
        | {"address_id": whos, "listed": forms, "hidden": keys.where(keys.ne(forms))}
        | {"digest": events["digest"].to_numpy(object)[place], "diagnostic": "", "campaign": ""}
        | dict.fromkeys(("allow_by", "allow_reason", "allow_at"))
    )


def _fold_single(events: pd.DataFrame) -> tuple[npt.NDArray[np.int64], Columns]:
    """Fold addresses of one event each, as most are: one pattern for all of a kind."""
    said = events["kind"].astype(TEXT) + "\n" + events["type"] + "\n" + events["cause"]
    codes, distinct = pd.factorize(said)
    patterns = [fold.pattern(*one.split("\n")) for one in distinct]
    some = np.array([one != _NOTHING for one in patterns], bool)[codes]
    events, codes = events[some], codes[some]
    own = {fold.ID: events.index.to_numpy(float), fold.AT: events["at"].to_numpy(float)}
    states = {name: column[codes] for name, column in _columns(patterns).items()}
    for name in set(states) - set(_WORDS):
        for mark, numbers in own.items():
            states[name] = np.where(states[name] == mark, numbers, states[name])
    return events["who"].to_numpy(np.int64), states


def _fold_several(events: pd.DataFrame) -> tuple[npt.NDArray[np.int64], Columns]:
    """Fold addresses of several events, in the order in which these happened."""
    order = events.assign(id=events.index, message_id="").sort_values(["who", "at", "id"])
    rows = order[["who", *fold.Past._fields]].itertuples(index=False, name=None)
    states = {
        who: fold.fold(fold.Past(*row[1:]) for row in group)
        for who, group in groupby(rows, key=itemgetter(0))
    }
    some = {who: one for who, one in states.items() if one != _NOTHING}
    return np.array(list(some), np.int64), _columns(list(some.values()))


def _columns(states: Sequence[fold.State]) -> Columns:
    return {
        name: np.array([getattr(one, name) for one in states], object if name in _WORDS else float)
        for name in fold.State._fields
    }


def _words(words: pd.Series, place: npt.NDArray[np.int64], said: npt.NDArray[Any]) -> pd.Series:
    """Return the words of the events that decide, as a database would keep them."""
    distinct = {one: storable(one) for one in words.unique()}
    found = words.map(distinct).astype(TEXT).iloc[place].reset_index(drop=True)
    return found.where(said, "")
