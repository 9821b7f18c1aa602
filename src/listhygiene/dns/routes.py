"""Addresses that mail can never reach from outside, by IANA's registries of special purposes."""

from __future__ import annotations

import functools
import ipaddress
from enum import StrEnum


class Reach(StrEnum):
    """Where an address leads."""

    GLOBAL = "global"
    DOCUMENTATION = "documentation"
    """Reserved for examples: nowhere, unless the caller treats the domain as real."""
    NOWHERE = "nowhere"


# Rows of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) that are not
# globally reachable, and multicast, which is no mail host; read 2026-11-23. Kept here and not taken
# from `ipaddress.is_global`, whose answers changed between patch releases of Python.
_NOWHERE = {
    "0.0.0.0/8": "this network, RFC 791",
    "10.0.0.0/8": "private use, RFC 1918",
    "100.64.0.0/10": "shared address space, RFC 6598",
    "127.0.0.0/8": "loopback, RFC 1122",
    "169.254.0.0/16": "link local, RFC 3927",
    "172.16.0.0/12": "private use, RFC 1918",
    "192.0.0.0/24": "IETF protocol assignments, RFC 6890",
    "192.168.0.0/16": "private use, RFC 1918",
    "198.18.0.0/15": "benchmarking, RFC 2544",
    "224.0.0.0/4": "multicast, RFC 5771",
    "240.0.0.0/4": "reserved and limited broadcast, RFC 1112, RFC 8190",
    "::/128": "unspecified, RFC 4291",
    "::1/128": "loopback, RFC 4291",
    "64:ff9b:1::/48": "local-use translation, RFC 8215",
    "100::/64": "discard only, RFC 6666",
    "2001:2::/48": "benchmarking, RFC 5180",
    "2001:10::/28": "ORCHID, deprecated, RFC 4843",
    "5f00::/16": "segment routing identifiers, RFC 9602",
    "fc00::/7": "unique local, RFC 4193",
    "fe80::/10": "link local, RFC 4291",
    "fec0::/10": "site local, deprecated, RFC 3879",
    "ff00::/8": "multicast, RFC 4291",
}
_DOCUMENTATION = {
    "192.0.2.0/24": "TEST-NET-1, RFC 5737",
    "198.51.100.0/24": "TEST-NET-2, RFC 5737",
    "203.0.113.0/24": "TEST-NET-3, RFC 5737",
    "2001:db8::/32": "RFC 3849",
    "3fff::/20": "RFC 9637",
}
_EXCEPT = {"192.0.0.9", "192.0.0.10"}
"""Anycast addresses inside 192.0.0.0/24 that are globally reachable (RFC 7723, RFC 8155)."""


@functools.cache
def _networks() -> tuple[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, Reach, str], ...]:
    tables = ((_NOWHERE, Reach.NOWHERE), (_DOCUMENTATION, Reach.DOCUMENTATION))
    return tuple(
        (ipaddress.ip_network(text), reach, purpose)
        for table, reach in tables
        for text, purpose in table.items()
    )


@functools.lru_cache(maxsize=65536)
def reach_of(text: str) -> Reach:
    """Say where an address (in text form) leads; what is no address leads nowhere."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return Reach.NOWHERE
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # ::ffff:0:0/96, RFC 4291 2.5.5.2
    if str(address) in _EXCEPT:
        return Reach.GLOBAL
    for network, reach, _ in _networks():
        if address.version == network.version and address in network:
            return reach
    return Reach.GLOBAL


def is_address(name: str) -> bool:
    """Tell whether a name is an IP address, which an MX target must not be (RFC 1035 3.3.9)."""
    if not (name[-1:].isdigit() or ":" in name):  # most names end in letters
        return False
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True
