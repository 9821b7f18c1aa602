"""A DNS server of the tests' own on loopback, UDP and TCP, with a zone the test writes."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

Zone = dict[tuple[str, str], list[str]]
"""(name without final dot, type) -> records in presentation form, names absolute."""

SOA = "ns.test. hostmaster.test. 1 3600 900 86400 60"
CANARIES: Zone = {
    (name, "MX"): [f"10 mx.{name}."] for name in ("gmail.com", "outlook.com", "yahoo.co.jp")
}


class DnsServer:
    """Answers from `zone`; misbehaves as `faults` says for a name ("*" = every name).

    faults: drop, drop_first (the first question of each name and type), delay:SECONDS, servfail,
    refused, truncate (over UDP), truncate_always, wrong_id, wrong_question, lower_case (gives the
    question back in lower case), garbage, no_edns (FORMERR to EDNS), no_answer_id (an empty
    message), wildcard (an address for every name), nodata, referral, dangling (an alias without
    its target), extra_junk (bytes behind the message), noise_first (wrong replies before the right
    one).
    """

    def __init__(
        self,
        zone: Zone | None = None,
        faults: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self.zone = dict(zone or {})
        self.faults = dict(faults or {})
        self.ttl = 300
        self.asked: list[tuple[str, str, str]] = []
        self.payloads: list[int] = []
        self.wires: list[bytes] = []
        self.peers: set[object] = set()
        self._seen: set[tuple[str, str]] = set()
        self._timers: list[threading.Timer] = []
        self._udp, self._tcp = _open_pair(address)
        self.address = address
        self.port: int = self._udp.getsockname()[1]
        self._stopped = False
        for target in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=target, daemon=True).start()

    @property
    def source(self) -> str:
        """What to give as --dns."""
        return (
            f"[{self.address}]:{self.port}"
            if ":" in self.address
            else (f"{self.address}:{self.port}")
        )

    def names(self, transport: str = "") -> list[tuple[str, str]]:
        """Return the questions that came in, over one transport or all."""
        return [(name, kind) for name, kind, over in self.asked if transport in ("", over)]

    def close(self) -> None:
        """Stop serving."""
        self._stopped = True
        for timer in self._timers:
            timer.cancel()
        for sock in (self._udp, self._tcp):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _serve_udp(self) -> None:
        while not self._stopped:
            try:
                wire, peer = self._udp.recvfrom(65535)
            except OSError:
                return

            def send(reply: bytes, to: object = peer) -> None:
                with contextlib.suppress(OSError):
                    self._udp.sendto(reply, to)  # type: ignore[arg-type]

            self.wires.append(wire)
            self.peers.add(peer)
            self._serve(wire, "udp", send)

    def _serve_tcp(self) -> None:
        while not self._stopped:
            try:
                link, _ = self._tcp.accept()
            except OSError:
                return
            threading.Thread(target=self._serve_link, args=(link,), daemon=True).start()

    def _serve_link(self, link: socket.socket) -> None:
        with link, contextlib.suppress(OSError):
            stream = link.makefile("rb")
            while size := stream.read(2):
                wire = stream.read(int.from_bytes(size, "big"))
                self._serve(wire, "tcp", lambda reply: link.sendall(_prefixed(reply)))

    def _serve(self, wire: bytes, over: str, send: Callable[[bytes], None]) -> None:
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind, over))
        self.payloads.append(query.payload)
        fault = self.faults.get(name) or self.faults.get("*", "")
        first = (name, kind) not in self._seen
        self._seen.add((name, kind))
        if fault == "drop" or (fault == "drop_first" and first):
            return
        reply = _spoil(self._reply(query, name, kind, fault, over), fault)
        if fault == "noise_first":
            for noise in ("wrong_id", "wrong_question", "garbage", "no_answer_id"):
                send(_spoil(reply, noise))
            send(b"")
        if fault.startswith("delay:"):
            timer = threading.Timer(float(fault.partition(":")[2]), send, (reply,))
            timer.daemon = True
            self._timers.append(timer)
            timer.start()
        else:
            send(reply)

    def _reply(
        self, query: dns.message.Message, name: str, kind: str, fault: str, over: str
    ) -> bytes:
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        codes = {"servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED}
        if fault in codes:
            reply.set_rcode(codes[fault])
        elif fault == "no_edns" and query.edns >= 0:
            reply = dns.message.make_response(query)
            reply.use_edns(False)
            reply.set_rcode(dns.rcode.FORMERR)
        elif fault == "truncate_always" or (fault == "truncate" and over == "udp"):
            reply.flags |= dns.flags.TC
        elif fault == "wildcard":
            if kind == "A":
                self._add(reply, name, "A", ["198.51.100.66"])
        elif fault == "referral":
            self._add(reply, "test", "NS", ["ns.elsewhere.test."], reply.authority)
        elif fault == "dangling":
            self._add(reply, name, "CNAME", ["elsewhere.test."])
        else:
            self._fill(reply, name, kind, empty=fault == "nodata")
        return reply.to_wire(max_size=65535)

    def _fill(self, reply: dns.message.Message, name: str, kind: str, *, empty: bool) -> None:
        for _ in range(20):
            alias = self.zone.get((name, "CNAME"))
            if empty or kind == "CNAME" or alias is None:
                break
            self._add(reply, name, "CNAME", alias)
            name = alias[0].removesuffix(".")
        records = [] if empty else self.zone.get((name, kind), [])
        if records:
            self._add(reply, name, kind, records)
            return
        if not empty and not any(one == name or one.endswith("." + name) for one, _ in self.zone):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        self._add(reply, ".", "SOA", [SOA], reply.authority)

    def _add(
        self,
        reply: dns.message.Message,
        name: str,
        kind: str,
        records: list[str],
        section: list[dns.rrset.RRset] | None = None,
    ) -> None:
        owner = dns.name.from_text(name)
        rrset = dns.rrset.from_text(owner, self.ttl, "IN", kind, *records)
        (reply.answer if section is None else section).append(rrset)


def _spoil(wire: bytes, fault: str) -> bytes:
    """Damage a finished reply."""
    if fault == "wrong_id":
        return struct.pack("!H", struct.unpack("!H", wire[:2])[0] ^ 0x5555) + wire[2:]
    if fault == "wrong_question":
        return wire[:13] + b"q" + wire[14:]
    if fault == "lower_case":
        return wire[:12] + wire[12:].lower()
    if fault == "garbage":
        return wire[:2] + b"\xff" * 40
    if fault == "no_answer_id":
        return wire[:12][:4] + b"\0" * 8
    if fault == "extra_junk":
        return wire + b"junk"
    return wire


def _prefixed(wire: bytes) -> bytes:
    return struct.pack("!H", len(wire)) + wire


def _open_pair(address: str) -> tuple[socket.socket, socket.socket]:
    """Open UDP and TCP on one free port."""
    for _ in range(50):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        tcp = socket.create_server((address, 0), family=family)
        udp = socket.socket(family, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            tcp.close()
            udp.close()
            continue
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        return udp, tcp
    raise OSError("no port is free for both UDP and TCP")


@pytest.fixture(name="serve")
def serve_fixture() -> Iterator[Callable[..., DnsServer]]:
    """Start servers that end with the test."""
    servers: list[DnsServer] = []

    def start(
        zone: Zone | None = None,
        faults: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> DnsServer:
        servers.append(DnsServer(zone, faults, address))
        return servers[-1]

    yield start
    for server in servers:
        server.close()
