"""A resolver on loopback that lets each question wait, as one that is 30 ms away does.

It answers from the same made-up domains as the recorded file of `lists.make_answers`.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import select
import socket
import struct
import time
from collections import deque
from collections.abc import Iterator

from lists import make_answers

TYPES = {"A": 1, "MX": 15}
SOA = b"\0" + struct.pack("!HHIH", 6, 1, 300, 22) + b"\0\0" + struct.pack("!IIIII", 1, 2, 3, 4, 300)


def wire_name(name: str) -> bytes:
    labels = [label.encode() for label in name.rstrip(".").split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def rdata(kind: str, text: str) -> bytes:
    if kind == "A":
        return socket.inet_aton(text)
    preference, host = text.split()
    return struct.pack("!H", int(preference)) + wire_name(host)


def make_zone(domains: int) -> tuple[dict[bytes, bytes], set[bytes]]:
    """Return question -> counts and records of its reply, and the names that exist."""
    zone, names = {}, set()
    for name, kind, status, texts in make_answers(domains, 1):
        if status == "nxdomain":
            continue
        names.add(wire_name(name))
        records = [rdata(kind, text) for text in texts]
        told = b"".join(
            b"\xc0\x0c" + struct.pack("!HHIH", TYPES[kind], 1, 3600, len(one)) + one
            for one in records
        )
        if records:
            zone[wire_name(name) + struct.pack("!HH", TYPES[kind], 1)] = (
                struct.pack("!HHHH", 1, len(records), 0, 0) + told
            )
    return zone, names


def reply_to(wire: bytes, zone: dict[bytes, bytes], names: set[bytes]) -> bytes:
    question = wire[12 : wire.index(b"\0", 12) + 5]
    plain = question.lower()
    found, flags = zone.get(plain), b"\x81\x80"
    if found is None:
        found = struct.pack("!HHHH", 1, 0, 1, 0) + SOA
        flags = flags if plain[:-4] in names else b"\x81\x83"
    return wire[:2] + flags + found[:8] + question + found[8:]


def serve(sock: socket.socket, domains: int, wait: float) -> None:
    zone, names = make_zone(domains)
    waiting: deque[tuple[float, bytes, object]] = deque()
    sock.setblocking(False)
    while True:
        idle = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        select.select([sock], [], [], idle)
        now = time.monotonic()
        with contextlib.suppress(BlockingIOError):
            for _ in range(500):
                wire, peer = sock.recvfrom(4096)
                waiting.append((now + wait, reply_to(wire, zone, names), peer))
        while waiting and waiting[0][0] <= now:
            _, told, peer = waiting.popleft()
            with contextlib.suppress(OSError):
                sock.sendto(told, peer)


@contextlib.contextmanager
def slow_resolver(domains: int, wait: float) -> Iterator[int]:
    """Run one in a process of its own; yield its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        port = int(sock.getsockname()[1])
        child = multiprocessing.Process(target=serve, args=(sock, domains, wait), daemon=True)
        child.start()
    try:
        yield port
    finally:
        child.terminate()
        child.join()
