"""By what an address is known: its normal form, its mailbox's canonical key, its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import ARRAY, ColumnElement, Text, bindparam, column, func, select

from ..address.mailbox import canonical
from ..address.syntax import judge
from ..model.listing import TEXT

if TYPE_CHECKING:
    from .engine import Database

LONGEST = 512
"""Characters of an address; RFC 5321 4.5.3.1 allows 320 octets."""

BATCH = 50_000
"""How many keys one question carries."""


def normalise(texts: pd.Series) -> pd.Series:
    """Return the normal form of each text, missing where it cannot be an address.

    Where the syntax is refused (old bounces name such addresses), outer spaces go and the domain is
    lower-cased; the local part's case is its owner's business (RFC 5321 2.4).
    """
    clean = texts.astype(TEXT).fillna("").str.strip()
    distinct = pd.Series(clean.unique(), dtype=TEXT)
    judged = judge(distinct)
    refused = judged["syntax"].astype(TEXT).eq("refused")
    forms = judged["address"].astype(TEXT).mask(refused, _loose(distinct))
    forms = forms.where(forms.str.len().le(LONGEST))
    return clean.map(dict(zip(distinct, forms, strict=True))).astype(TEXT)


def _loose(texts: pd.Series) -> pd.Series:
    parts = texts.str.rpartition("@")
    whole = parts[0].ne("") & parts[2].ne("") & ~texts.str.contains("[\x00-\x1f]", regex=True)
    return (parts[0] + "@" + parts[2].str.lower()).where(whole)


def canonical_keys(addresses: pd.Series) -> pd.Series:
    """Return the canonical key of each normal form; the form itself where there is no other."""
    local = addresses.str.replace(r"@[^@]*$", "", regex=True)
    frame = pd.DataFrame({"local": local, "ascii_domain": ascii_domains(addresses)})
    found = canonical(frame.astype(TEXT)).astype(TEXT)
    keys: pd.Series = found.where(found.notna() & found.ne(""), addresses)
    return keys


def ascii_domains(addresses: pd.Series) -> pd.Series:
    """Return the domain of each address as DNS has it, '' where there is none."""
    domains = domains_of(addresses)
    foreign = domains[~domains.str.isascii()].drop_duplicates()
    if foreign.empty:
        return domains
    coded = judge("a@" + foreign)["ascii_domain"]
    return domains.replace(dict(zip(foreign, coded, strict=True))).astype(TEXT)


def rules_version() -> str:
    """Tell the providers' rules by which canonical keys are made now from other ones."""
    rules = files("listhygiene.data").joinpath("canonical_rules.toml").read_bytes()
    return hashlib.sha256(rules).hexdigest()[:16]


def domains_of(addresses: pd.Series) -> pd.Series:
    """Return what stands after the last @, '' where nothing does."""
    return addresses.fillna("").str.replace(r"^.*@", "", regex=True).astype(TEXT)


def digest(address: str) -> bytes:
    """Return the SHA-256 of a normal form."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).digest()


def among(
    database: Database, what: ColumnElement[Any], values: Sequence[Any]
) -> ColumnElement[bool]:
    """Build `what IN (values)` as one parameter, however many they are."""
    if database.is_postgresql:
        return what == func.any(bindparam(None, list(values), type_=ARRAY(what.type)))
    keys = func.json_each(json.dumps(list(values))).table_valued(column("value"))
    return what.in_(select(keys.c.value))


def hashed_among(
    database: Database, what: ColumnElement[Any], values: Sequence[str]
) -> ColumnElement[bool]:
    """Build `what IN (the SHA-256 of each value)`, hashed where the question is answered."""
    if database.is_postgresql:
        texts = func.unnest(bindparam(None, list(values), type_=ARRAY(Text)))
        keys = texts.table_valued(column("value", Text)).render_derived()
        octets: Any = func.convert_to(keys.c.value, "UTF8")
    else:
        keys = func.json_each(json.dumps(list(values))).table_valued(column("value", Text))
        octets = keys.c.value
    return what.in_(select(func.sha256(octets)))


def batches(values: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Cut keys into batches, in sorted order: neighbours in the index are asked together."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
