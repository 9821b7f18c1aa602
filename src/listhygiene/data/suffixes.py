"""Public suffixes (publicsuffix.org, its ICANN part): what can be registered, which ends exist."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..model.errors import ListHygieneError
from ..model.listing import TEXT
from .names import Names, arrow, find_any, names_of

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

FILE = "public_suffix_list.dat"
"""The file's name in a folder of newer lists."""
START, END = "===BEGIN ICANN DOMAINS===", "===END ICANN DOMAINS==="
ENCODED = "xn--"
"""How a label in another script begins (RFC 5890 2.3.1)."""
REMEDY = "Download it again from publicsuffix.org, or remove it."


def suffix_list(folder: Path | None = None, name: str = "") -> PublicSuffixList:
    """Return the list of a folder that holds a newer `public_suffix_list.dat`, else the package's.

    name: the domain that will be asked of. Without an encoded label (RFC 3492) no rule of another
    script can concern it, and what encodes those, the most of the list's time, is left undone.
    Raises ListHygieneError where that file cannot be read or is no such list.
    """
    return _suffix_list(folder, name.isascii() and ENCODED not in name.lower())


@functools.cache
def _suffix_list(folder: Path | None, plain: bool) -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    rules = [one for one in _rules(folder) if not plain or one.isascii()]
    return PublicSuffixList(rules, accept_encoded_idn=not plain, accept_unknown=False)


@functools.cache
def _rules(folder: Path | None) -> list[str]:
    """Return the rules of the ICANN part: names, "*." names, "!" names."""
    part = _text(folder).partition(START)[2].partition(END)[0]
    return [line.split()[0] for line in part.splitlines() if line.strip() and line[:2] != "//"]


@functools.cache
def _written(folder: Path | None = None) -> tuple[Names, Names]:
    """Return the list's names as they are written, and those below which every name is a suffix.

    A prefilter for names without an encoded label: what it lets through is for `suffix_list`.
    """
    rules = {rule for rule in _rules(folder) if rule.isascii()}
    stars = [rule.removeprefix("*.") for rule in rules if rule.startswith("*.")]
    return names_of(rules, subdomains=False), names_of(stars)


def _text(folder: Path | None) -> str:
    from publicsuffixlist import PSLFILE

    own = folder / FILE if folder else None
    path = own if own is not None and own.exists() else Path(PSLFILE)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ListHygieneError(
            "the public suffix list cannot be read", file=str(path), remedy=REMEDY
        ) from error
    if START not in text:
        raise ListHygieneError("this is not a public suffix list", file=str(path), remedy=REMEDY)
    return text


def public_suffix(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Return the public suffix of each distinct domain ("co.jp"), '' where its end is unknown."""
    found = [
        suffix_list(folder, name).publicsuffix(name) or ""
        for name in arrow(domains.fillna("")).to_pylist()
    ]
    return pd.Series(found, index=domains.index, dtype=TEXT)


def registrable(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Return the registrable domain of each ("toshiba.co.jp"), '' where there is none."""
    found = [
        suffix_list(folder, name).privatesuffix(name) or ""
        for name in arrow(domains.fillna("")).to_pylist()
    ]
    return pd.Series(found, index=domains.index, dtype=TEXT)


def is_public_suffix(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Tell of each distinct domain whether it is itself a public suffix ("co.jp")."""
    written, stars = _written(folder)
    perhaps = find_any(domains, written) | find_any(domains, stars)
    perhaps |= domains.str.contains(ENCODED, regex=False).fillna(False).to_numpy(bool)
    found = perhaps.copy()
    found[perhaps] = [is_known_suffix(name, folder) for name in domains[perhaps]]
    return pd.Series(found, index=domains.index)


def has_known_top(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Tell of each domain whether its top-level domain exists."""
    tops = domains.fillna("").astype(TEXT).str.replace(r"^.*\.", "", regex=True)
    known = [top for top in tops.unique() if is_known_suffix(top, folder)]
    return tops.isin(known)


def is_known_suffix(name: str, folder: Path | None = None) -> bool:
    """Tell whether a name ("co.jp", "com") is itself a public suffix."""
    return bool(name) and suffix_list(folder, name).publicsuffix(name) == name


def has_known_end(name: str, folder: Path | None = None) -> bool:
    """Tell whether a domain ends in a public suffix and has a label of its own before it."""
    return suffix_list(folder, name).privatesuffix(name) is not None
