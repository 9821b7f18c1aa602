"""Domains and addresses as a policy names them, in the form that lists are compared by."""

from __future__ import annotations

import re
from collections.abc import Callable

_DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\Z")


def plain_domain(text: str) -> str:
    """Read a domain as `@Example.com.`, `*.example.com` or `bücher.example`; the names below one
    are always meant with it. Raises ValueError saying what is allowed.
    """
    bare = re.sub(r"\A(?:@|\*\.|\.)", "", text.strip()).rstrip(".").lower()
    if not bare.isascii():
        from ..address import judge_one

        bare = judge_one(f"a@{bare}").ascii_domain
    if not _DOMAIN.match(bare):
        raise ValueError('domains, ["example.com"]')
    return bare


def plain_address(text: str) -> str:
    """Read an address in its normal form. Raises ValueError saying what is allowed."""
    from ..address import judge_one

    found = judge_one(text.strip())
    if found.syntax == "refused":
        raise ValueError('addresses, ["ann@example.com"]')
    return found.address


FORMS: dict[str, Callable[[str], str]] = {
    "domains.allow": plain_domain,
    "domains.deny": plain_domain,
    "domains.treat_as_real": plain_domain,
    "addresses.allow": plain_address,
    "addresses.deny": plain_address,
}
"""Policy key -> how its texts are read: a name that matches nothing would quietly deny nothing."""
