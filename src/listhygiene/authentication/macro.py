"""Macros of SPF (RFC 7208 7): those that the domain alone can fill."""

from __future__ import annotations

import re

_MACRO = re.compile(
    r"%(?:\{(?P<letter>[A-Za-z])(?P<digits>\d*)(?P<reverse>[rR]?)(?P<marks>[.\-+,/_=]*)\}|(?P<plain>[%_-]))"
)

_FILLABLE = r"%\{[slodiphvSLODIPHV](?:[1-9]\d*)?[rR]?[.\-+,/_=]*\}"
_TOP_LABEL = r"\.(?=[A-Za-z0-9-]*[A-Za-z-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.?"
_SPEC = re.compile(rf"(?:{_FILLABLE}|%[%_-]|[!-$&-~])*(?:{_FILLABLE}|{_TOP_LABEL})")
"""RFC 7208 7.1: macros and visible ASCII, and at the end a macro or a top label."""
MOST_CHARACTERS = 253

PLAIN = {"%": "%", "_": " ", "-": "%20"}


def is_domain_spec(text: str) -> bool:
    """Tell whether a text is a domain-spec (RFC 7208 7.1): its macros known, its end a name's."""
    return _SPEC.fullmatch(text) is not None


def expand(text: str, domain: str, sender: str = "") -> str | None:
    """Fill the macros of a domain-spec; None where only a message at hand could fill them.

    domain: the domain whose record is read (%{d}); sender: the address of MAIL FROM (%{s} %{l}
    %{o}), '' where it is not known.
    """
    filled = True

    def put(found: re.Match[str]) -> str:
        nonlocal filled
        if found["plain"]:
            return PLAIN[found["plain"]]
        local, _, host = sender.rpartition("@")
        values = {"d": domain, "o": host or domain}
        if sender:
            values |= {"s": sender, "l": local or "postmaster"}
        value = values.get(found["letter"].lower())
        if value is None:
            filled = False
            return ""
        return _transformed(value, found["digits"], bool(found["reverse"]), found["marks"])

    made = _MACRO.sub(put, text)
    return _fitting(made.lower().rstrip(".")) if filled else None


def _fitting(name: str) -> str:
    """Drop labels from the left of a name that is too long to be asked (RFC 7208 7.3)."""
    while len(name) > MOST_CHARACTERS and "." in name:
        name = name.partition(".")[2]
    return name


def _transformed(value: str, digits: str, reverse: bool, marks: str) -> str:
    parts = re.split(f"[{re.escape(marks or '.')}]", value)
    if reverse:
        parts.reverse()
    if digits and int(digits):
        parts = parts[-int(digits) :]
    return ".".join(parts)
