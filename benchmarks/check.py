"""Measures `check` end to end, with recorded DNS, beside a loop of validate_email.

    python benchmarks/check.py 10000 100000 1000000

Prints, for each size, rows a second, seconds from start to exit and peak memory of
`listhygiene check`, and in the same run the rate of `email_validator.validate_email` over the
same addresses (syntax only, no DNS, nothing else).
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lists import make_answers, write_list, write_policy, write_recorded

LOOPED = 100_000
"""Addresses that the peer's loop is timed over; its rate does not depend on how many."""


def measure(command: list[str]) -> tuple[float, float, float]:
    """Run a command; return wall seconds, CPU seconds and peak memory in MiB."""
    probe = (
        "import resource, subprocess, sys, time; start = time.perf_counter();"
        "code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode;"
        "wall = time.perf_counter() - start; use = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(wall, use.ru_utime + use.ru_stime, use.ru_maxrss / 1024, code)"
    )
    told = subprocess.run(
        [sys.executable, "-c", probe, *command], capture_output=True, text=True, check=True
    )
    wall, cpu, memory, code = map(float, told.stdout.split())
    if code not in (0, 1):
        raise SystemExit(f"the run ended with exit code {int(code)}")
    return wall, cpu, memory


def loop_rate(path: Path) -> float:
    """Return how many addresses a second a loop of validate_email judges."""
    from email_validator import EmailNotValidError, validate_email

    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        texts = [row[3] for _, row in zip(range(LOOPED), rows, strict=False)]
    start = time.process_time()
    for text in texts:
        with contextlib.suppress(EmailNotValidError):
            validate_email(text, check_deliverability=False)
    return len(texts) / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--domains", type=int, default=30_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_recorded(folder / "dns.json", make_answers(given.domains, 1))
        print(
            f"{'rows':>10} {'wall s':>8} {'cpu s':>8} {'rows/s':>10} {'peak MiB':>9} {'x loop':>7}"
        )
        for rows in given.rows:
            path = folder / f"list{rows}.csv"
            write_list(path, rows, given.domains)
            write_policy(path.with_suffix(".toml"), "dns.json")
            command = [sys.executable, "-m", "listhygiene", "check", str(path)]
            command += ["--policy", str(path.with_suffix(".toml"))]
            wall, cpu, memory = measure(command)
            rate = loop_rate(path)
            print(
                f"{rows:>10} {wall:>8.2f} {cpu:>8.2f} {rows / wall:>10.0f} {memory:>9.0f} "
                f"{rows / cpu / rate:>7.1f}"
            )


if __name__ == "__main__":
    main()
