"""Domains a second of the DNS backends, beside dnsperf, pycares and dnspython's own resolver.

    python benchmarks/resolving.py            against nsd on loopback (Debian: apt install nsd)
    python benchmarks/resolving.py --rough    30 ms away, some lost or late, 3,000 a second
    python benchmarks/resolving.py --cold     behind an unbound with an empty cache

What counts is the ratios within one run. dnsperf (apt install dnsperf) is the limit: it sends and
counts, and understands nothing. pycares is asked where it is installed (pip install pycares).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import heapq
import importlib.util
import multiprocessing
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from listhygiene.dns.backend import Limits, read_clock
from listhygiene.dns.fast import Fast
from listhygiene.dns.live import Live
from listhygiene.dns.servers import Server
from listhygiene.model.answer import Question, Records

NSD = """
server:
  server-count: 1
  ip-address: 127.0.0.1
  port: {port}
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/nsd.pid"
  zonelistfile: "{folder}/zones"
  xfrdfile: "{folder}/xfrd"
  username: ""
  logfile: "{folder}/log"
  rrl-ratelimit: 0
  tcp-count: 500
remote-control:
  control-enable: no
zone:
  name: "test."
  zonefile: "zone"
"""
UNBOUND = """
server:
  interface: 127.0.0.1
  port: {port}
  num-threads: 1
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: "{folder}/unbound.log"
  do-not-query-localhost: no
  access-control: 127.0.0.0/8 allow
  local-zone: "test." nodefault
  module-config: "iterator"
  num-queries-per-thread: 4096
  outgoing-range: 8192
  so-rcvbuf: 4m
remote-control:
  control-enable: no
stub-zone:
  name: "test."
  stub-addr: 127.0.0.1@{behind}
"""


def write_zone(path: Path, count: int, chance: random.Random) -> list[str]:
    """Write a zone of domains with the mixture of answers that lists have; return their names."""
    hosts = [f"mx{i}.host{i % 97}" for i in range(2000)]
    lines = [
        "$ORIGIN test.\n$TTL 3600",
        "@ IN SOA ns hostmaster 1 3600 900 86400 300\n@ IN NS ns\nns A 127.0.0.1",
        *(f"{host} A 198.51.{i % 100}.{i % 250}" for i, host in enumerate(hosts)),
    ]
    names = []
    for i in range(count):
        name = f"{chance.choice('abcdefgh')}domain-{i}"
        names.append(f"{name}.test")
        kind = chance.random()
        if kind < 0.90:
            count = chance.choice((1, 1, 2, 2, 5))
            lines += [f"{name} MX {10 * (j + 1)} {chance.choice(hosts)}" for j in range(count)]
        elif kind < 0.92:
            lines.append(f"{name} MX 0 .")
        elif kind < 0.96:
            lines.append(f"{name} A 198.51.100.{i % 250}")
    path.write_text("\n".join(lines) + "\n")
    return names


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, name: str) -> Iterator[int]:
    """Run a server until the block ends; it is up when it answers."""
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        limits = Limits(timeout=1.0)
        for _ in range(60):
            into: dict[Question, Records] = {}
            Live((Server("127.0.0.1", port),), limits, read_clock).answer([(name, "A")], into)
            if into[name, "A"].status != "unknown":
                break
            if server.poll() is not None:
                sys.exit(f"{command[0]} ended: see its log in {command[-1]}")
            time.sleep(0.25)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def run_nsd(folder: Path) -> contextlib.AbstractContextManager[int]:
    port = free_port()
    (folder / "nsd.conf").write_text(NSD.format(port=port, folder=folder))
    return running(["nsd", "-d", "-c", str(folder / "nsd.conf")], port, "ns.test")


def run_unbound(folder: Path, behind: int) -> contextlib.AbstractContextManager[int]:
    port = free_port()
    (folder / "unbound.conf").write_text(UNBOUND.format(port=port, folder=folder, behind=behind))
    return running(["unbound", "-d", "-c", str(folder / "unbound.conf")], port, "ns.test")


class Proxy(asyncio.DatagramProtocol):
    """Puts a server 30 ms away, loses and delays a little, and drops above 3,000 a second."""

    def __init__(self, behind: int, cap: float) -> None:
        self.behind, self.cap = behind, cap
        self.tokens, self.last = cap / 20, time.monotonic()
        self.due: list[tuple[float, int, bytes, object]] = []
        self.peers: dict[object, asyncio.DatagramTransport] = {}
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: object) -> None:
        now = time.monotonic()
        self.tokens = min(self.cap / 20, self.tokens + (now - self.last) * self.cap)
        self.last = now
        chance = random.random()
        if self.tokens < 1 or chance < 0.005:
            return
        self.tokens -= 1
        late = random.uniform(2, 4) if chance > 0.995 else random.lognormvariate(-3.5, 0.4)
        self.count += 1
        heapq.heappush(self.due, (now + late, self.count, data, addr))


def proxy(behind: int, port: int, cap: float) -> None:
    """Serve as a rough resolver, in a process of its own."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        backs: dict[object, socket.socket] = {}
        front, rough = await loop.create_datagram_endpoint(
            lambda: Proxy(behind, cap), local_addr=("127.0.0.1", port)
        )
        front.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)

        def back(addr: object) -> socket.socket:
            if addr not in backs:
                sock = backs[addr] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                sock.setblocking(False)
                sock.connect(("127.0.0.1", behind))
                loop.add_reader(sock, lambda: front.sendto(sock.recv(65535), addr))
            return backs[addr]

        while True:
            now = time.monotonic()
            while rough.due and rough.due[0][0] <= now:
                _, _, data, addr = heapq.heappop(rough.due)
                back(addr).send(data)
            await asyncio.sleep(0.001)

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())


