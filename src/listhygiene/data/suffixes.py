"""Public suffixes (publicsuffix.org, its ICANN part): what can be registered, which ends exist."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..model.errors import ListHygieneError
from ..model.listing import TEXT
from .names import arrow

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

FILE = "public_suffix_list.dat"
"""The file's name in a folder of newer lists."""


@functools.cache
def suffix_list(folder: Path | None = None) -> PublicSuffixList:
    """Return the list of a folder that holds a newer `public_suffix_list.dat`, else the package's.

    Raises ListHygieneError where that file cannot be read or is no such list.
    """
    from publicsuffixlist import PublicSuffixList

    path = folder / FILE if folder else None
    if path is None or not path.exists():
        return PublicSuffixList(only_icann=True, accept_unknown=False)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ListHygieneError(
            "the public suffix list cannot be read",
            file=str(path),
            remedy="Download it again from publicsuffix.org, or remove it.",
        ) from error
    if "===BEGIN ICANN DOMAINS===" not in text:
        raise ListHygieneError(
            "this is not a public suffix list",
            file=str(path),
            remedy="Download it again from publicsuffix.org, or remove it.",
        )
    return PublicSuffixList(io.StringIO(text), only_icann=True, accept_unknown=False)


def public_suffix(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Return the public suffix of each distinct domain ("co.jp"), '' where its end is unknown."""
    look_up = suffix_list(folder).publicsuffix
    found = [look_up(name) or "" for name in arrow(domains.fillna("")).to_pylist()]
    return pd.Series(found, index=domains.index, dtype=TEXT)


def registrable(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Return the registrable domain of each ("toshiba.co.jp"), '' where there is none."""
    look_up = suffix_list(folder).privatesuffix
    found = [look_up(name) or "" for name in arrow(domains.fillna("")).to_pylist()]
    return pd.Series(found, index=domains.index, dtype=TEXT)


def is_known_suffix(name: str, folder: Path | None = None) -> bool:
    """Tell whether a name ("co.jp", "com") is itself a public suffix."""
    return bool(name) and suffix_list(folder).publicsuffix(name) == name


def has_known_end(name: str, folder: Path | None = None) -> bool:
    """Tell whether a domain ends in a public suffix and has a label of its own before it."""
    return suffix_list(folder).privatesuffix(name) is not None
