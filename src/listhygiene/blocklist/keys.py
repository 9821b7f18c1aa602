"""By what an address is known: its normal form, its mailbox's canonical key, its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    TableValuedAlias,
    Text,
    bindparam,
    column,
    func,
    select,
)

from ..address.mailbox import canonical
from ..address.syntax import from_arrow, judge, to_arrow
from ..model.listing import TEXT

if TYPE_CHECKING:
    from .engine import Database

LONGEST = 512
"""Characters of an address; RFC 5321 4.5.3.1 allows 320 octets."""

BATCH = 50_000
"""How many keys one question carries."""

_PARTS = r"(?s)\A(?P<local>.*)@(?P<domain>[^@]*)\z"
_ESCAPED = r'["\\\x00-\x1f]'


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
    if texts.empty:
        return texts
    parts = texts.str.rpartition("@")
    whole = parts[0].ne("") & parts[2].ne("") & ~texts.str.contains("[\x00-\x1f]", regex=True)
    return (parts[0] + "@" + parts[2].str.lower()).where(whole)


def canonical_keys(addresses: pd.Series) -> pd.Series:
    """Return the canonical key of each normal form; the form itself where there is no other."""
    parts = pc.extract_regex(pc.fill_null(to_arrow(addresses), ""), _PARTS)
    local = from_arrow(pc.struct_field(parts, "local"), addresses.index)
    domain = from_arrow(pc.struct_field(parts, "domain"), addresses.index)
    frame = pd.DataFrame(
        {
            "address": addresses.fillna(""),
            "local": local.fillna(""),
            "ascii_domain": _ascii(domain.fillna("")),
        }
    )
    found = canonical(frame).astype(TEXT)
    keys: pd.Series = found.where(found.notna() & found.ne(""), addresses)
    return keys


def ascii_domains(addresses: pd.Series) -> pd.Series:
    """Return the domain of each address as DNS has it, '' where there is none."""
    return _ascii(domains_of(addresses))


def _ascii(domains: pd.Series) -> pd.Series:
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


def questions(database: Database, keys: pd.Series) -> Iterator[TableValuedAlias]:
    """Turn keys into tables of one column `value`, a batch each, as one parameter.

    They are sorted: so the index that they are looked for in is read once, from end to end.
    """
    texts = to_arrow(keys)
    texts = texts.take(pc.sort_indices(texts))
    for start in range(0, len(texts), BATCH):
        batch = texts.slice(start, BATCH)
        if database.is_postgresql:
            listed = func.unnest(bindparam(None, batch.to_pylist(), type_=ARRAY(Text)))
            yield listed.table_valued(column("value", Text)).render_derived()
        else:
            yield func.json_each(_json(batch)).table_valued(column("value", Text))


def _json(texts: pa.Array) -> str:
    """Write texts as a JSON array; at once where none of them needs an escape."""
    if pc.any(pc.match_substring_regex(texts, _ESCAPED)).as_py():
        return json.dumps(texts.to_pylist())
    whole = pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), texts)
    joined = pc.binary_join(whole, pa.scalar('","', pa.large_string()))
    return f'["{joined[0].as_py()}"]'


def sha256_of(database: Database, text: ColumnElement[Any]) -> ColumnElement[Any]:
    """Build the SHA-256 of a text's UTF-8, worked out by the database."""
    return func.sha256(func.convert_to(text, "UTF8") if database.is_postgresql else text)


def batches(values: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    """Cut values into batches."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
