"""Measures `check` beside the loop over rows that users write, with a resolver that is 30 ms away.

    python benchmarks/far_resolver.py [1000000] [--wait 0.03] [--looped 300]

The resolver runs on loopback and lets each question wait. `check` runs whole, from start to exit,
without a cache and without a limit of questions a second; the loop runs over the first rows only:
its time is that of its distinct domains, and is extrapolated to those of the whole list (with the
cache that email-validator offers), or to all rows (without one, as most loops are written).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from check import measure
from end_to_end import make_list
from slow_resolver import slow_resolver

LOOP = """
import csv, sys, time
import dns.resolver, email_validator
from email_validator import EmailNotValidError, caching_resolver, validate_email
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
path, port, looped, cached = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "1"
far = dns.resolver.Resolver(configure=False)
far.nameservers, far.port = ["127.0.0.1"], port
resolver = caching_resolver(dns_resolver=far, timeout=15) if cached else far
with open(path, encoding="utf-8", newline="") as stream:
    texts = [row["メールアドレス"] for row in csv.DictReader(stream)]
start, seen = time.perf_counter(), set()
for text in texts[:looped]:
    try:
        validate_email(text, dns_resolver=resolver)
    except EmailNotValidError:
        pass
    seen.add(text.rpartition("@")[2])
took = time.perf_counter() - start
print(took, len(seen), len({text.rpartition("@")[2] for text in texts}))
"""


def loop(path: Path, port: int, looped: int, *, cached: bool) -> tuple[float, int, int]:
    """Return seconds, distinct domains met, and those of the whole list."""
    command = [sys.executable, "-c", LOOP, str(path), str(port), str(looped), str(int(cached))]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(told[0]), int(told[1]), int(told[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--wait", type=float, default=0.03)
    parser.add_argument("--looped", type=int, default=300)
    parser.add_argument("--domains", type=int, default=50_000)
    parser.add_argument("--concurrency", type=int, default=2000)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as name,
        slow_resolver(given.domains, given.wait) as port,
    ):
        path = make_list(Path(name), given.rows, given.domains)
        path.with_suffix(".toml").write_text(
            f'as_of = "2026-11-23"\n[dns]\nsource = "127.0.0.1:{port}"\nrate = 0\n'
            f'concurrency = {given.concurrency}\ncanaries = []\ncache = "off"\n'
            '[domains]\ntreat_as_real = ["example", "test"]\n',
            encoding="utf-8",
        )
        out = Path(name) / "report.txt"
        check = [sys.executable, "-m", "listhygiene", "check", str(path), "--no-progress"]
        check += ["--policy", str(path.with_suffix(".toml")), "--lang=en", f"--output={out}"]
        wall, cpu, memory = measure(check)
        told = "some" if "D404" in out.read_text(encoding="utf-8") else "no"
        print(f"check: {wall:.1f} s ({cpu:.1f} CPU-s, {memory:.0f} MiB), {told} domain unanswered")
        took, met, domains = loop(path, port, given.looped, cached=True)
        whole = took / met * domains
        print(f"loop with a cache: {took:.1f} s for {met} domains, so {whole:,.0f} s for "
              f"{domains:,}: {whole / wall:,.0f} times as long")  # fmt: skip
        took, met, _ = loop(path, port, given.looped, cached=False)
        whole = took / given.looped * given.rows
        print(f"loop without: {took:.1f} s for {given.looped} rows, so {whole:,.0f} s for "
              f"{given.rows:,}: {whole / wall:,.0f} times as long")  # fmt: skip


if __name__ == "__main__":
    main()
