"""The distinct addresses of a list's distinct texts: plain ones read at once, the rest judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cellsums import Sums, sum_texts
from ..cores import begun
from ..texts import (
    LARGE,
    bytes_of,
    first_bytes,
    from_arrow,
    keep,
    number,
    offsets_of,
    put,
    spread,
    to_arrow,
)
from . import library
from .cells import are_among
from .syntax import FAST_OCTETS, PART, ROLE, SYNTAX

Marks = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Halves:
    """Texts that are plain addresses, read before the others are repaired.

    sure: which ones these are. address: their normal forms; changed: which of these are not the
    text itself. local, domain: their halves. Elsewhere the address is the text, the halves are ''.
    """

    sure: Marks
    changed: Marks
    address: pa.Array
    local: pa.Array
    domain: pa.DictionaryArray


def read_halves(whole: pa.Array, plain: Marks) -> Halves:
    """Read those of the (large) texts that are plain (`is_plain`) as `judge` does.

    Meant to go on beside the repairs of the others, for which it takes one core.
    """
    sure = plain & (np.diff(offsets_of(whole)) <= FAST_OCTETS)
    if not library.is_as_tested():
        sure[:] = False
    parts = [
        _read_part(whole.slice(start, PART), sure[start : start + PART])
        for start in range(0, max(1, len(whole)), PART)
    ]
    changed, address, local, domain = zip(*parts, strict=True)
    return Halves(
        sure,
        np.concatenate(changed),
        pa.concat_arrays(address),
        pa.concat_arrays(local),
        pa.chunked_array(domain).unify_dictionaries().combine_chunks(),
    )


def _read_part(texts: pa.Array, sure: Marks) -> tuple[Marks, pa.Array, pa.Array, pa.Array]:
    matched = pc.if_else(pa.array(sure), texts, "@")
    # One at-sign each: the halves stand before and behind it, in bytes that are there already.
    ends = offsets_of(matched)
    signs = np.flatnonzero(bytes_of(matched)[: ends[-1]] == ord("@"))
    cuts = np.empty(3 * len(matched) + 1, dtype=np.int64)
    cuts[0:-1:3], cuts[1::3], cuts[2::3], cuts[-1] = ends[:-1], signs, signs + 1, ends[-1]
    pieces = pa.Array.from_buffers(
        LARGE, len(cuts) - 1, [None, pa.py_buffer(cuts), matched.buffers()[2]]
    )
    first = np.arange(0, len(cuts) - 1, 3)
    local, domain = pieces.take(pa.array(first)), pieces.take(pa.array(first + 2))
    role = np.flatnonzero(_are_roles(matched, signs - ends[:-1]))
    found = texts.take(pa.array(role))
    lower = pc.ascii_lower(found)  # RFC 2142: these are case-insensitive, and the domain is lower
    changed = np.zeros(len(texts), dtype=bool)
    changed[role] = pc.not_equal(found, lower).to_numpy(zero_copy_only=False)
    if changed.any():
        which, other = pa.array(changed), pa.array(changed[role])
        local = put(local, changed, pc.ascii_lower(local.filter(which)))
        texts = put(texts, changed, lower.filter(other))
    return changed, texts, local, domain.dictionary_encode()


def _are_roles(texts: pa.Array, sizes: npt.NDArray[np.int64]) -> Marks:
    """Tell which texts begin with a local part of RFC 2142; sizes: of their local parts."""
    roles = library.roles()
    likely = _BEGIN_ROLES[first_bytes(texts)] & np.isin(sizes, [*{*map(len, roles)}])
    some = pc.match_substring_regex(texts.filter(pa.array(likely)), ROLE)
    likely[likely] = some.to_numpy(zero_copy_only=False)
    return likely


_BEGIN_ROLES = np.isin(
    np.arange(256), [ord(sign) for one in library.roles() for sign in (one[0], one[0].upper())]
)
"""Which first bytes local parts of RFC 2142 have."""


def distinct_addresses(
    halves: Halves, judged: pd.DataFrame, missing: Marks, sums: Sums | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pa.DictionaryArray, Ids]:
    """Number all normal forms: of the texts that were plain, and of the others as they were judged.

    judged: what `judge` says of the texts that are not `halves.sure`, as they are once cleaned;
    missing: which of these stand for no address. sums: of all texts, where they are known.
    Returns the addresses (see `Contacts`; without their keys and domains), the domains (without
    their counts), the domain of each address, and of each text its address, -1 where it is missing.
    """
    others = ~halves.sure
    normal = put(halves.address, others, to_arrow(judged["address"]))
    known = halves.sure.copy()
    known[others] = ~missing
    # The texts were distinct, so only those that cleaning or judging changed can meet another.
    sums = sum_texts(halves.address) if sums is None else sums
    changed = halves.changed | others
    met = are_among(sums, sum_texts(normal.filter(pa.array(changed))))
    place, first = number(normal, np.flatnonzero((changed | met) & known), known)
    stays = first[others]
    others = others[first]
    judged = judged[stays]
    with begun(lambda: put(keep(halves.local, first), others, to_arrow(judged["local"]))) as local:
        plain = keep(halves.domain, first)
        domains, domain = _distinct_domains(plain, np.flatnonzero(others), judged)
        columns = {
            "address": keep(normal, first),
            "error": spread(others, to_arrow(judged["error"])),
        }
    columns["local"] = local.result()
    addresses = pd.DataFrame({name: from_arrow(one) for name, one in columns.items()})
    syntax = np.zeros(len(domain), dtype=np.int8)
    syntax[others] = judged["syntax"].cat.codes
    addresses["syntax"] = pd.Categorical.from_codes(syntax, dtype=SYNTAX)
    return addresses, domains, domain, place


def _distinct_domains(
    plain: pa.DictionaryArray, odd: npt.NDArray[np.intp], judged: pd.DataFrame
) -> tuple[pd.DataFrame, pa.DictionaryArray]:
    """Number the domains in the order in which they appear; an address without one has none.

    plain: the domain of each address, '' where `judged` says it; odd: where that is.
    """
    more = to_arrow(judged["ascii_domain"]).dictionary_encode()
    known, found = pa.chunked_array([plain, more]).unify_dictionaries().chunks
    codes = known.indices.to_numpy().copy()
    codes[odd] = found.indices.to_numpy()
    names = known.dictionary
    first = np.full(len(names), len(codes), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)  # written backwards: the first stays
    first[pc.equal(names, "").to_numpy(zero_copy_only=False)] = len(codes)
    order = np.argsort(first, kind="stable")[: int((first < len(codes)).sum())]
    ids = np.full(len(names), -1, dtype=np.int32)
    ids[order] = np.arange(len(order), dtype=np.int32)
    numbers = ids[codes]
    domain = names.take(pa.array(order))
    shown = np.full(len(codes), -1, dtype=np.int64)
    shown[odd] = np.arange(len(odd))
    shown = shown[first[order]]
    told = to_arrow(judged["domain_text"]).take(pa.array(shown[shown >= 0]))
    unicode = pc.replace_with_mask(domain, pa.array(shown >= 0), told)
    domains = pd.DataFrame({"domain": from_arrow(domain), "unicode": from_arrow(unicode)})
    indices = pa.array(numbers, mask=numbers < 0)
    return domains, pa.DictionaryArray.from_arrays(indices, domain)
