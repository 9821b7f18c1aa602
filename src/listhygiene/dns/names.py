"""Names as DNS knows them: labels, and what can never be one."""

from __future__ import annotations

import struct

MAX_LABEL = 63
MAX_NAME = 255
"""In octets on the wire, length bytes and the root's empty label included (RFC 1035 2.3.4)."""


def to_labels(name: str) -> tuple[bytes, ...] | None:
    """Split a name (presentation form, no final dot) into its labels, without the root's.

    None where no DNS name can be made of it: an empty or over-long label, an over-long name
    (RFC 1035 2.3.4), a broken escape, or text that is not ASCII.
    """
    if "\\" in name:
        return _unescape(name)
    try:
        labels = tuple(name.encode("ascii").split(b"."))
    except UnicodeEncodeError:
        return None
    return labels if _fits(labels) else None


def is_within(name: str, suffixes: tuple[str, ...]) -> bool:
    """Tell whether a name is one of the suffixes or stands below one."""
    return any(name == suffix or name.endswith("." + suffix) for suffix in suffixes)


def normalise(name: str) -> str:
    """Return the form that questions carry: lower case, no final dot."""
    return name.lower().removesuffix(".")


def _fits(labels: tuple[bytes, ...]) -> bool:
    sizes = [len(label) for label in labels]
    return min(sizes) > 0 and max(sizes) <= MAX_LABEL and sum(sizes) + len(sizes) + 1 <= MAX_NAME


def _unescape(name: str) -> tuple[bytes, ...] | None:
    """Read \\. and \\DDD (RFC 1035 5.1), which odd names in answers are shown with."""
    import dns.exception
    import dns.name

    try:
        return dns.name.from_text(name, None).labels
    except (dns.exception.DNSException, ValueError, struct.error):  # the last of dnspython 2.7
        return None
