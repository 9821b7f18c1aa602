"""What a misspelt domain may have been: the great providers, and the list's own domains."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..model.listing import TEXT
from .providers import is_personal, providers
from .suffixes import public_suffix

OWN_TIER = 3
"""The tier of a domain of the list itself: behind every provider."""
OWN_CONTACTS = 20
"""So many contacts of a list at one domain, and it is surely spelt as meant."""
TIER_COST = 0.25
"""What a tier adds to the cost: of two as near, the greater provider was meant."""


@dataclass(frozen=True)
class Parts:
    """A domain taken apart: head ("i."), label ("softbank"), tail (".jp")."""

    head: str
    label: str
    tail: str


@dataclass(frozen=True)
class Candidates:
    """Domains that may have been meant, each with its tier and its parts.

    exclusive: label -> domain, where the label is one provider's alone, under whatever end.
    """

    names: tuple[str, ...]
    tiers: tuple[int, ...]
    parts: Mapping[str, Parts]
    exclusive: Mapping[str, str]

    def without(self, names: Collection[str]) -> Candidates:
        """Return the candidates but for some."""
        kept = [place for place, name in enumerate(self.names) if name not in names]
        return Candidates(
            tuple(self.names[place] for place in kept),
            tuple(self.tiers[place] for place in kept),
            self.parts,
            {label: name for label, name in self.exclusive.items() if name not in names},
        )


@functools.cache
def provider_candidates() -> Candidates:
    """Return the providers that the own file gives a tier."""
    rows = [row for row in providers() if row["tier"]]
    return _candidates(
        [row["domain"] for row in rows],
        [int(row["tier"]) for row in rows],
        {row["exclusive"]: row["domain"] for row in rows if row["exclusive"]},
    )


def list_candidates(domains: pd.DataFrame, folder: Path | None = None) -> Candidates:
    """Return the domains that enough contacts of the list have, save personal providers'."""
    frequent = domains["domain"][domains["contacts"] >= OWN_CONTACTS].astype(TEXT)
    frequent = frequent[~is_personal(frequent)]
    return _candidates(list(frequent), [OWN_TIER] * len(frequent), {}, folder)


def _candidates(
    names: list[str], tiers: list[int], exclusive: dict[str, str], folder: Path | None = None
) -> Candidates:
    ends = public_suffix(pd.Series(names, dtype=TEXT), folder).tolist()
    parts = {name: _take_apart(name, end) for name, end in zip(names, ends, strict=True)}
    return Candidates(tuple(names), tuple(tiers), parts, exclusive)


def _take_apart(name: str, end: str) -> Parts:
    labels = name.removesuffix(end).rstrip(".").split(".")
    longest = max(range(len(labels)), key=lambda place: len(labels[place]))
    head = "".join(f"{label}." for label in labels[:longest])
    return Parts(head, labels[longest], name[len(head) + len(labels[longest]) :])


def limit(typed: str, meant: Parts, impossible: bool) -> float:
    """Return the greatest cost at which `typed` is still taken for a misspelling of `meant`.

    Short names have many real neighbours: up to three letters only the end is repaired. A name
    that cannot exist is surely misspelt: it may be farther.
    """
    length = len(meant.label)
    more = 1.0 if impossible else 0.0
    if length <= 3:
        same = typed.startswith(meant.head + meant.label + ".")
        return 1.3 + more if same else -1.0
    if length == 4:
        return 1.05 + more
    if length == 5:
        both = not typed.endswith(meant.tail) and meant.label not in typed
        return (2.05 if both else 1.75) + more
    return 2.1 + more
