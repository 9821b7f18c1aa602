"""Reading and writing CSV, beside pandas' bare read_csv + to_csv of the same file in the same run.

python benchmarks/delimited_text.py [ROWS]     (1,000,000 by default; needs about 400 MB of disk)

First reading and writing alone, with what both need imported before; then the whole of `clean`,
judging included (DNS is not asked), beside the whole of the copy: processes from start to exit.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from check import measure as measure_process

ROUNDS = 3
SHAPES = ("plain", "quoted", "ragged", "cp932", "repaired")
"""What the lists are like: nothing to quote; every cell quoted, with a multi-line one now and then;
one row in a hundred out of balance; Japanese in CP932; one address in ten repaired."""


def generate(path: Path, rows: int, shape: str) -> None:
    """Write a list of eight columns, the same one each time."""
    dice = random.Random(20261123)
    names = ["田中", "佐藤", "鈴木", "高橋", "Smith", "Garcia", "Ito", "Mori"]
    encoding = "cp932" if shape == "cp932" else "utf-8"
    with path.open("w", encoding=encoding, newline="") as stream:
        stream.write("Email,Last name,First name,Company,Last mailed,Consent,Source,Phone\r\n")
        for row in range(rows):
            company = f"Example {dice.randrange(9999)} Co."
            cells = [
                f"user.{row:07d}@shop{dice.randrange(30000)}.example.jp",
                dice.choice(names),
                "Taro",
                company + "\r\nTokyo" if shape == "quoted" and row % 1000 == 0 else company,
                f"2026-{dice.randrange(1, 13):02d}-01",
                "yes",
                "web form",
                f"+8190{dice.randrange(10**8):08d}",
            ]
            if shape == "ragged" and row % 100 == 0:
                cells.append("extra")
            line = ",".join(f'"{cell}"' for cell in cells) if shape == "quoted" else ",".join(cells)
            stream.write(line + "\r\n")


def now() -> np.ndarray:
    """Return wall clock and CPU seconds of this process, all threads."""
    return np.array([time.perf_counter(), time.process_time()])


def run_pandas(path: Path, out: Path, shape: str) -> np.ndarray:
    """Read and write as a plain copy; rows that pandas cannot read are dropped by it."""
    import pandas as pd

    encoding = "cp932" if shape == "cp932" else "utf-8"
    start = now()
    frame = pd.read_csv(
        path, dtype=str, keep_default_na=False, encoding=encoding, on_bad_lines="skip"
    )
    middle = now()
    frame.to_csv(out, index=False, encoding=encoding)
    return np.concatenate((middle - start, now() - middle))


def run_ours(path: Path, out: Path, shape: str) -> np.ndarray:
    """Read, and write back with four columns added."""
    import pandas as pd

    from listhygiene.model.listing import TEXT, Edits, ReadOptions
    from listhygiene.readers import read
    from listhygiene.writers import write

    start = now()
    listing = read(path, ReadOptions(lang="ja"))
    middle = now()
    count = len(listing.frame)
    words = ["send", "A301 D402", "the domain refuses all mail", ""]
    names = ["verdict", "codes", "reason", "suggestion"]
    columns = {
        f"listhygiene_{name}": pd.Series([word] * count, dtype=TEXT)
        for name, word in zip(names, words, strict=True)
    }
    step = 10 if shape == "repaired" else count + 1
    cells = {(row, 0): f"user{row}@example.com" for row in range(0, count, step)}
    middle_after = now()
    write(listing, Edits(cells=cells, columns=columns), out)
    return np.concatenate((middle - start, now() - middle_after))


def measure(who: str, path: Path, shape: str) -> list[float]:
    """Run one of the two in a process of its own.

    Result: reading wall, reading CPU, writing wall, writing CPU (seconds), peak (MiB).
    """
    out = path.with_suffix(f".{who}.out")
    done = subprocess.run(
        [sys.executable, __file__, "--run", who, str(path), str(out), shape],
        capture_output=True,
        text=True,
        check=True,
    )
    out.unlink()
    return [float(one) for one in done.stdout.split()]


def measure_whole(path: Path, shape: str) -> tuple[float, float]:
    """Return the median wall seconds of `clean` and of pandas' copy, run in turn."""
    encoding = "cp932" if shape == "cp932" else "utf-8"
    copied, cleaned = (str(path.with_name(name)) for name in ("copied.csv", "cleaned.csv"))
    script = (
        "import sys, pandas; pandas.read_csv(sys.argv[1], dtype=str, encoding=sys.argv[3],"
        " on_bad_lines='skip').to_csv(sys.argv[2], index=False, encoding=sys.argv[3])"
    )
    clean = [sys.executable, "-m", "listhygiene", "clean", str(path), "-o", cleaned, "-q"]
    commands = (
        [*clean, "--dns", "off", "--no-progress"],
        [sys.executable, "-c", script, str(path), copied, encoding],
    )
    runs = [[measure_process(one)[0] for one in commands] for _ in range(ROUNDS)]
    ours, theirs = np.median(runs, axis=0)
    return float(ours), float(theirs)


def main(rows: int) -> None:
    """Print a line a shape."""
    print(f"{rows:,} rows x 8 columns")
    with tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES:
            path = Path(folder) / f"{shape}.csv"
            generate(path, rows, shape)
            theirs, ours = (measure(who, path, shape) for who in ("pandas", "ours"))
            whole, copy = measure_whole(path, shape)
            size = path.stat().st_size / 1e6
            path.unlink()
            print(f"{shape:9} {size:4.0f} MB", *map(_row, ("pandas", "ours"), (theirs, ours)))
            wall, cpu = ((theirs[i] + theirs[i + 2]) / (ours[i] + ours[i + 2]) for i in (0, 1))
            print(f"          {wall:.1f} times faster, {cpu:.1f} times less CPU")
            print(f"          whole clean {whole:.2f} s, whole copy {copy:.2f} s:", end=" ")
            print(f"{whole / copy:.2f} of it", flush=True)


def _row(who: str, one: list[float]) -> str:
    return (
        f"| {who}: read {one[0]:.2f} s (CPU {one[1]:.2f}), write {one[2]:.2f} s "
        f"(CPU {one[3]:.2f}), {one[4]:.0f} MiB"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        who, path, out, shape = sys.argv[2:]
        import pandas  # noqa: F401  # not part of what is measured
        import pyarrow.csv  # noqa: F401

        runner = run_pandas if who == "pandas" else run_ours
        seconds = runner(Path(path), Path(out), shape)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(*seconds, peak)
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
