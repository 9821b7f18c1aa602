"""Which candidates a domain is near: by keys pressed wrongly, by one key, by a broken shape."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from .candidates import TIER_COST, Candidates
from .slips import SLIP, slip_cost

REACH = 2
"""How many edits away a candidate is still looked at."""
DOTLESS = 0.6
"""The cost of dots at the wrong places: gmailc.om, docomone.jp."""
REPEATED = 0.6
"""The cost of a label written twice: docomo.ne.ne.jp."""
WRONG_END = 0.8
"""The cost of a provider's own label under another end: docomo.jp."""
JUNK = 1.3
"""The cost of rubbish behind a whole domain: gmail.comemail."""

COLUMNS = ["place", "suggestion", "cost", "tier"]
Hit = tuple[object, str, float, int]


def near_by_keys(names: pd.Series, candidates: Candidates) -> pd.DataFrame:
    """Return long rows of the candidates within reach of each name, with their weighted cost.

    Result: place (index label of `names`), suggestion, cost (with the tier's share), tier.
    """
    typed, meant = list(names), list(candidates.names)
    plain = _reached(typed, meant, REACH)
    bare_typed = [name.replace(".", "") for name in typed]
    bare_meant = [name.replace(".", "") for name in meant]
    dotless = _reached(bare_typed, bare_meant, 1)
    hits: list[Hit] = []
    labels = names.index
    for at, which in plain:
        tier = candidates.tiers[which]
        cost = slip_cost(typed[at], meant[which]) + TIER_COST * tier
        hits.append((labels[at], meant[which], cost, tier))
    for at, which in dotless:
        tier = candidates.tiers[which]
        cost = slip_cost(bare_typed[at], bare_meant[which]) + DOTLESS + TIER_COST * tier
        hits.append((labels[at], meant[which], cost, tier))
    return pd.DataFrame(hits, columns=COLUMNS)


def _reached(typed: list[str], meant: list[str], reach: int) -> npt.NDArray[np.intp]:
    """Return the pairs of places (typed, meant) that are 1..reach edits apart, or 0 dotless."""
    if not typed or not meant:
        return np.empty((0, 2), np.intp)
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import cdist

    far = cdist(typed, meant, scorer=OSA.distance, score_cutoff=reach, dtype=np.uint8)
    return np.argwhere(far <= reach)


def near_by_shape(names: pd.Series, candidates: Candidates, impossible: pd.Series) -> pd.DataFrame:
    """Return long rows, as `near_by_keys`, of the names whose shape betrays what was meant."""
    tiers = dict(zip(candidates.names, candidates.tiers, strict=True))
    # A cheap pass by one pattern each; only what it lets through is looked at by itself.
    repeated = names[names.str.contains(r"\..+\.", regex=True)]
    labels = "|".join(map(re.escape, candidates.exclusive))
    foreign = names[names.str.contains(rf"^(?:{labels})(?:\.|$)", regex=True)]
    wholes = "|".join(map(re.escape, candidates.names))
    behind = names[impossible.to_numpy() & names.str.contains(rf"^(?:{wholes})", regex=True)]
    hits: list[Hit] = []
    for place, name in repeated.items():
        if (meant := _unrepeated(name)) in tiers:
            hits.append(_hit(place, meant, REPEATED, tiers))
    for place, name in foreign.items():
        meant = _with_end_like(name, candidates)
        hits.append(_hit(place, meant, WRONG_END - TIER_COST * tiers[meant], tiers))
    for place, name in behind.items():
        starts = [meant for meant in candidates.names if name.startswith(meant)]
        hits.append(_hit(place, max(starts, key=len), JUNK, tiers))
    return pd.DataFrame(hits, columns=COLUMNS)


def _hit(place: object, meant: str, cost: float, tiers: dict[str, int]) -> Hit:
    return place, meant, cost + TIER_COST * tiers[meant], tiers[meant]


