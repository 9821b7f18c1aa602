"""How the rules A331 to A334 tell of a block: cause, beginning, and what is to be done about it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..model.bounce import CAUSE_NAMES
from ..model.listing import TEXT
from ..model.quantity import quantity

TO_DO = {
    "T1": "check how the domain is written",
    "T3": "complete SPF and DKIM of your domain",
    "T4": "ask the recipient to free space",
    "T5": "look for trouble at your relay",
    "T6": "review the text, its links and attachments",
    "T7": "ask the recipient to let your server in",
    "P1": "ask the recipient to let your domain in",
    "P2": "check how the domain is written, or ask for another address",
    "P3": "check how it is written, or ask for another address",
    "P4": "comply with the policy that the server names",
    "P5": "ask whoever runs your mail server",
    "P6": "let the sender authenticate at your relay",
    "P7": "ask whoever runs the recipient's server",
    "P8": "mail only who wants it, and review the text",
    "P9": "ask the recipient whether the mailbox is in use",
}
"""The remedy of a cause in a few words, after the help page where it has one (its whole text:
`blocklist show`)."""


def tell_block(blocked: pd.DataFrame, policy: Any, strikes: pd.Series | None = None) -> pd.Series:
    """Tell of blocks: "mailbox-full, since 2026-05-01; 3 bounces in a row; due for examination;
    ask the recipient to free space".
    """
    causes = blocked["block_cause"].astype(TEXT).fillna("")
    told = causes.map(lambda code: CAUSE_NAMES.get(code, code) or "unknown cause").astype(TEXT)
    told += tell_day(blocked["block_since"], ", since {day}").fillna("")
    if strikes is not None:
        told += strikes.map(_tell_strikes, na_action="ignore").astype(TEXT).fillna("")
    other = blocked["block_match"].eq("canonical").fillna(False).astype(bool)
    told += _where(other, "; listed under another spelling of the mailbox")
    told += _where(_is_due(blocked, policy), "; due for examination")
    return told + causes.map(lambda code: f"; {TO_DO[code]}" if code in TO_DO else "").astype(TEXT)


def _tell_strikes(count: float) -> str:
    return f"; {quantity(int(count), 'bounce')} in a row"


def tell_day(moments: pd.Series, words: str = "since {day}") -> pd.Series:
    """Tell of a day, missing where there is none."""
    before, _, after = words.partition("{day}")
    return before + pd.to_datetime(moments).dt.strftime("%Y-%m-%d").astype(TEXT) + after


def _is_due(blocked: pd.DataFrame, policy: Any) -> pd.Series:
    """The last examination, or the block's beginning, lies the policy's months back or more."""
    last = pd.to_datetime(blocked["block_examined"]).fillna(pd.to_datetime(blocked["block_since"]))
    as_of = getattr(policy, "as_of", None)
    if as_of is None:
        return pd.Series(False, index=blocked.index)
    day = pd.Timestamp(as_of).normalize() - pd.DateOffset(months=policy.blocklist.recheck_months)
    return last.dt.normalize().le(day)


def _where(chosen: pd.Series, words: str) -> pd.Series:
    return pd.Series("", index=chosen.index, dtype=TEXT).mask(chosen, words)
