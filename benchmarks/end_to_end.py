"""Measures the whole job in one run: `check`, doing nothing, a straight script, a loop over rows.

    python benchmarks/end_to_end.py 10000 100000 1000000 [--rounds 3] [--json FILE]
    python benchmarks/end_to_end.py 10000 100000 1000000 10000000 --plot docs/growth.svg

For each size the processes run in turn, from start to exit, on the same list and the same recorded
DNS: `listhygiene check`; `listhygiene clean`, which also repairs, annotates and writes the list
with its change log; pandas' bare read_csv + to_csv (nothing but a copy); the straight pandas
script of `straight.py`; and, over 20,000 rows and extrapolated, the loop over rows that users
write (validate_email with an instant resolver of the same answers). Medians of the rounds; what
counts are the ratios of one run, since machines differ and are shared. CPU seconds are those of
the process and its threads. Lists above a million rows are judged in parts of a million, once, and
without the others; --plot draws the CPU seconds of `check` against the rows.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from check import measure
from growth import draw
from lists import make_answers, write_list, write_policy, write_recorded

HERE = Path(__file__).parent
LOOPED = 20_000
MILLION = 1_000_000

COPY = (
    "import sys, pandas; pandas.read_csv(sys.argv[1], dtype=str).to_csv(sys.argv[2], index=False)"
)
LOOP = """
import csv, sys
import dns.resolver, email_validator
from email_validator import EmailNotValidError, validate_email
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
class Instant:
    lifetime = 1
    def resolve(self, name, kind, *rest, **more):
        if kind != "MX":
            raise dns.resolver.NoAnswer
        return [type("MX", (), {"preference": 10, "exchange": "mx.example."})()]
with open(sys.argv[1], encoding="utf-8", newline="") as stream:
    rows = list(csv.DictReader(stream))[: int(sys.argv[2])]
good = 0
for row in rows:
    try:
        validate_email(row["メールアドレス"], dns_resolver=Instant())
        good += 1
    except EmailNotValidError:
        pass
print(good)
"""


@dataclass(frozen=True)
class Run:
    """One process: wall and CPU seconds, peak memory in MiB."""

    wall: float
    cpu: float
    memory: float


def median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(one.wall for one in runs),
        statistics.median(one.cpu for one in runs),
        statistics.median(one.memory for one in runs),
    )


def make_list(folder: Path, rows: int, domains: int) -> Path:
    """Write a list, beyond a million rows from parts of a million with other seeds."""
    path = folder / f"list{rows}.csv"
    if rows <= MILLION:
        write_list(path, rows, domains)
    else:
        with path.open("wb") as stream:
            for seed, start in enumerate(range(0, rows, MILLION), start=1):
                part = folder / "part.csv"
                write_list(part, min(MILLION, rows - start), domains, seed)
                content = part.read_bytes()
                stream.write(content if seed == 1 else content[content.index(b"\n") + 1 :])
            part.unlink()
    write_policy(path.with_suffix(".toml"), "dns.json")
    return path


def commands(path: Path, chunk_rows: int) -> dict[str, list[str]]:
    python = sys.executable
    with_policy = [str(path), "--no-progress", "--policy", str(path.with_suffix(".toml"))]
    check = [python, "-m", "listhygiene", "check", *with_policy]
    if chunk_rows:
        check += ["--chunk-rows", str(chunk_rows)]
    made = {"check": check}
    if not chunk_rows:
        cleaned = str(path.with_name("cleaned.csv"))
        made["clean"] = [python, "-m", "listhygiene", "clean", *with_policy, "-o", cleaned, "-q"]
        out = str(path.with_name("out.csv"))
        made["copy"] = [python, "-c", COPY, str(path), out]
        dns = str(path.with_name("dns.json"))
        made["straight"] = [python, str(HERE / "straight.py"), str(path), dns, out]
    return made


def measure_size(folder: Path, rows: int, given: argparse.Namespace) -> dict[str, Run]:
    path = make_list(folder, rows, given.domains)
    runs: dict[str, list[Run]] = {}
    parts = given.chunk_rows or (MILLION if rows > MILLION else 0)
    for _ in range(1 if rows > MILLION else given.rounds):
        for name, command in commands(path, parts).items():
            if name == "check" or not given.alone:
                runs.setdefault(name, []).append(Run(*measure(command)))
    if not parts and not given.alone:
        looped = min(LOOPED, rows)
        one = Run(*measure([sys.executable, "-c", LOOP, str(path), str(looped)]))
        share = rows / looped
        runs["loop"] = [Run(one.wall * share, one.cpu * share, one.memory)]
    path.unlink()
    return {name: median(them) for name, them in runs.items()}


def show(rows: int, found: dict[str, Run]) -> None:
    own = found["check"]
    print(f"\n{rows:,} rows; check: {rows / own.wall:,.0f} rows/s")
    print(f"{'':>10} {'wall s':>8} {'cpu s':>8} {'MiB':>7} {'wall/check':>11} {'cpu/check':>10}")
    for name, one in found.items():
        ratios = f"{one.wall / own.wall:>11.2f} {one.cpu / own.cpu:>10.2f}"
        print(f"{name:>10} {one.wall:>8.2f} {one.cpu:>8.2f} {one.memory:>7.0f} {ratios}")


def show_growth(found: dict[int, dict[str, Run]]) -> None:
    """Print what each step costs against a linear one."""
    sizes = sorted(found)
    print(f"\n{'rows':>11} {'us/row':>8} {'x linear':>9}   (cpu; from the size before)")
    for place, rows in enumerate(sizes):
        cost = found[rows]["check"].cpu / rows * 1e6
        step = ""
        if place:
            before = sizes[place - 1]
            step = f"{cost / (found[before]['check'].cpu / before * 1e6):>9.2f}"
        bar = "#" * max(1, round(cost))
        print(f"{rows:>11,} {cost:>8.2f} {step:>9}   {bar[:60]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--domains", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chunk-rows", type=int, default=0)
    parser.add_argument("--alone", action="store_true", help="only check, without its peers")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, domains {given.domains:,}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_recorded(folder / "dns.json", make_answers(given.domains, 1))
        found = {}
        for rows in given.rows:
            found[rows] = measure_size(folder, rows, given)
            show(rows, found[rows])
    show_growth(found)
    if given.plot:
        cpu = {rows: them["check"].cpu for rows, them in found.items()}
        given.plot.write_text(draw(cpu), encoding="utf-8")
    if given.json:
        told = {rows: {k: vars(v) for k, v in them.items()} for rows, them in found.items()}
        given.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
