"""Measures `check` on a Dask scheduler with one and with two worker processes over TCP.

    python benchmarks/workers.py 1000000 [--rows-a-part 125000] [--rounds 3]

Prints rows a second of each, beside one process that judges the same parts, and states how far two
workers are from twice as fast. Scheduler, workers and this process share the machine's cores: so
the CPU seconds of each are told too (where /proc tells them), and what they allow: the busiest
worker, and before and behind it what the asking process does alone (or more: part of that it does
while the workers fold). Of several rounds the one counts that took the least CPU.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from end_to_end import make_list
from lists import make_answers, write_recorded

Timed = tuple[float, list[float]]
"""Wall seconds, and the CPU seconds of this process, the scheduler and each worker."""


def cpu_of(process: int) -> float:
    """Return the CPU seconds of a process so far, 0 where the system has no /proc."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def cluster(workers: int, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler and workers, each a process of its own; yield its address and all ids."""
    from distributed import Client

    file = folder / f"scheduler{workers}.json"
    module = [sys.executable, "-m", "distributed.cli.dask_"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    start = [*module[:2], f"{module[2]}scheduler", "--host", "127.0.0.1", "--port", "0"]
    start += ["--dashboard-address", ":0", "--scheduler-file", str(file)]
    running = [subprocess.Popen(start, **quiet)]
    one = [*module[:2], f"{module[2]}worker", "--scheduler-file", str(file), "--nthreads", "1"]
    one += ["--no-nanny", "--host", "127.0.0.1", "--local-directory", str(folder)]
    try:
        while not file.exists():
            time.sleep(0.1)
        running += [subprocess.Popen(one, **quiet) for _ in range(workers)]
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
            address = client.scheduler.address
        yield address, [one.pid for one in running]
    finally:
        for process in running:
            process.kill()
            process.wait()


def main() -> None:
    from listhygiene.partitions import check_parts, open_engine, pieces_of
    from listhygiene.policy import load_policy
    from listhygiene.readers import read
    from listhygiene.writers.parquet import as_table  # the list as a table of texts

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int)
    parser.add_argument("--rows-a-part", type=int, default=125_000)
    parser.add_argument("--domains", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        import pyarrow.parquet as pq

        folder = Path(name)
        write_recorded(folder / "dns.json", make_answers(given.domains, 1))
        path = make_list(folder, given.rows, given.domains)
        policy = load_policy(str(path.with_suffix(".toml")))
        parquet = path.with_suffix(".parquet")
        pq.write_table(as_table(read(path)), parquet, row_group_size=given.rows_a_part)

        def timed(engine: str, scheduler: str = "", others: Sequence[int] = ()) -> Timed:
            opened = open_engine(engine, scheduler)
            every = [os.getpid(), *others]
            start, before = time.perf_counter(), [cpu_of(one) for one in every]
            check_parts(pieces_of(str(parquet)), opened, policy, str(folder / "out"))
            after = [cpu_of(one) for one in every]
            spent = [b - a for a, b in zip(before, after, strict=True)]
            return time.perf_counter() - start, spent

        def best(engine: str, scheduler: str = "", others: Sequence[int] = ()) -> Timed:
            rounds = [timed(engine, scheduler, others) for _ in range(given.rounds)]
            return min(rounds, key=lambda one: sum(one[1]))

        found = {"one process": best("local")}
        for workers in (1, 2):
            with cluster(workers, folder) as (address, others):
                timed("dask", address)  # the workers import what they need
                name = f"{workers} worker{'s' if workers > 1 else ''}"
                found[name] = best("dask", address, others)
    for what, (took, spent) in found.items():
        shares = " ".join(f"{one:.2f}" for one in spent)
        print(f"{what:>12}: {took:7.2f} s  {given.rows / took:>10,.0f} rows/s  CPU-s {shares}")
    print(f"2 workers against 1: {found['1 worker'][0] / found['2 workers'][0]:.2f}")
    one, two = (found[name][1] for name in ("1 worker", "2 workers"))
    if one[0]:
        print("CPU-s: this process, scheduler, workers. On cores of their own at most "
              f"{(one[0] + max(one[2:])) / (two[0] + max(two[2:])):.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
