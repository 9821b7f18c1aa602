"""Texts as every database can hold them."""

from __future__ import annotations

LONGEST = 2_000
"""Characters kept of a text; more tell a person nothing, and PostgreSQL cannot index them."""


def encodable(address: str | None) -> str:
    """Return an address, '' where it has no UTF-8 and therefore is none."""
    try:
        (address or "").encode()
    except UnicodeEncodeError:
        return ""
    return address or ""


def storable(words: str) -> str:
    """Return a text that every database can hold: no NUL, no lone surrogate, not too long."""
    words = words[:LONGEST]
    if words.isascii():
        return words.replace("\x00", "\ufffd") if "\x00" in words else words
    return words.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
