"""Learns the words by which responses are weighed, and tells how well they weigh alone.

    python benchmarks/cause_words.py [--write]

Read are tests/bounces/collected.csv and the tables of phrases. --write makes weights.csv; without
it every fifth response in turn is named by the words that the others taught alone.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from listhygiene.bounces.causes import knowledge, naming, weighing
from listhygiene.bounces.causes.catalogue import while_temporary

ROOT = Path(__file__).parent.parent
COLLECTED = ROOT / "tests" / "bounces" / "collected.csv"
WEIGHTS = ROOT / "src" / "listhygiene" / "bounces" / "causes" / "weights.csv"
HEAD = (
    "# How much a word speaks for each cause, in hundredths; x.N.N is a status of any class.\n"
    "# Learned by benchmarks/cause_words.py from what was collected (the\n"
    "# responses of tests/bounces/collected.csv) and from the tables of phrases, 2026-11.\n"
    "word,seen,weights\n"
)
EXAMPLES = 3
"""Words of a class that stand for it in a phrase."""
FOLDS, STEPS, RATE, DECAY = 5, 120, 0.2, 3e-6
"""Turns of the test; steps of the descent, their length, and what they take back of each weight."""
LEAST = 0.3
"""Weights below it are left out: they add less than the words' own spread."""

Sample = tuple[str, list[str]]
Weights = dict[str, dict[str, float]]


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


def learn(samples: list[Sample]) -> tuple[Weights, Counter[str]]:
    """Return word -> cause -> weight, and how often each word was seen.

    A softmax regression by plain descent with momentum over all samples at once, each as long as
    any other: whole numbers in, so the same samples always teach the same weights.
    """
    seen = Counter(word for _, words in samples for word in words)
    place = {word: number for number, word in enumerate(sorted(seen), start=1)}
    causes = sorted({cause for cause, _ in samples})
    kept = [[place[word] for word in words] for _, words in samples]
    wanted = [causes.index(cause) for cause, _ in samples]
    table = _descend(kept, wanted, len(place), len(causes))
    return {
        word: {
            cause: float(weight)
            for cause, weight in zip(causes, table[number], strict=True)
            if abs(weight) >= LEAST
        }
        for word, number in place.items()
    }, seen


def _descend(
    kept: list[list[int]], wanted: list[int], words: int, causes: int
) -> NDArray[np.float64]:
    """Return the weights (word 0 is none, causes) after STEPS steps."""
    longest = max(map(len, kept))
    places = np.zeros((len(kept), longest), dtype=np.int64)
    for row, them in enumerate(kept):
        places[row, : len(them)] = them
    share = (1 / np.sqrt(np.maximum(1, [len(them) for them in kept]))).astype(np.float64)[:, None]
    told = np.zeros((len(kept), causes), dtype=np.float64)
    told[np.arange(len(kept)), wanted] = 1
    table = np.zeros((words + 1, causes), dtype=np.float64)
    moving = np.zeros_like(table)
    often = np.bincount(places.ravel(), minlength=words + 1).astype(np.float64)
    pace = (1 / np.sqrt(np.maximum(1, often)))[:, None]
    for _ in range(STEPS):
        scores = share * table[places].sum(axis=1)
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        pull = np.zeros_like(table)
        off = share * (told - odds)
        for column in range(longest):
            np.add.at(pull, places[:, column], off)
        moving = 0.9 * moving + pace * (pull - DECAY * len(kept) * table)
        table += RATE * moving
        table[0] = 0
    return table


def write(weights: Weights, seen: Counter[str]) -> None:
    """Write weights.csv."""
    with open(WEIGHTS, "w", encoding="utf-8", newline="\n") as stream:
        stream.write(HEAD)
        rows = csv.writer(stream, lineterminator="\n")
        for word, of in sorted(weights.items()):
            if of:
                told = " ".join(f"{cause}:{round(100 * of[cause])}" for cause in sorted(of))
                rows.writerow([word, seen[word], told])


def by_words_alone(samples: list[Sample], others: list[Sample]) -> float:
    """Return the share of the samples that words name, each by what the others taught."""
    right = 0
    for turn in range(FOLDS):
        known = [one for place, one in enumerate(samples) if place % FOLDS != turn]
        weights, _ = learn([*known, *others])
        causes = sorted({cause for cause, _ in samples})
        for cause, words in samples[turn::FOLDS]:
            score = {
                one: sum(weights.get(word, {}).get(one, 0) for word in words) for one in causes
            }
            right += max(score, key=score.__getitem__) == cause
    return right / len(samples)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="make weights.csv anew")
    options = parser.parse_args()
    samples, others = list(collected()), list(phrases())
    if options.write:
        write(*learn([*samples, *others]))
    else:
        share = by_words_alone(samples, others)
        print(f"{len(samples)} responses, by words alone {share:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
