"""Proposed repairs as addresses: where they would lead, and which one the evidence supports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from .model.contacts import Contacts
from .model.evidence import Evidence
from .model.listing import TEXT
from .model.rule import Grade


def proposed_domains(contacts: Contacts) -> pd.Series:
    """Return the distinct ASCII domains that the proposed repairs would give."""
    return proposals(contacts)["domain"].replace("", None).dropna().drop_duplicates()


def proposals(contacts: Contacts) -> pd.DataFrame:
    """Return the proposed repairs that are addresses: text (id), rule, after, domain (ASCII)."""
    from .address import judge as judge_syntax

    found = contacts.repairs
    found = found[(found["grade"] == Grade.PROPOSED).to_numpy()][["text", "rule", "after"]]
    judged = judge_syntax(found["after"].astype(TEXT))
    return found.assign(domain=judged["ascii_domain"])[(judged["syntax"] != "refused").to_numpy()]


def rank_proposals(contacts: Contacts, evidence: Evidence, accept: Sequence[str]) -> dict[str, str]:
    """Choose, for the texts of the accepted rules, the one reading that the evidence supports.

    Result: text -> after. Where two readings are equally good nothing is chosen: that would be a
    guess between two people.
    """
    found = proposals(contacts)
    found = found[found["rule"].str.startswith(tuple(accept) or ("-",)).to_numpy()]
    if not len(found):
        return {}
    worth = pd.Series(1, index=found.index)
    if evidence.answers is not None:
        said = evidence.answers["answer"].reindex(found["domain"]).to_numpy()
        good = pd.Series(said, index=found.index).isin(["mx", "implicit_mx"])
        bad = pd.Series(said, index=found.index).isin(["nxdomain", "no_host", "null_mx"])
        worth = worth.mask(good, 2).mask(bad, 0)
    found = found.assign(worth=worth)
    best = found[(found["worth"] == found.groupby("text")["worth"].transform("max")).to_numpy()]
    best = best.drop_duplicates(["text", "after"])
    alone = best[~best["text"].duplicated(keep=False).to_numpy() & (best["worth"] > 0).to_numpy()]
    texts: Any = contacts.texts["text"].reindex(alone["text"].astype(int))
    return dict(zip(texts, alone["after"], strict=True))