@contextlib.contextmanager
def roughened(behind: int, cap: float) -> Iterator[int]:
    port = free_port()
    child = multiprocessing.Process(target=proxy, args=(behind, port, cap), daemon=True)
    child.start()
    time.sleep(0.5)
    try:
        yield port
    finally:
        child.terminate()
        child.join(5)


def ask_ours(
    make: Callable[..., Fast | Live], port: int, names: list[str], most: int
) -> dict[Question, Records]:
    limits = Limits(concurrency=most, rate=None)
    into: dict[Question, Records] = {}
    make((Server("127.0.0.1", port),), limits, read_clock).answer([(n, "MX") for n in names], into)
    return into


def ask_dnspython(port: int, names: list[str], most: int) -> Counter:
    """dnspython's own asynchronous resolver."""
    import dns.asyncresolver
    import dns.exception
    import dns.resolver

    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], port
    found: Counter = Counter()

    async def work(left: Iterator[str]) -> None:
        for name in left:
            try:
                await resolver.resolve(name + ".", "MX")
                found["ok"] += 1
            except dns.resolver.NXDOMAIN:
                found["nxdomain"] += 1
            except dns.resolver.NoAnswer:
                found["nodata"] += 1
            except dns.exception.DNSException:
                found["unknown"] += 1

    async def main() -> None:
        left = iter(names)
        await asyncio.gather(*(work(left) for _ in range(most)))

    asyncio.run(main())
    return found


def ask_pycares(port: int, names: list[str], most: int) -> Counter:
    """pycares on its own event thread, a bounded number under way."""
    import threading

    import pycares

    found: Counter = Counter()
    gate, done = threading.Semaphore(most), threading.Event()
    ends = {pycares.errno.ARES_ENOTFOUND: "nxdomain", pycares.errno.ARES_ENODATA: "nodata"}

    def back(result: object, error: int | None) -> None:
        found["ok" if error is None else ends.get(error, "unknown")] += 1
        gate.release()
        if sum(found.values()) == len(names):
            done.set()

    channel = pycares.Channel(servers=[f"127.0.0.1:{port}"])
    for name in names:
        gate.acquire()
        try:
            channel.query(name, pycares.QUERY_TYPE_MX, callback=back)
        except TypeError:  # before pycares 5 the callback stood in third place
            channel.query(name, pycares.QUERY_TYPE_MX, back)
    done.wait(120)
    return found


