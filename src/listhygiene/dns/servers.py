"""The name servers to ask: the system's, or those that the user names."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from ..model.errors import DnsError, UsageError

_PORT = 53
_REMEDY = "Write --dns system, off, ADDRESS, ADDRESS:PORT, [IPv6]:PORT or the path of a JSON file."


@dataclass(frozen=True, slots=True)
class Server:
    """One name server: a numeric address and a port."""

    address: str
    port: int = _PORT

    def __str__(self) -> str:
        return (
            f"[{self.address}]:{self.port}"
            if ":" in self.address
            else (f"{self.address}:{self.port}")
        )


def find_servers(source: str) -> tuple[Server, ...]:
    """Return the servers of "system" or of a comma-separated list of HOST[:PORT].

    Raises DnsError where the system names none, UsageError where the text cannot be read.
    """
    if source == "system":
        return _system_servers()
    servers = tuple(_parse_server(part.strip()) for part in source.split(",") if part.strip())
    if not servers:
        raise UsageError("no name server is given", place="--dns", remedy=_REMEDY)
    return tuple(dict.fromkeys(servers))


def _system_servers() -> tuple[Server, ...]:
    """Read resolv.conf, or the registry on Windows, as dnspython does."""
    import dns.exception
    import dns.resolver

    try:
        found = dns.resolver.Resolver(configure=True).nameservers
    except (dns.exception.DNSException, OSError) as error:
        raise _no_servers() from error
    servers = tuple(dict.fromkeys(Server(str(one)) for one in found if _is_numeric(str(one))))
    if not servers:
        raise _no_servers()
    return servers


def _no_servers() -> DnsError:
    return DnsError(
        "the system's configuration names no DNS server",
        place="--dns system",
        remedy="Name one (--dns ADDRESS), replay recorded answers (--dns FILE) or use --dns off.",
    )


def _parse_server(text: str) -> Server:
    """Read ADDRESS, ADDRESS:PORT, IPv6, [IPv6] or [IPv6]:PORT; "localhost" is 127.0.0.1."""
    match = re.fullmatch(r"\[([^\]]+)\](?::(\d+))?|([^:\[\]]+)(?::(\d+))?", text)
    if match:
        address, port = match[1] or match[3], match[2] or match[4]
    else:
        address, port = text, None
    if address == "localhost":
        address = "127.0.0.1"
    number = int(port) if port and len(port) <= 5 else _PORT if not port else 0
    if not _is_numeric(address) or not 0 < number < 65536:
        raise UsageError(
            f"{text!r} is neither a name server's address nor a file", place="--dns", remedy=_REMEDY
        )
    return Server(address, number)


def _is_numeric(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
