"""The sockets of a flight: connected, on random ports, changed from time to time."""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import sys
from collections.abc import Sequence
from typing import Any

from .servers import Server

ABREAST = 4
"""Sockets in use at a time for one server."""
RETIRE = 5000
"""After so many questions a socket is replaced, and its random port with it."""
_BUFFER = 4 << 20
"""Room for replies that come in while others are read."""

_SEGMENT = 103
"""UDP_SEGMENT of linux/udp.h, which the module socket has no name for."""
_TOGETHER = 64
"""So many messages the kernel takes as one (UDP_MAX_SEGMENTS)."""
_UNBUNDLED = (errno.EIO, errno.EINVAL, errno.ENOPROTOOPT, errno.EOPNOTSUPP, errno.EMSGSIZE)
"""The kernel, or the card, does not cut messages up."""

Entry = tuple[Any, bytes, int, bytes]
"""Who asked, the question as sent, the number of the try, and the whole message."""


class Port:
    """One socket; pending: number of a message -> what was asked with it."""

    __slots__ = ("_bundles", "pending", "server", "sock", "used")

    def __init__(self, sock: socket.socket, server: int) -> None:
        self.sock = sock
        self.server = server
        self.used = 0
        self.pending: dict[bytes, Entry] = {}
        self._bundles = sys.platform == "linux"

    def send_together(self, queries: Sequence[bytes]) -> None:
        """Send messages of one length; raises OSError where the kernel refuses.

        Linux takes them as one and cuts them up itself (UDP_SEGMENT, udp(7)), at a fifth of the
        cost; where the way out does not know that, each goes by itself.
        """
        size = len(queries[0]).to_bytes(2, sys.byteorder)
        for start in range(0, len(queries), _TOGETHER):
            some = queries[start : start + _TOGETHER]
            if self._bundles and len(some) > 1:
                try:
                    self.sock.sendmsg([b"".join(some)], [(socket.IPPROTO_UDP, _SEGMENT, size)])
                    continue
                except OSError as error:
                    if error.errno not in _UNBUNDLED:
                        raise
                    self._bundles = False
            for query in some:
                self.sock.send(query)


class Nowhere(Port):
    """Stands for a socket that could not be opened: whatever is sent fails for the same reason."""

    __slots__ = ("_error",)

    def __init__(self, error: OSError, server: int) -> None:
        self._error = error
        self.server = server
        self.pending = {}

    def send_together(self, queries: Sequence[bytes]) -> None:
        raise self._error


class Ports:
    """The sockets for all servers; the kernel draws their ports, and drops what strangers send."""

    def __init__(self, servers: tuple[Server, ...], selector: selectors.BaseSelector) -> None:
        self._servers = servers
        self._selector = selector
        self._active: list[list[Port]] = [[] for _ in servers]
        self._retired: list[Port] = []
        self._turn = 0

    def pick(self, server: int, count: int = 1) -> Port:
        """Return a socket for the next questions; raises OSError where none can be opened."""
        active = self._active[server]
        if len(active) < ABREAST:
            active.append(self._open(server))
        self._turn += 1
        place = self._turn % len(active)
        port = active[place]
        if port.used >= RETIRE:
            self._retired.append(port)
            self._sweep()
            port = active[place] = self._open(server)
        port.used += count
        return port

    def close(self) -> None:
        """Close all sockets."""
        for port in (*self._retired, *(port for active in self._active for port in active)):
            self._shut(port)

    def _open(self, server: int) -> Port:
        address, number = self._servers[server].address, self._servers[server].port
        family, kind, protocol, _, target = socket.getaddrinfo(
            address, number, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )[0]
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setblocking(False)
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            sock.connect(target)
            port = Port(sock, server)
            self._selector.register(sock, selectors.EVENT_READ, port)
        except BaseException:
            sock.close()
            raise
        return port

    def _sweep(self) -> None:
        """Close the retired sockets that no question waits on."""
        for port in [port for port in self._retired if not port.pending]:
            self._retired.remove(port)
            self._shut(port)

    def _shut(self, port: Port) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(port.sock)
        port.sock.close()
