"""The public suffix of a domain: under which names anyone may register one."""

from __future__ import annotations

import functools

from ..data.suffixes import suffix_list

_FOR_DOCUMENTS = ("example", "test")
"""RFC 2606 section 2: nobody's, but the samples of documents stand under them."""


@functools.lru_cache(maxsize=1 << 15)
def public_suffix(domain: str) -> str:
    """Return the ICANN public suffix of an ASCII domain ("co.jp"), or '' where none is known."""
    top = domain.rpartition(".")[2]
    if top in _FOR_DOCUMENTS:
        return top
    return suffix_list(None, domain).publicsuffix(domain.lower()) or ""


def is_registrable(domain: str) -> bool:
    """Say whether an ASCII domain is somebody's: at least one label under a known suffix."""
    suffix = public_suffix(domain)
    return bool(suffix) and len(suffix) < len(domain)