def _with_end_like(name: str, candidates: Candidates) -> str:
    """Return the exclusive label's domain; under another end of its provider, if that is as meant.

    hotmail.cqo.jp is nearer to hotmail.co.jp than to hotmail.com.
    """
    label = name.split(".")[0]
    ends = [meant for meant in candidates.names if meant.startswith(f"{label}.")]
    costs = sorted((slip_cost(name, meant), meant) for meant in ends)
    usual = candidates.exclusive[label]
    nearer = costs and costs[0][0] <= 1.0 and costs[0][0] < slip_cost(name, usual)
    return costs[0][1] if nearer else usual


def _unrepeated(name: str) -> str:
    """Return a name without a label, or a whole name, that is written twice."""
    labels = name.split(".")
    half = len(labels) // 2
    if len(labels) % 2 == 0 and labels[:half] == labels[half:]:
        return ".".join(labels[:half])
    kept = [label for at, label in enumerate(labels) if not at or label != labels[at - 1]]
    return ".".join(kept)


def near_by_one_key(names: pd.Series, candidates: Candidates) -> pd.DataFrame:
    """Return long rows, as `near_by_keys`, of names one edit away from the list's own domains.

    For thousands of candidates: names one edit apart share a variant with one character deleted,
    so the variants are compared by hash, and only what agrees is measured.
    """
    if not len(names) or not candidates.names:
        return pd.DataFrame([], columns=COLUMNS)
    typed, meant = list(names), list(candidates.names)
    hits: list[Hit] = []
    for at, which in _sharing(typed, meant):
        one, other = typed[at], meant[which]
        label = candidates.parts[other].label
        if len(label) < 5 or not one.endswith(candidates.parts[other].tail):
            continue
        cost = slip_cost(one, other)
        if SLIP <= cost <= 1.0 and not _differs_by_digit(one, other):
            tier = candidates.tiers[which]
            hits.append((names.index[at], other, cost + TIER_COST * tier, tier))
    return pd.DataFrame(hits, columns=COLUMNS)


def _differs_by_digit(one: str, other: str) -> bool:
    """Tell whether digits differ: shop1 and shop2 are two names, no slip."""
    return [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]


def _sharing(typed: list[str], meant: list[str]) -> set[tuple[int, int]]:
    """Return the pairs of places that share a variant (of distinct names)."""
    hashes, places = _variants(meant)
    order = np.argsort(hashes, kind="stable")
    hashes, places = hashes[order], places[order]
    asked, asking = _variants(typed)
    first = np.searchsorted(hashes, asked, "left")
    last = np.searchsorted(hashes, asked, "right")
    hit = np.flatnonzero(last > first)
    return {
        (int(asking[one]), int(places[at]))
        for one in hit
        for at in range(first[one], last[one])
        if typed[asking[one]] != meant[places[at]]
    }


def _variants(names: list[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Return the hashes of each name and of the name without one character, and whose they are."""
    width = max(map(len, names))
    packed = np.array([name.encode() for name in names], dtype=f"S{width}")
    codes = packed.view(np.uint8).reshape(len(names), width).astype(np.uint64)
    lengths = np.char.str_len(packed)
    base = np.uint64(0x100000001B3)
    with np.errstate(over="ignore"):
        powers = np.ones(width + 1, np.uint64)
        powers[1:] = np.cumprod(np.full(width, base))
        # Character i weighs base^i; without character k those behind it move down by one.
        here = np.cumsum(codes * powers[:width], axis=1)
        moved = np.cumsum(codes[:, 1:] * powers[: width - 1], axis=1)
        whole = here[:, -1:]
        before = np.pad(here, ((0, 0), (1, 0)))[:, :width]
        moved_before = np.pad(moved, ((0, 0), (1, 0)))[:, :width]
        without = before + moved_before[:, -1:] - moved_before
    inside = np.arange(width)[None, :] < lengths[:, None]
    places = np.broadcast_to(np.arange(len(names))[:, None], without.shape)
    hashes = np.concatenate([whole[:, 0], without[inside]])
    return hashes, np.concatenate([np.arange(len(names)), places[inside]])
