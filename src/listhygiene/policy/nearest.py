"""The nearest right word: for a rule or a key that there is not."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


def nearest_code(word: str, codes: Iterable[str]) -> str:
    """Return the code or name that was most likely meant, '' = none is near.

    A code with a letter that there is means one of the same table, by its number.
    """
    known = list(codes)
    code = re.fullmatch(r"([A-Z])(\d{1,4})", word.upper())
    alike = [one for one in known if code and re.fullmatch(rf"{code[1]}\d{{3}}", one)]
    if code and alike:
        number = int(code[2].ljust(3, "0"))
        return min(alike, key=lambda one: (abs(int(one[1:]) - number), one))
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return near[0] if near else ""


def nearest_key(key: str, keys: Iterable[str]) -> str:
    """Return what to do about a key that there is not: the nearest one, or those of its table."""
    known = list(keys)
    table, _, name = key.rpartition(".")
    here = [one for one in known if one.rpartition(".")[0] == table]
    own = {one.rpartition(".")[2]: one for one in here}
    near = difflib.get_close_matches(name, own, 1, 0.6)
    found = own[near[0]] if near else next(iter(difflib.get_close_matches(key, known, 1, 0.6)), "")
    if not found:  # the right name in another table
        found = next((one for one in known if one.rpartition(".")[2] == name), "")
    if found:
        return f"Did you mean {found}?"
    return f"The keys there are {', '.join(here)}." if here else "See listhygiene policy show."
