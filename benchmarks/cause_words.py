"""Counts the words by which responses are weighed, and tells how well they weigh alone.

    python benchmarks/cause_words.py [--write]

Read are tests/bounces/collected.csv and the tables of phrases. --write makes weights.csv of the
counts; without it every tenth response in turn is named by the words of the others alone.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from listhygiene.bounces.causes import knowledge, naming, weighing
from listhygiene.bounces.causes.catalogue import while_temporary

ROOT = Path(__file__).parent.parent
COLLECTED = ROOT / "tests" / "bounces" / "collected.csv"
WEIGHTS = ROOT / "src" / "listhygiene" / "bounces" / "causes" / "weights.csv"
HEAD = (
    "# How many collected responses, phrases and hints of each cause hold a word; x.N.N is a\n"
    "# status of any class. Counted by benchmarks/cause_words.py; sources: phrases.csv, 2026-11.\n"
    "word,counts\n"
)
EXAMPLES = 3
"""Words of a class that stand for it in a phrase."""

Sample = tuple[str, list[str]]


def collected() -> Iterable[Sample]:
    """Yield (cause, words) of each response; the cause is the words' own, whatever the code.

    It is what the tables name, where that gives way to the expected cause when it is temporary.
    """
    naming.while_temporary = lambda cause: cause  # type: ignore[attr-defined]
    naming.outweigh = lambda *_: ("", [])  # type: ignore[attr-defined]
    with open(COLLECTED, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            named = naming.name_cause(row["response"], host=row["host"])
            flat = naming.without_asides(naming.flatten(row["response"]))
            if not knowledge.WIDE.search(flat):
                fits = row["cause"] in (named.code, while_temporary(named.code))
                yield named.code if fits else row["cause"], weighing.words_of(flat)


def phrases() -> Iterable[Sample]:
    """Yield (cause, words) of each row of the tables of phrases."""
    for table in ("phrases.csv", "wide.csv", "hints.csv"):
        for row in knowledge.rows_of(table):
            words = re.sub(r"\{(\w+)\}", _examples, row["phrase"])
            if not knowledge.WIDE.search(words):
                yield row["cause"], weighing.words_of(words)


def _examples(match: re.Match[str]) -> str:
    return " ".join(knowledge.word_classes()[match[1]][-EXAMPLES:])


def counted(samples: Iterable[Sample]) -> tuple[tuple[str, str], ...]:
    """Return the rows of weights.csv for these samples."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for cause, words in samples:
        for word in words:
            counts[word][cause] += 1
    return tuple(
        (word, " ".join(f"{cause}:{number}" for cause, number in sorted(of.items())))
        for word, of in sorted(counts.items())
    )


def write(rows: Iterable[tuple[str, str]]) -> None:
    """Write weights.csv."""
    with open(WEIGHTS, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(HEAD)
        csv.writer(stream, lineterminator="\n").writerows(rows)


def by_words_alone(samples: list[Sample], others: list[Sample]) -> float:
    """Return the share of the samples that words name, each tenth by the words of the rest."""
    right = 0
    for turn in range(10):
        known = [one for place, one in enumerate(samples) if place % 10 != turn]
        weighing.weights.cache_clear()
        weighing.weight_rows = lambda known=known: counted([*known, *others])  # type: ignore
        for cause, words in samples[turn::10]:
            right += weighing.weigh(" ".join(words)).best() == cause
    return right / len(samples)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="make weights.csv anew")
    options = parser.parse_args()
    samples, others = list(collected()), list(phrases())
    if options.write:
        write(counted([*samples, *others]))
    else:
        share = by_words_alone(samples, others)
        print(f"{len(samples)} responses, by words alone {share:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
