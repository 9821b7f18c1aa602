"""Which candidates a domain is near: by keys pressed wrongly, by one key, by a broken shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from .candidates import TIER_COST, Candidates
from .names import arrow
from .slips import FAULT, SLIP, slip_cost

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

LONGEST = 48
"""Longer names are not compared with the list's own: slips in them are rare, and memory dear."""
CHUNK = 50_000
"""So many names are hashed at a time."""
HASH_BASE = np.uint64(0x100000001B3)
TABLE_BITS = 22
TABLE_MASK = np.uint64((1 << TABLE_BITS) - 1)

COLUMNS = ["place", "suggestion", "cost", "tier"]
Hit = tuple[object, str, float, int]


def near_by_keys(names: pd.Series, candidates: Candidates) -> pd.DataFrame:
    """Return long rows of the candidates within reach of each name, with their weighted cost.

    Result: place (index label of `names`), suggestion, cost (with the tier's share), tier.
    """
    typed, meant = arrow(names).to_pylist(), list(candidates.names)
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
    own = "|".join({re.escape(candidates.parts[name].label) for name in candidates.names})
    repeated = names[_match(names, rf"(?:^|\.)(?:{own})\..+\.")]
    labels = "|".join(map(re.escape, candidates.exclusive))
    foreign = names[_match(names, rf"^(?:{labels})(?:\.|$)")]
    wholes = "|".join(map(re.escape, candidates.names))
    behind = names[impossible.to_numpy() & _match(names, rf"^(?:{wholes})")]
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


def _match(names: pd.Series, pattern: str) -> npt.NDArray[np.bool_]:
    """Say which names a pattern occurs in; pandas would compile a long one twice."""
    return np.asarray(pc.fill_null(pc.match_substring_regex(arrow(names), pattern), False))


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
    names = names[names.str.len() <= LONGEST]
    typed, meant = arrow(names).to_pylist(), list(candidates.names)
    hits: list[Hit] = []
    for at, which in _sharing(typed, meant):
        one, other = typed[at], meant[which]
        label = candidates.parts[other].label
        if len(label) < 5 or not one.endswith(candidates.parts[other].tail):
            continue
        cost = slip_cost(one, other)
        # Another letter at one place is as likely another firm (cmich, umich), but for a near key.
        likely = cost <= SLIP or (cost <= FAULT and len(one) != len(other))
        if likely and not _differs_by_digit(one, other):
            tier = candidates.tiers[which]
            hits.append((names.index[at], other, cost + TIER_COST * tier, tier))
    return pd.DataFrame(hits, columns=COLUMNS)


def _differs_by_digit(one: str, other: str) -> bool:
    """Tell whether digits differ: shop1 and shop2 are two names, no slip."""
    return [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]


def _sharing(typed: list[str], meant: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places that share a variant (of distinct names), each once."""
    hashes, places = _variants([name[:LONGEST] for name in meant])
    order = np.argsort(hashes, kind="stable")
    hashes, places = hashes[order], places[order]
    # Most variants are no candidate's: a small table of the hashes' last bits tells that at once.
    table = np.zeros(1 << TABLE_BITS, dtype=bool)
    table[hashes & TABLE_MASK] = True
    for start in range(0, len(typed), CHUNK):
        asked, asking = _variants(typed[start : start + CHUNK])
        perhaps = table[asked & TABLE_MASK]
        asked, asking = asked[perhaps], asking[perhaps]
        first = np.searchsorted(hashes, asked, "left")
        last = np.searchsorted(hashes, asked, "right")
        yield from sorted(
            {
                (start + int(asking[one]), int(places[at]))
                for one in np.flatnonzero(last > first)
                for at in range(first[one], last[one])
                if typed[start + asking[one]] != meant[places[at]]
            }
        )


def _variants(names: list[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Return the hashes of each name and of the name without one character, and whose they are."""
    packed = np.array([name.encode("ascii", "replace") for name in names] or [b"?"])
    width = packed.dtype.itemsize
    codes = packed.view(np.uint8).reshape(len(packed), width).astype(np.uint64)
    lengths = np.char.str_len(packed)
    with np.errstate(over="ignore"):
        powers = np.cumprod(np.full(width, HASH_BASE))
        # Character i weighs base^i; without character k those behind it move down by one.
        here = np.pad(np.cumsum(codes * powers, axis=1), ((0, 0), (1, 0)))
        moved = np.pad(np.cumsum(codes[:, 1:] * powers[:-1], axis=1), ((0, 0), (1, 0)))
        without = here[:, :-1] + moved[:, -1:] - moved
    inside = np.arange(width)[None, :] < lengths[:, None]
    owners = np.arange(len(packed), dtype=np.int64)
    places = np.broadcast_to(owners[:, None], without.shape)
    return np.concatenate([here[:, -1], without[inside]]), np.concatenate([owners, places[inside]])
