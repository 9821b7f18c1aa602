"""Slips of the finger: how far a typed name is from the one that was meant."""

from __future__ import annotations

import functools

SLIP = 0.7
"""A likely slip: a neighbouring or similar key, two keys swapped, a key hit twice or not twice."""
HYPHEN = 0.6
"""A hyphen left out: sonet.ne.jp."""
FAULT = 1.0
"""Any other wrong, missing or superfluous character."""

# A QWERTY keyboard: each row with the place of its first key, in key widths.
ROWS = (("1234567890-", 0.0), ("qwertyuiop", 0.5), ("asdfghjkl", 0.75), ("zxcvbnm", 1.25))
SIMILAR = ("0o", "1l", "1i", "li", "bd", "mn", "uv", "nh")


@functools.cache
def _near() -> frozenset[tuple[str, str]]:
    places = {
        key: (row, start + place)
        for row, (keys, start) in enumerate(ROWS)
        for place, key in enumerate(keys)
    }
    near = {
        (one, other)
        for one, (row, x) in places.items()
        for other, (other_row, other_x) in places.items()
        if one != other and abs(row - other_row) <= 1 and abs(x - other_x) <= 1
    }
    similar = {(pair[0], pair[1]) for pair in SIMILAR}
    return frozenset(near | similar | {(other, one) for one, other in similar})


def slip_cost(typed: str, meant: str) -> float:
    """Return the weighted distance of two names: 0.7 a likely slip, 1 any other fault.

    An optimal string alignment: no part is edited twice.
    """
    start, end = _common_ends(typed, meant)
    rows, columns = len(typed) - start - end, len(meant) - start - end
    before: list[float] = []
    above = [0.0]
    for j in range(columns):
        above.append(above[-1] + _lost(meant, start + j))
    for i in range(rows):
        at = start + i
        line = [above[0] + _added(typed, at)]
        for j in range(columns):
            there = start + j
            cost = min(
                above[j] + _swapped_for(typed[at], meant[there]),
                above[j + 1] + _added(typed, at),
                line[j] + _lost(meant, there),
            )
            if i and j and typed[at] == meant[there - 1] and typed[at - 1] == meant[there]:
                cost = min(cost, before[j - 1] + SLIP)
            line.append(cost)
        before, above = above, line
    return round(above[-1], 2)


def _common_ends(typed: str, meant: str) -> tuple[int, int]:
    """Return how many characters agree at the start and, of the rest, at the end."""
    most = min(len(typed), len(meant))
    start = 0
    while start < most and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < most - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    return start, end


def _swapped_for(typed: str, meant: str) -> float:
    if typed == meant:
        return 0.0
    return SLIP if (typed, meant) in _near() else FAULT


def _added(typed: str, at: int) -> float:
    """Return the cost of a superfluous character: less where a key beside it was meant."""
    beside = typed[max(at - 1, 0) : at] + typed[at + 1 : at + 2]
    near = _near()
    return SLIP if any(one == typed[at] or (one, typed[at]) in near for one in beside) else FAULT


def _lost(meant: str, at: int) -> float:
    """Return the cost of a missing character: less where it is one of two equal ones."""
    if meant[at] == "-":
        return HYPHEN
    beside = meant[max(at - 1, 0) : at] + meant[at + 1 : at + 2]
    return SLIP if meant[at] in beside else FAULT
