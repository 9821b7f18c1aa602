"""A303: local parts that a provider never gives out."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.listing import TEXT
from ..model.rule import Severity, rule
from ..texts import any_contains, to_arrow


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
    domains = addresses["domain_name"].cat
    local = to_arrow(addresses["local"])
    for grammar in _grammars():
        of_grammar = np.append(domains.categories.isin(grammar.domains), False)
        if not of_grammar.any():
            continue
        places = np.flatnonzero(of_grammar[domains.codes.to_numpy()])
        wrong = places[~_fit(local.take(pa.array(places)), grammar)]
        found |= dict.fromkeys(addresses.index[wrong], grammar.says)
    return pd.Series(found, dtype=TEXT)


def _fit(local: pa.Array, grammar: _Grammar) -> npt.NDArray[np.bool_]:
    """Tell which local parts are as the provider gives them out."""
    names = pc.utf8_lower(local)
    if grammar.cut and any_contains(names, grammar.cut):
        names = pc.list_element(pc.split_pattern(names, grammar.cut, max_splits=1), 0)
    fits = np.ones(len(names), dtype=bool)
    for pattern in grammar.patterns:
        told = pc.match_substring_regex(names, rf"\A(?:{pattern})\z")
        fits &= told.to_numpy(zero_copy_only=False)
    return fits
