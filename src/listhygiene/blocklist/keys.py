"""By what is known: an address (normal form, its mailbox's canonical key, hash), an event."""

from __future__ import annotations

import hashlib
from importlib.resources import files

import pandas as pd
import pyarrow.compute as pc

from ..address.mailbox import canonical
from ..address.syntax import from_arrow, judge, to_arrow
from ..model.listing import TEXT

LONGEST = 512
"""Characters of an address; RFC 5321 4.5.3.1 allows 320 octets."""

_PARTS = r"(?s)\A(?P<local>.*)@(?P<domain>[^@]*)\z"


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


def event_key(*parts: object) -> bytes:
    """Return what tells an event from others by what identifies it."""
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]
