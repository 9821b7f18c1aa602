"""Which mailbox an address points at, by its provider's own rules: a key for duplicates only."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cores import abreast
from ..texts import are_ascii
from .syntax import PART, from_arrow, to_arrow

Codes = npt.NDArray[np.signedinteger[Any]]

NO_RULE, NOWHERE = -1, -2
"""Of a domain: its provider has no rule of its own; there is no domain."""


@dataclass(frozen=True)
class Rule:
    """How one provider reads its local parts.

    cut: the character from which on a tag is ignored, or ''. dots: False where they are ignored.
    fold: the domain that stands for all of the provider's, or ''. sub: a local part may stand as
    the first label of the domain (anything@user.fastmail.com).
    """

    name: str
    domains: frozenset[str]
    cut: str = ""
    dots: bool = True
    fold: str = ""
    sub: bool = False


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Load the providers' rules (`data/canonical_rules.toml`)."""
    place = resources.files("listhygiene.data").joinpath("canonical_rules.toml")
    rows = tomllib.loads(place.read_text(encoding="utf-8"))["provider"]
    return tuple(
        Rule(
            name=row["name"],
            domains=frozenset(row["domains"]),
            cut=row.get("cut", ""),
            dots=row.get("dots", True),
            fold=row.get("fold", ""),
            sub=row.get("sub", False),
        )
        for row in rows
    )


def canonical(addresses: pd.DataFrame, domains: pa.DictionaryArray | None = None) -> pd.Series:
    """Return the key of each address's mailbox: the same for spellings that reach the same one.

    addresses: columns address, local, and ascii_domain (as `judge` gives them), unless domains are
    given: the ASCII domains once more, encoded, missing where there is none. Result: TEXT on the
    same index, '' where there is no address or nothing of the local part is left. Every key is
    lower-case and NFKC; RFC 5321 2.4 lets a server tell case apart, but none that hosts people
    does.
    """
    address, local = map(to_arrow, (addresses["address"], addresses["local"]))
    coded = to_arrow(addresses["ascii_domain"]).dictionary_encode() if domains is None else domains
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    names = pa.concat_arrays([coded.dictionary, pa.array([""], pa.large_string())])
    rule_of = _rules_of(names)

    def keys(start: int) -> pa.Array:
        part = slice(start, start + PART)
        return _keys(address[part], local[part], codes[part], names, rule_of)

    parts = abreast(keys, range(0, len(addresses), PART))
    return from_arrow(pa.concat_arrays(parts) if parts else address, addresses.index)


def _keys(
    address: pa.Array, local: pa.Array, domain: Codes, names: pa.Array, rule_of: Codes
) -> pa.Array:
    """Return the keys of some addresses; rule_of: of each name of a domain its provider's rule."""
    # Most addresses are their own keys: lower-case ASCII, at a domain without rules.
    itself = pc.equal(address, pc.ascii_lower(address))
    itself = pc.and_(itself, pa.array(rule_of[domain] == NO_RULE))
    if not are_ascii(address):
        itself = pc.and_(itself, pc.string_is_ascii(address))
    rest = pc.invert(itself)
    some = domain[rest.to_numpy(zero_copy_only=False)]
    at = names.take(pa.array(np.where(some < 0, len(names) - 1, some)))
    keys = _join(*_apply_all(rule_of[some], _folded(local.filter(rest)), at))
    return pc.replace_with_mask(address, rest, keys)


def _join(local: pa.Array, domain: pa.Array) -> pa.Array:
    key = pc.binary_join_element_wise(local, domain, pa.scalar("@", pa.large_string()))
    return pc.if_else(pc.or_(pc.equal(local, ""), pc.equal(domain, "")), "", key)


def _folded(local: pa.Array) -> pa.Array:
    """Return local parts in lower case and NFKC."""
    plain = pc.string_is_ascii(local)
    if pc.all(plain).as_py():
        return pc.ascii_lower(local)
    rest = pc.invert(plain)
    odd = pc.utf8_lower(pc.utf8_normalize(local.filter(rest), form="NFKC"))
    return pc.replace_with_mask(pc.ascii_lower(local), rest, odd)


def _apply_all(places: Codes, local: pa.Array, domain: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Read the local parts at providers with rules; places: of each address, if not negative."""
    ruled = pa.array(places >= 0)
    some, at, which = local.filter(ruled), domain.filter(ruled), places[places >= 0]
    for place in np.unique(which):
        some, at = _apply(rules()[int(place)], pa.array(which == place), some, at)
    if not len(which):
        return local, domain
    return pc.replace_with_mask(local, ruled, some), pc.replace_with_mask(domain, ruled, at)


def _rules_of(domains: pa.Array) -> Codes:
    """Return the place of the rule for each domain; NO_RULE where there is none, NOWHERE for ''."""
    exact, below = _places()
    found = np.full(len(domains), NO_RULE, dtype=np.int16)
    under = "|".join(map(re.escape, below))
    likely = pc.or_(
        pc.is_in(domains, value_set=pa.array([*exact], pa.large_string())),
        pc.match_substring_regex(domains, rf"\A[^.]*\.(?:{under})\z"),
    ).to_numpy(zero_copy_only=False)
    for place in np.flatnonzero(likely).tolist():
        domain = domains[place].as_py()
        places = [exact.get(domain), below.get(domain.partition(".")[2])]
        found[place] = min(one for one in places if one is not None)
    found[pc.equal(domains, "").to_numpy(zero_copy_only=False)] = NOWHERE
    return found


@functools.cache
def _places() -> tuple[dict[str, int], dict[str, int]]:
    """Return the places of the rules by domain, and by the domain above one's own; first wins."""
    both: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for place, rule in enumerate(rules()):
        for domain in rule.domains:
            both[0].setdefault(domain, place)
            if rule.sub:
                both[1].setdefault(domain, place)
    return both


def _apply(
    rule: Rule, mask: pa.Array, local: pa.Array, domain: pa.Array
) -> tuple[pa.Array, pa.Array]:
    """Read the local parts of one provider's addresses as the provider does."""
    some, at = local.filter(mask), domain.filter(mask)
    if rule.sub:
        some, at = _lift(rule, some, at)
    if rule.cut:
        some = pc.replace_substring_regex(some, rf"\A([^{re.escape(rule.cut)}]*).*\z", r"\1")
    if not rule.dots:
        some = pc.replace_substring(some, ".", "")
    if rule.fold:
        at = pa.repeat(pa.scalar(rule.fold, pa.large_string()), len(at))
    return (
        pc.replace_with_mask(local, mask, some.cast(pa.large_string())),
        pc.replace_with_mask(domain, mask, at.cast(pa.large_string())),
    )


def _lift(rule: Rule, local: pa.Array, domain: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Read anything@user.example as user@example, for the provider's own domains."""
    own = pc.is_in(domain, value_set=pa.array(sorted(rule.domains), pa.large_string()))
    user = pc.replace_substring_regex(domain, r"\A([^.]*)\..*\z", r"\1")
    parent = pc.replace_substring_regex(domain, r"\A[^.]*\.(.*)\z", r"\1")
    return pc.if_else(own, local, user), pc.if_else(own, domain, parent)
