"""Row keys: the column that names a row, so that it is found again in a newer copy of a list."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from .headers import normalise
from .model.listing import Listing


def find_key(listing: Listing) -> int | None:
    """Return the column that names each row: by its header an id, filled and different everywhere.

    Of several the one comes first whose header names a record most plainly, as the data lists them.
    """
    known = _known()
    ranks = {
        known[plain]: place
        for place, header in reversed(list(enumerate(listing.header)))
        if (plain := normalise(header)) in known
    }
    rows = np.delete(np.arange(len(listing.frame)), sorted(listing.unbalanced))
    for _, place in sorted(ranks.items()):
        if _is_key(listing.frame.iloc[rows, place]):
            return place
    return None


def find_column(listing: Listing, header: str) -> int | None:
    """Return the only column of that header, exactly or in the same normal form."""
    exact = [place for place, one in enumerate(listing.header) if one == header]
    plain = normalise(header)
    alike = [place for place, one in enumerate(listing.header) if plain and normalise(one) == plain]
    found = exact or alike
    return found[0] if len(found) == 1 else None


def _is_key(cells: pd.Series) -> bool:
    texts = cells.str.strip()
    return bool(len(texts)) and not bool((texts == "").any()) and not bool(texts.duplicated().any())


@cache
def _known() -> Mapping[str, int]:
    """Normal form of a header -> its rank."""
    file = resources.files("listhygiene") / "data" / "key_headers.toml"
    groups = tomllib.loads(file.read_text(encoding="utf-8"))["keys"]
    names = [normalise(one) for group in groups for one in group["names"]]
    return {name: rank for rank, name in reversed(list(enumerate(names)))}
