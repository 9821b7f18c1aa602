"""Domains of which DNS says the same: thousands often share a few mail servers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.answer import Status

_ALONE = rf'^\{{"status": "{Status.NODATA}"'
"""Without MX the name itself is the mail server: what is said of it says nothing of others."""


def find_alike(
    domains: pa.Array, answers: pa.DictionaryArray, real: tuple[str, ...]
) -> npt.NDArray[np.int64]:
    """Return for each distinct domain the place of the first that is judged alike (`judge_mail`).

    answers: what stands in a recording of the MX of each. real: see `judge_mail`.
    """
    kinds = answers.dictionary
    judged = pc.invert(pc.match_substring_regex(kinds, _ALONE)).to_numpy(zero_copy_only=False)
    codes = answers.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    alone = ~np.append(judged, False)[codes]
    codes += len(kinds) * _are_within(domains, real)
    codes[alone] = -1
    first = np.full(2 * len(kinds) + 1, -1, dtype=np.int64)
    places = np.arange(len(domains))
    first[codes[::-1]] = places[::-1]  # written backwards: the first place stays
    return np.where(alone, places, first[codes])


def _are_within(domains: pa.Array, suffixes: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    """Tell which names are one of the suffixes, or stand below one."""
    found = pc.is_in(domains, value_set=pa.array(suffixes, domains.type))
    for suffix in suffixes:
        found = pc.or_(found, pc.ends_with(domains, f".{suffix}"))
    return np.asarray(found.to_numpy(zero_copy_only=False))
