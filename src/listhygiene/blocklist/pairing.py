"""Pairing: which entries of a blocklist concern an address, and by which of its keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.listing import TEXT
from ..texts import to_arrow
from .keys import canonical_keys

ADDRESS = "address"
"""Matched by the normal form, or by its hash."""
CANONICAL = "canonical"
"""Matched as another spelling of the same mailbox."""

COLUMNS = (
    "key", "hidden", "address_id", "listed", "type", "cause", "since", "strikes", "final",
    "examined", "complained", "unsubscribed", "unblocks", "due_from", "source", "diagnostic",
    "reason", "campaign", "allow_by", "allow_reason", "allow_at",
)  # fmt: skip
"""Of an entry that was found: the key that it was asked by, the canonical key of its mailbox where
that is another, its address, its state, and the words of the events that decide."""

_NUMBERS = ("since", "strikes", "examined", "complained", "unsubscribed", "due_from", "allow_at")
"""Seconds and counts, missing where there is none; all of them are exact as such."""

Ask = Callable[[pd.Series], Sequence[pd.DataFrame]]
"""Returns the entries (COLUMNS) whose address, whose canonical key, whose hash is among keys."""


def pair(wanted: pd.Series, ask: Ask, mailboxes: pd.Series | None = None) -> pd.DataFrame:
    """Return the entries that concern the addresses, a row a pair: COLUMNS, `label` (of `wanted`)
    and `match`.

    wanted: distinct normal forms; blank and missing ones match nothing. An address is looked for
    by its normal form, by the canonical key of its mailbox, and by the hashes of both.
    mailboxes: those keys (of `wanted` at least), if they are known; '' where there is none.
    """
    forms = wanted.astype(TEXT)
    forms = forms[forms.notna() & forms.ne("") & ~forms.str.contains("\x00", regex=False)]
    if forms.empty:
        return _joined([])
    keys = canonical_keys(forms) if mailboxes is None else _known_keys(forms, mailboxes)
    other = keys[keys.ne(forms)]

    by_name, by_mailbox, by_hash = ask(pd.concat([forms, other]))
    plain = by_name[by_name["hidden"].isna()]  # this row's address is its own canonical key
    found = [
        _join(forms, by_name, ADDRESS),
        _join(forms, by_hash, ADDRESS),
        _join(other, plain, CANONICAL),
        _join(keys, by_mailbox, CANONICAL),
        _join(other, by_hash, CANONICAL),
    ]
    return _joined(found)


def _known_keys(forms: pd.Series, mailboxes: pd.Series) -> pd.Series:
    """Return the canonical key of each normal form; the form itself where there is no other."""
    keys = mailboxes.reindex(forms.index).astype(TEXT).fillna("")
    return keys.where(keys.ne(""), forms)


def _join(keys: pd.Series, rows: pd.DataFrame, how: str) -> pd.DataFrame:
    if rows.empty or keys.empty:
        return pd.DataFrame(columns=["label", *COLUMNS, "match"])
    values = pa.array(rows["key"], pa.large_string())
    few = keys[pc.is_in(to_arrow(keys), value_set=values).to_numpy(zero_copy_only=False)]
    left = pd.DataFrame({"label": few.index, "key": few.to_numpy(object)})
    return left.merge(rows.astype({"key": object}), on="key").assign(match=how)


def _joined(found: list[pd.DataFrame]) -> pd.DataFrame:
    """Put the pairs together; a row that matches in two ways counts by the first."""
    some = [one for one in found if not one.empty]
    if not some:
        return pd.DataFrame(columns=["label", *COLUMNS, "match"])
    joined = pd.concat(some, ignore_index=True).drop_duplicates(["label", "address_id"])
    return joined.astype(dict.fromkeys(_NUMBERS, "Float64"))