def ask_dnsperf(port: int, names: list[str], folder: Path) -> tuple[float, Counter]:
    """The limit; returns the seconds that it reports itself."""
    (folder / "queries").write_text("".join(f"{name} MX\n" for name in names))
    text = subprocess.run(
        f"dnsperf -s 127.0.0.1 -p {port} -d {folder / 'queries'} -n 1 -T 1 -c 1 -q 200 -e".split(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    seconds = next(line.split()[-1] for line in text.splitlines() if "Run time" in line)
    lost = next(line.split()[2] for line in text.splitlines() if "Queries lost" in line)
    return float(seconds), Counter(sent=len(names), unknown=int(lost))


def measure(ask: Callable[[], Counter | dict[Question, Records]]) -> tuple[float, float, Counter]:
    """Return wall seconds, CPU seconds of this process, and what came of the questions."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    found = ask()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if not isinstance(found, Counter):
        found = Counter(str(one.status) for one in found.values())
    return wall, cpu, found


def compare(port: int, names: list[str], folder: Path, options: argparse.Namespace) -> None:
    """Print one line a client, in `options.rounds` interleaved rounds; the median counts."""
    few = names[: max(1000, len(names) // 20)]
    most = options.concurrency
    clients: dict[str, tuple[int, Callable[[], Counter | dict[Question, Records]]]] = {
        "listhygiene fast": (len(names), lambda: ask_ours(Fast, port, names, most)),
    }
    if not options.rough:
        clients["listhygiene dnspython"] = (len(few), lambda: ask_ours(Live, port, few, 100))
        clients["dnspython asyncresolver"] = (len(few), lambda: ask_dnspython(port, few, 100))
        if importlib.util.find_spec("pycares"):
            clients["pycares"] = (len(names) // 5, lambda: ask_pycares(port, names[::5], 200))
    rates: dict[str, list[float]] = {}
    for _ in range(options.rounds):
        if shutil.which("dnsperf") and not options.rough:
            seconds, found = ask_dnsperf(port, names, folder)
            rates.setdefault("dnsperf", []).append(len(names) / seconds)
            print(f"{'dnsperf':26}{len(names) / seconds:10.0f}/s{'':18}{dict(found)}")
        for name, (count, ask) in clients.items():
            wall, cpu, found = measure(ask)
            rates.setdefault(name, []).append(count / wall)
            micro = cpu / count * 1e6
            print(f"{name:26}{count / wall:10.0f}/s {wall:7.2f} s {micro:7.1f} us {dict(found)}")
    ours = sorted(rates["listhygiene fast"])[options.rounds // 2]
    print("\nfast against        median/s   times")
    for name, seen in rates.items():
        median = sorted(seen)[options.rounds // 2]
        print(f"{name:26}{median:10.0f} {ours / median:7.2f}")


def compare_cold(port: int, names: list[str], folder: Path, rounds: int) -> None:
    """Ask an unbound whose cache is empty, as many questions under way as dnsperf has."""
    rates: dict[str, list[float]] = {"dnsperf": [], "fast": []}
    for client in ("dnsperf", "fast", "fast", "dnsperf") * rounds:
        with run_unbound(folder, port) as cold:
            if client == "dnsperf":
                seconds, found = ask_dnsperf(cold, names, folder)
            else:
                seconds, _, found = measure(lambda at=cold: ask_ours(Fast, at, names, 200))
        rates[client].append(len(names) / seconds)
        print(f"{client:10}{len(names) / seconds:10.0f}/s  {dict(found)}")
    ours, limit = (statistics.median(rates[one]) for one in ("fast", "dnsperf"))
    print(f"fast against dnsperf: {ours / limit:.2f}")


def check_equal(port: int, names: list[str]) -> None:
    """Both backends must say the same, word for word."""
    slow, fast = ask_ours(Live, port, names, 100), ask_ours(Fast, port, names, 500)
    differing = [
        key
        for key, one in slow.items()
        if (one.status, one.texts, one.ttl) != (fast[key].status, fast[key].texts, fast[key].ttl)
    ]
    print(f"equal answers of both backends: {len(slow) - len(differing)} of {len(slow)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--domains", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--cap", type=float, default=3000.0)
    parser.add_argument("--rough", action="store_true")
    parser.add_argument("--cold", action="store_true")
    options = parser.parse_args()
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    if not shutil.which("nsd"):
        sys.exit("nsd is not installed (Debian: apt install nsd)")
    with tempfile.TemporaryDirectory() as text, contextlib.ExitStack() as stack:
        folder = Path(text)
        names = write_zone(folder / "zone", options.domains, random.Random(7))
        port = stack.enter_context(run_nsd(folder))
        if options.rough:
            truth = ask_ours(Fast, port, names, 500)
            counts = Counter(str(one.status) for one in truth.values())
            print(f"truth {dict(counts)}; ideal {len(names) / options.cap:.1f} s + the late 4 s")
            port = stack.enter_context(roughened(port, options.cap))
        elif options.cold:
            compare_cold(port, names, folder, options.rounds)
            return
        else:
            check_equal(port, names[:3000])
        compare(port, names, folder, options)


if __name__ == "__main__":
    main()
