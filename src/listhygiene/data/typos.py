"""Misspelt domains: which provider, or which domain of the list itself, a name was meant to be.

Nothing is asked of DNS here: a suggestion is a suspicion until the evidence decides (rule D413).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..model.listing import TEXT
from .candidates import (
    OWN_CONTACTS,
    Candidates,
    limit,
    list_candidates,
    provider_candidates,
)
from .disposable import is_disposable
from .facts import facts
from .impossible import NO_SUCH_END, impossible_reason, repair_end
from .names import find_any, names_of
from .nearness import near_by_keys, near_by_one_key, near_by_shape
from .provider_status import ENDED, provider_status
from .providers import long_tail, provider_names
from .reserved import reserved_reason

TRAPS = "traps.csv"
NEAR_MISSES = "near_misses.csv"
TWINS = {"softbank.ne.jp": "i.softbank.jp", "i.softbank.jp": "softbank.ne.jp"}
"""Two domains of one provider that a slip does not tell apart: the second suggestion."""
RARER = 10
"""A domain of the list is taken for a slip of another only if that is so many times as frequent."""
ALIBI = 1.0
"""So near a tier-0 provider, under another name, being on a list of domains is no alibi."""

COLUMNS: dict[Hashable, Any] = {
    "suggestion": TEXT,
    "suggestion2": TEXT,
    "cost": "float64",
    "tier": "int8",
    "impossible": TEXT,
    "trap": "bool",
}


@dataclass(frozen=True)
class _Marks:
    """What is known of each open domain beforehand, positional."""

    impossible: pd.Series
    listed: pd.Series
    disposable: pd.Series


def suggest(
    domains: pd.DataFrame, allowed: Collection[str] = (), folder: Path | None = None
) -> pd.DataFrame:
    """Say which of the domains look misspelt, and for what.

    domains: a row a distinct domain: domain (ASCII, lower case), contacts (how many have it).
    allowed: domains that are right as they are, with their subdomains. folder: newer lists.
    Result, a row a suspicious domain under its index label of `domains`:
        suggestion (the likely domain, missing = none is near), suggestion2 (another as likely),
        cost (weighted edits and the tier's share, 0.6..3.3, NaN where nothing was near), tier (0
        the great providers .. 2, 3 = a domain of the list itself, -1 none), impossible (why the
        name cannot exist, '' = it can), trap (known, or listed, to collect misspelt mail).
    """
    open_ = domains[~_known(domains["domain"], allowed)]
    names = open_["domain"].astype(TEXT)
    marks = _Marks(
        impossible=impossible_reason(names, folder),
        listed=pd.Series(find_any(names, long_tail()), index=names.index),
        disposable=is_disposable(names, folder),
    )
    found = _best(_hits(open_, marks, folder))
    found = found[~_has_alibi(found, names, marks)]
    return _rows(names, found, marks, folder)


def _known(names: pd.Series, allowed: Collection[str]) -> np.ndarray:
    """Tell which domains are right as they are: providers', allowed, reserved, near misses."""
    near = names_of((row["domain"] for row in facts(NEAR_MISSES)), subdomains=False)
    own = names_of(name.lower().strip(".") for name in allowed)
    reserved = (reserved_reason(names) != "").to_numpy()
    known = find_any(names, provider_names()) | find_any(names, near) | find_any(names, own)
    return np.asarray(known | reserved)


def _hits(domains: pd.DataFrame, marks: _Marks, folder: Path | None) -> pd.DataFrame:
    """Return long rows place (index label), suggestion, cost, tier of all candidates in reach."""
    names = domains["domain"].astype(TEXT)
    ended = provider_status(pd.Series(provider_candidates().names, dtype=TEXT))
    dead = {provider_candidates().names[i] for i in ended.index[ended["status"] == ENDED]}
    providers = provider_candidates().without(dead)
    keyed = near_by_keys(names, providers)
    frames = [
        _within_limits(keyed, names, providers, marks),
        near_by_shape(names, providers, marks.impossible != ""),
        _own_hits(domains, marks, folder),
        _traps(names),
    ]
    return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)


