"""The public suffix of a domain: under which names anyone may register one."""

from __future__ import annotations

import functools
from typing import Any

_FOR_DOCUMENTS = ("example", "test")
"""RFC 2606 section 2: nobody's, but the samples of documents stand under them."""


@functools.cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True, accept_unknown=False)


def public_suffix(domain: str) -> str:
    """Return the ICANN public suffix of an ASCII domain ("co.jp"), or '' where none is known."""
    top = domain.rpartition(".")[2]
    if top in _FOR_DOCUMENTS:
        return top
    return _suffixes().publicsuffix(domain.lower()) or ""


def is_registrable(domain: str) -> bool:
    """Say whether an ASCII domain is somebody's: at least one label under a known suffix."""
    suffix = public_suffix(domain)
    return bool(suffix) and len(suffix) < len(domain)
