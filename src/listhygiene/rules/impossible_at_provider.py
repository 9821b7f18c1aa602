"""A303: local parts that a provider never gives out."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import pandas as pd

from ..model.listing import TEXT
from ..model.rule import Severity, rule


@dataclass(frozen=True)
class _Grammar:
    """What a provider's local parts look like; patterns: all must match the whole, lower-cased."""

    domains: tuple[str, ...]
    cut: str
    patterns: tuple[str, ...]
    says: str


@functools.cache
def _grammars() -> tuple[_Grammar, ...]:
    place = resources.files("listhygiene.data").joinpath("provider_grammars.toml")
    rows = tomllib.loads(place.read_text(encoding="utf-8"))["provider"]
    return tuple(
        _Grammar(tuple(row["domains"]), row.get("cut", ""), tuple(row["patterns"]), row["says"])
        for row in rows
    )


@rule("A303", "impossible-at-provider", Severity.WARNING)
def impossible_at_provider(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The provider gives no such address out.

    Why: providers publish what the part before the at-sign may look like; one that cannot be is a
    slip of the pen, and bounces.
    Example: a_b@gmail.com
    Remedy: look for the slip, or ask the contact.
    """
    found: dict[Any, str] = {}
    every = [domain for grammar in _grammars() for domain in grammar.domains]
    there = addresses[addresses["domain_name"].isin(every).to_numpy()]
    for grammar in _grammars():
        at = there["domain_name"].isin(grammar.domains).to_numpy()
        if not at.any():
            continue
        local = there.loc[at, "local"].str.lower()
        if grammar.cut:
            local = local.str.split(grammar.cut, n=1).str[0]
        for pattern in grammar.patterns:
            fits = local.str.fullmatch(pattern).to_numpy(dtype=bool)
            found |= dict.fromkeys(local.index[~fits], grammar.says)
    return pd.Series(found, dtype=TEXT)
