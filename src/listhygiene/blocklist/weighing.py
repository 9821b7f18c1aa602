"""Weighing: which state of an address counts where several entries concern it."""

from __future__ import annotations

import pandas as pd

from ..model.listing import TEXT
from . import fold
from .clock import moments
from .pairing import ADDRESS

_TEXTS = ("block_type", "block_cause", "block_source", "block_match", "block_diagnostic", "allowed")
_TIMES = ("block_since", "block_examined", "complained", "unsubscribed")


def weigh(rows: pd.DataFrame, wanted: pd.Series) -> pd.DataFrame:
    """Return the present state of each address, of the entries paired with it (`Blocks.look_up`).

    Where several spellings of one mailbox are known, the heaviest block counts, then the latest,
    then the first by its spelling, in whatever order they come; a person's allowance of this very
    spelling comes before all, and a complaint or unsubscribe of any of them concerns the person.
    """
    if rows.empty:
        return _typed(pd.DataFrame(index=wanted.index[:0]))
    rows = rows.assign(rank=_rank(rows))
    by = {"rank": True, "since": False, "listed": True, "cause": True}
    order = rows.sort_values(list(by), ascending=list(by.values()))
    best = order.drop_duplicates("label").set_index("label")
    people = rows.groupby("label")[["complained", "unsubscribed"]].min()
    state = pd.DataFrame(
        {
            "block_type": best["type"],
            "block_cause": best["cause"],
            "block_since": best["since"],
            "block_strikes": best["strikes"].astype("int64"),
            "block_final": best["final"].astype(bool),
            "block_source": best["source"],
            "block_match": best["match"],
            "block_diagnostic": best["diagnostic"].where(best["diagnostic"].ne(""), best["reason"]),
            "block_examined": best["examined"],
            "complained": people["complained"].reindex(best.index),
            "unsubscribed": people["unsubscribed"].reindex(best.index),
            "allowed": allowed_text(best),
        }
    )
    some = state["block_type"].ne("") | state["allowed"].ne("")
    some |= state["complained"].notna() | state["unsubscribed"].notna()
    kept = state[some]
    return _typed(kept.loc[wanted.index[wanted.index.isin(kept.index)]])


def allowed_text(rows: pd.DataFrame) -> pd.Series:
    """Say by whom, when and why a permanent block is overridden, '' where none is."""
    day = pd.to_datetime(pd.to_numeric(rows["allow_at"]), unit="s").dt.strftime("%Y-%m-%d")
    by = rows["allow_by"].fillna("").astype(TEXT)
    said = by + ", " + day.astype(TEXT) + ": " + rows["allow_reason"].fillna("").astype(TEXT)
    return said.where(rows["allow_at"].notna(), "").astype(TEXT)


def _rank(rows: pd.DataFrame) -> pd.Series:
    """Order the rows of one address: its own allowance, then the heaviest block, its own first."""
    own = rows["match"].eq(ADDRESS)
    allowed = rows["allow_at"].notna() & rows["type"].ne(fold.TEMPORARY)
    heavy = rows["type"].map({fold.PERMANENT: 2, fold.TEMPORARY: 4}).fillna(8).astype(int)
    return (heavy + (~own).astype(int)).mask(allowed, 6 + (~own).astype(int)).mask(allowed & own, 0)


def _typed(state: pd.DataFrame) -> pd.DataFrame:
    """Give the columns their agreed types, in the agreed order."""
    state = state.reindex(
        columns=[
            "block_type", "block_cause", "block_since", "block_strikes", "block_final",
            "block_source", "block_match", "block_diagnostic", "block_examined",
            "complained", "unsubscribed", "allowed",
        ]
    )  # fmt: skip
    for name in _TEXTS:
        state[name] = state[name].astype(TEXT).fillna("")
    for name in _TIMES:
        state[name] = moments(state[name])
    return state.astype({"block_strikes": "int64", "block_final": bool})
