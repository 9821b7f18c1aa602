"""Measures the judgement of syntax against email-validator itself, over the same distinct texts.

    python benchmarks/syntax.py 1000000 [--compared 60000]

Prints CPU seconds of `address.judge` over all distinct texts of a list, of the library over a
random part of them (extrapolated), the ratio, and how many of that part are judged otherwise.
"""

from __future__ import annotations

import argparse
import random
import time

import pandas as pd
from lists import make_lines

from listhygiene.address import judge, library
from listhygiene.model.listing import TEXT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--compared", type=int, default=60_000)
    given = parser.parse_args()
    cells = [line.split(",")[3] for line in make_lines(given.rows, 50_000, 1)[1:]]
    texts = pd.Series(cells, dtype=TEXT).drop_duplicates().reset_index(drop=True)
    judge(texts[:1000])
    start = time.process_time()
    judged = judge(texts)
    own = time.process_time() - start
    places = random.Random(1).sample(range(len(texts)), min(given.compared, len(texts)))
    asked = texts.iloc[places].tolist()
    start = time.process_time()
    told = [library.ask(text) for text in asked]
    peer = (time.process_time() - start) * len(texts) / len(asked)
    rows = judged.iloc[places]
    columns = ["address", "local", "domain_text", "ascii_domain", "error"]
    other = sum(
        syntax != "legacy" and tuple(row) != (*one[:4], one.error)
        for syntax, row, one in zip(
            rows["syntax"], rows[columns].itertuples(index=False), told, strict=True
        )
    )
    print(f"{len(texts):,} distinct texts: judge {own:.2f} s, the library {peer:.1f} s (CPU)")
    print(f"ratio {peer / own:.1f}; judged otherwise: {other} of {len(asked):,}")


if __name__ == "__main__":
    main()
