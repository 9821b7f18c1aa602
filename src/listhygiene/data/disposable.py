"""Throw-away mail: domains where anyone reads, or nobody does after ten minutes."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd

from ..model.errors import ListHygieneError
from .facts import facts
from .names import Names, find_any, names_of

FILE = "disposable_email_blocklist.conf"
"""The file's name in a folder of newer lists, as the list's own repository calls it."""
RELAYS = "relays.csv"


@functools.cache
def disposable_names(folder: Path | None = None) -> Names:
    """Return the domains of a newer list in a folder, else the package's, without relay services.

    A relay (duck.com) forwards to a real person's mailbox for as long as that person likes.
    Raises ListHygieneError where the newer list cannot be read.
    """
    return names_of(sorted(_listed(folder) - {row["domain"] for row in facts(RELAYS)}))


def is_disposable(domains: pd.Series, folder: Path | None = None) -> pd.Series:
    """Tell of each distinct domain whether it, or a domain above it, is a throw-away one."""
    found = find_any(domains, disposable_names(folder))
    found &= ~find_any(domains, names_of(row["domain"] for row in facts(RELAYS)))
    return pd.Series(found, index=domains.index)


def _listed(folder: Path | None) -> set[str]:
    path = folder / FILE if folder else None
    if path is None or not path.exists():
        from disposable_email_domains import blocklist

        return set(blocklist)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ListHygieneError(
            "the list of throw-away domains cannot be read",
            file=str(path),
            remedy="Download it again, or remove it.",
        ) from error
    return {name for line in lines if (name := line.strip().lower()) and name[0] not in "#/"}
