"""The distinct addresses of a list's distinct texts: plain ones read at once, the rest judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cores import begun
from ..texts import LARGE, bytes_of, from_arrow, merge_equal, offsets_of, to_arrow
from . import library
from .syntax import FAST_OCTETS, PART, ROLE, SYNTAX, judge

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


def read_halves(texts: pd.Series, plain: Marks) -> Halves:
    """Read those of the texts that are plain (`is_plain`) as `judge` does.

    Meant to go on beside the repairs of the others, for which it takes one core.
    """
    whole = to_arrow(texts)
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
    role = np.flatnonzero(pc.match_substring_regex(matched, ROLE).to_numpy(zero_copy_only=False))
    found = texts.take(pa.array(role))
    lower = pc.ascii_lower(found)  # RFC 2142: these are case-insensitive, and the domain is lower
    changed = np.zeros(len(texts), dtype=bool)
    changed[role] = pc.not_equal(found, lower).to_numpy(zero_copy_only=False)
    if changed.any():
        which, other = pa.array(changed), pa.array(changed[role])
        local = pc.replace_with_mask(local, which, pc.ascii_lower(local.filter(which)))
        texts = pc.replace_with_mask(texts, which, lower.filter(other))
    return changed, texts, local, domain.dictionary_encode()


def distinct_addresses(
    halves: Halves, cleaned: pd.Series, missing: Marks
) -> tuple[pd.DataFrame, pd.DataFrame, pa.DictionaryArray, Ids]:
    """Judge the texts that were not plain as they are once cleaned, and number all normal forms.

    Returns the addresses (see `Contacts`; without their keys and domains), the domains (without
    their counts), the domain of each address, and of each text its address, -1 where it is missing.
    """
    odd = np.flatnonzero(~halves.sure)
    judged = judge(from_arrow(to_arrow(cleaned).take(pa.array(odd))))
    judged["address"] = judged["address"].mask(missing[odd])
    normal = _put(halves.address, odd, judged["address"])
    # The texts were distinct, so only those that cleaning or judging changed can meet another.
    place, first = merge_equal(normal, halves.changed | ~halves.sure)
    stays = pa.array(first)
    judged = judged[first[odd]]
    odd = (np.cumsum(first) - 1)[odd[first[odd]]]
    with begun(lambda: _put(halves.local.filter(stays), odd, judged["local"])) as local:
        domains, domain = _distinct_domains(halves.domain.filter(stays), odd, judged)
        columns = {
            "address": normal.filter(stays),
            "error": _put(pa.repeat(pa.scalar("", LARGE), len(domain)), odd, judged["error"]),
        }
    columns["local"] = local.result()
    addresses = pd.DataFrame({name: from_arrow(one) for name, one in columns.items()})
    syntax = np.zeros(len(domain), dtype=np.int8)
    syntax[odd] = judged["syntax"].cat.codes
    addresses["syntax"] = pd.Categorical.from_codes(syntax, dtype=SYNTAX)
    return addresses, domains, domain, place


def _put(texts: pa.Array, places: npt.NDArray[np.intp], found: pd.Series) -> pa.Array:
    """Put other texts in some places."""
    mask = np.zeros(len(texts), dtype=bool)
    mask[places] = True
    return pc.replace_with_mask(texts, pa.array(mask), to_arrow(found))


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
