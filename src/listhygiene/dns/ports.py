"""The sockets of a flight: connected, on random ports, changed from time to time."""

from __future__ import annotations

import contextlib
import selectors
import socket
from collections.abc import Callable
from typing import Any

from .servers import Server

ABREAST = 4
"""Sockets in use at a time for one server."""
RETIRE = 5000
"""After so many questions a socket is replaced, and its random port with it."""
_BUFFER = 4 << 20
"""Room for replies that come in while others are read."""

Entry = tuple[Any, bytes, int, bytes]
"""Who asked, the question as sent, the number of the try, and the whole message."""


class Port:
    """One socket; pending: number of a message -> what was asked with it."""

    __slots__ = ("pending", "send", "server", "sock", "used")

    def __init__(self, sock: socket.socket, server: int) -> None:
        self.sock = sock
        self.send: Callable[[bytes], int] = sock.send
        self.server = server
        self.used = 0
        self.pending: dict[bytes, Entry] = {}


class Nowhere(Port):
    """Stands for a socket that could not be opened: whatever is sent fails for the same reason."""

    __slots__ = ("_error",)

    def __init__(self, error: OSError, server: int) -> None:
        self._error = error
        self.send = self._fail
        self.server = server
        self.used = 0
        self.pending = {}

    def _fail(self, query: bytes) -> int:
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