def _own_hits(domains: pd.DataFrame, marks: _Marks, folder: Path | None) -> pd.DataFrame:
    """Return such rows for rare domains beside a frequent one of the same list."""
    own = list_candidates(domains, folder)
    contacts = domains["contacts"]
    names = domains["domain"].astype(TEXT)
    hits = _within_limits(near_by_one_key(names[contacts < OWN_CONTACTS], own), names, own, marks)
    frequent = domains[contacts >= OWN_CONTACTS]
    frequency = dict(zip(frequent["domain"], frequent["contacts"], strict=True))
    rarer = [
        contacts[place] * RARER <= frequency[meant]
        for place, meant in zip(hits["place"], hits["suggestion"], strict=True)
    ]
    return hits[np.array(rarer, dtype=bool)]


def _within_limits(
    hits: pd.DataFrame, names: pd.Series, candidates: Candidates, marks: _Marks
) -> pd.DataFrame:
    impossible = marks.impossible.loc[hits["place"]].to_numpy() != ""
    typed = names.loc[hits["place"]]
    limits = [
        limit(one, candidates.parts[meant], bool(cannot))
        for one, meant, cannot in zip(typed, hits["suggestion"], impossible, strict=True)
    ]
    return hits[hits["cost"].to_numpy() <= np.array(limits, dtype=float)]


def _traps(names: pd.Series) -> pd.DataFrame:
    meant = {row["domain"]: row["meant"] for row in facts(TRAPS)}
    trapped = names[names.isin(list(meant))]
    return pd.DataFrame(
        {
            "place": trapped.index,
            "suggestion": [meant[name] for name in trapped],
            "cost": np.full(len(trapped), 0.7),
            "tier": np.zeros(len(trapped), int),
        }
    )


def _best(hits: pd.DataFrame) -> pd.DataFrame:
    """Keep the nearest candidate of each domain; the greater provider where two are as near."""
    ordered = hits.sort_values(["place", "cost", "tier"], kind="stable")
    return ordered.drop_duplicates("place").set_index("place")


def _has_alibi(found: pd.DataFrame, names: pd.Series, marks: _Marks) -> np.ndarray:
    """Tell which suggestions a list of real domains speaks against.

    Squatters have come into such lists too: a listed name next to a tier-0 provider's stays
    suspicious, unless its label is the provider's own (hotmail.gr is Microsoft's).
    """
    listed = (marks.listed | marks.disposable).loc[found.index].to_numpy()
    labels = [provider_candidates().parts.get(name) for name in found["suggestion"]]
    own = [
        part is not None and name.startswith(f"{part.head}{part.label}.")
        for name, part in zip(names.loc[found.index], labels, strict=True)
    ]
    squat = (found["cost"] <= ALIBI) & (found["tier"] == 0) & ~np.array(own, dtype=bool)
    return np.asarray(listed & ~squat.to_numpy())


def _rows(
    names: pd.Series, found: pd.DataFrame, marks: _Marks, folder: Path | None
) -> pd.DataFrame:
    suspicious = names.index[(marks.impossible != "") | names.index.isin(found.index)]
    rows = found.reindex(suspicious)
    rows["impossible"] = marks.impossible.loc[suspicious]
    bare = rows.index[rows["suggestion"].isna() & (rows["impossible"] == NO_SUCH_END)]
    repaired = {place: repair_end(names.loc[place], folder) for place in bare}
    rows["suggestion"] = (
        rows["suggestion"].astype(TEXT).fillna(pd.Series(repaired, dtype=TEXT)).replace("", None)
    )
    rows["suggestion2"] = rows["suggestion"].map(TWINS)
    rows["tier"] = rows["tier"].fillna(-1)
    traps = names_of((row["domain"] for row in facts(TRAPS)), subdomains=False)
    known_trap = find_any(names.loc[suspicious], traps)
    listed_trap = (
        marks.disposable.loc[suspicious].to_numpy() & rows["suggestion"].notna().to_numpy()
    )
    rows["trap"] = known_trap | listed_trap
    rows.index.name = names.index.name
    return rows.reindex(columns=list(COLUMNS)).astype(COLUMNS)
