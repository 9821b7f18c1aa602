"""Strikes by cause as a policy names them: `{T4 = 3}` or `{mailbox-full = 3}`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from ..model.bounce import CAUSE_NAMES
from ..model.errors import PolicyError

KEY = "blocklist.strikes_by_cause"

STRIKING = {
    code: name for code, name in CAUSE_NAMES.items() if code.startswith("T") and code != "T2"
}
"""The causes that strike: a permanent bounce blocks at once, an automatic reply (T2) never does."""


def read_strikes(value: Any, place: Callable[[str], str]) -> Mapping[str, int]:
    """Read a table of counts by the code or name of a cause; return it by code.

    place: a cause as it is written -> file and line. Raises PolicyError naming the nearest cause;
    ValueError, saying what is allowed, where it is no such table.
    """
    if not isinstance(value, Mapping):
        raise ValueError("a table of counts, {T4 = 3}")
    codes = {word.casefold(): code for code, name in STRIKING.items() for word in (code, name)}
    made = {}
    for cause, count in value.items():
        if not isinstance(count, int) or isinstance(count, bool) or count < 0:
            raise ValueError("a table of counts, {T4 = 3}")
        if cause.casefold() not in codes:
            raise _unknown(cause, codes, place(cause))
        made[codes[cause.casefold()]] = count
    return made


def _unknown(cause: str, codes: Mapping[str, str], origin: str) -> PolicyError:
    near = difflib.get_close_matches(cause.casefold(), codes, 1, 0.3)
    there = ", ".join(STRIKING)
    if cause.upper() in CAUSE_NAMES or cause.casefold() in CAUSE_NAMES.values():
        problem, near = f"{KEY}: the cause {cause!r} takes no strikes", []
    else:
        problem = f"{KEY}: there is no cause {cause!r}"
    hint = f"Did you mean {codes[near[0]]}? " if near else ""
    return PolicyError(problem, file=origin, remedy=f"{hint}Causes that strike are {there}.")
