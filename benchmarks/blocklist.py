"""Prints how long the blocklist takes: to take addresses in, to be asked by `check`, to be listed.

    python benchmarks/blocklist.py [--blocked 5000000] [--asked 1000000] [--url postgresql://...]

The addresses are made up (seeded). The first question makes the sieve beside the blocklist, where
no writer has; what `check` pays each time is "again". The questions are asked in a process of its
own, whose memory before and after is printed, so that what was there before does not help.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from listhygiene.blocklist import BlockFilter, open_blocklist
from listhygiene.blocklist.journal import add_rows
from listhygiene.blocklist.keys import canonical_keys, event_key
from listhygiene.model.listing import TEXT

NOW = datetime(2026, 11, 23, tzinfo=UTC)
NAMES = ("taro", "hanako", "ken", "yui", "sato", "suzuki", "m.tanaka", "j-doe", "abe", "y.h")
HITS = 30_000


def addresses(start: int, count: int) -> pd.Series:
    """Make distinct addresses, in no order; of those at one domain in ten the key is another."""
    numbers = np.arange(start, start + count, dtype=np.uint64)
    mixed = (numbers * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
    name = pd.Series(np.array(NAMES, dtype=object)[mixed % 10]).astype(TEXT)
    domain = (mixed // 10) % 30_000
    host = pd.Series(np.where(domain < 3000, "gmail.com", "example.co.jp"), dtype=TEXT)
    prefix = pd.Series(np.where(domain < 3000, "", domain.astype(str)), dtype=TEXT)
    dotted = prefix.mask(prefix.ne(""), "d" + prefix + ".")
    return name + "." + pd.Series(numbers).astype(str).astype(TEXT) + "@" + dotted + host


def rows(count: int) -> Iterator[dict[str, object]]:
    """Make a permanent bounce of each address."""
    for start in range(0, count, 100_000):
        for address in addresses(start, min(100_000, count - start)):
            yield {
                "address": address,
                "kind": "bounce",
                "type": "permanent",
                "cause": "P3",
                "at": 1_760_000_000,
                "source": "dsn",
                "diagnostic": "550 5.1.1 no such user",
                "key": event_key(address),
            }


def memory() -> float:
    """Return the greatest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ask(url: str, blocked: int, asked: int) -> None:
    """Ask for `asked` addresses, HITS of them blocked."""
    hits = min(HITS, blocked)
    wanted = pd.concat([addresses(0, hits), addresses(blocked, asked - hits)], ignore_index=True)
    wanted = wanted.sample(frac=1, random_state=1, ignore_index=True)
    start = time.perf_counter()
    store = open_blocklist(url, write=False, now=NOW)
    opened = time.perf_counter() - start
    mailboxes = canonical_keys(wanted)  # `check` knows them: the fold has worked them out
    before = memory()
    print(f"opened in {opened:.2f} s")
    for what, known in (("first", mailboxes), ("again", mailboxes), ("without keys", None)):
        start, cpu = time.perf_counter(), time.process_time()
        found = store.look_up(wanted, pd.Timestamp(NOW.date()), known)
        took, cpu = time.perf_counter() - start, time.process_time() - cpu
        print(f"{what}: {asked} asked, {len(found)} found in {took:.2f} s "
              f"({cpu:.2f} CPU-s), {memory() - before:.0f} MB more")  # fmt: skip
    start = time.perf_counter()
    told = store.describe()
    print(f"described in {time.perf_counter() - start:.2f} s: {told['due']} due")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--blocked", type=int, default=5_000_000)
    parser.add_argument("--asked", type=int, default=1_000_000)
    parser.add_argument("--url")
    parser.add_argument("--only-ask", action="store_true")
    chosen = parser.parse_args()
    if chosen.only_ask:
        ask(chosen.url, chosen.blocked, chosen.asked)
        return
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or str(Path(folder) / "blocklist.db")
        store = open_blocklist(url, write=True, now=NOW)
        start = time.perf_counter()
        add_rows(store.database, rows(chosen.blocked), input_key="b", file="", now=NOW)
        took = time.perf_counter() - start
        print(f"{chosen.blocked} events taken in in {took:.0f} s "
              f"({chosen.blocked / took:.0f}/s), {memory():.0f} MB in all")  # fmt: skip
        if store.database.path:
            print(f"{store.database.path.stat().st_size / 1e6:.0f} MB on the disk")
        again = ["--only-ask", "--url", url]
        again += ["--blocked", str(chosen.blocked), "--asked", str(chosen.asked)]
        subprocess.run([sys.executable, __file__, *again], check=True)
        start = time.perf_counter()
        listed = store.list_blocks(BlockFilter(within=addresses(0, 1000)))
        print(f"{len(listed)} blocks of a list in {time.perf_counter() - start:.2f} s")


if __name__ == "__main__":
    main()
