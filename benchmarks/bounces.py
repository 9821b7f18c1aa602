"""How well and how fast bounces are read, beside flufl.bounce on the same files.

    LISTHYGIENE_CORPORA=/path/to/corpora python benchmarks/bounces.py [--wrong]

The folder holds bounces/expected.jsonl (a line a recipient) and the messages in folders beside it.
flufl.bounce is asked where it is installed (`pip install flufl.bounce`); it names no causes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from listhygiene.bounces import letter
from listhygiene.bounces.causes import naming
from listhygiene.model.bounce import Event, Kind

HARD = ("P2", "P3")
"""The permanent causes that speak of the recipient."""
ROUNDS = 5


@dataclass(frozen=True)
class Corpus:
    """messages: file -> content. rows: file -> the expected recipients."""

    messages: dict[str, bytes]
    rows: dict[str, list[dict[str, Any]]]


@dataclass
class Score:
    """What was counted; shares are 0..1."""

    expected: int = 0
    found: int = 0
    extra: int = 0
    named: int = 0
    right: int = 0
    hard: int = 0
    hard_right: int = 0
    hard_extra: int = 0
    blocks: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.expected)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.extra)

    @property
    def causes(self) -> float:
        return self.right / max(1, self.named)

    @property
    def hard_precision(self) -> float:
        return self.hard_right / max(1, self.hard_right + self.hard_extra)

    @property
    def hard_recall(self) -> float:
        return self.hard_right / max(1, self.hard)


def load(folder: Path) -> Corpus:
    """Read the corpus; a file of expected.jsonl may stand in any folder below."""
    places = {path.name: path for path in folder.rglob("*") if path.is_file()}
    rows: dict[str, list[dict[str, Any]]] = {}
    with open(folder / "expected.jsonl", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            rows.setdefault(row["file"], []).append(row)
    return Corpus({name: places[name].read_bytes() for name in rows}, rows)


def measure(corpus: Corpus, read: Callable[[bytes], list[Event]], disputed: bool = True) -> Score:
    """Compare the events of all messages with what is expected of each recipient.

    disputed: count also the causes that the authors of the corpus do not agree on themselves.
    """
    score = Score()
    for name, rows in corpus.rows.items():
        want = {row["recipient"].lower(): row for row in rows if row["recipient"]}
        unnamed = sum(1 for row in rows if not row["recipient"])
        got = {event.address.lower(): event for event in read(corpus.messages[name])}
        got.pop("", None)
        extra = [one for one in got if one not in want]
        score.extra += max(0, len(extra) - unnamed)
        score.wrong += [f"{name}: {one} was not expected" for one in extra[unnamed:]]
        for address, row in want.items():
            score.expected += 1
            if address not in got:
                score.wrong.append(f"{name}: {address} was not found")
                continue
            score.found += 1
            if disputed or not row["disputed"]:
                _compare(score, name, row, got[address])
    return score


def _compare(score: Score, name: str, row: dict[str, Any], event: Event) -> None:
    want = row["cause"] or ""
    score.named += 1
    score.right += event.cause == want
    if event.cause != want:
        score.wrong.append(f"{name}: {want} expected, {event.cause} by {event.rule}")
    score.hard += want in HARD
    score.hard_right += want in HARD and event.cause in HARD
    score.hard_extra += want not in HARD and event.cause in HARD
    blocks = event.kind is Kind.BOUNCE and event.cause.startswith("P")
    score.blocks += blocks and not row["is_bounce"]


def speed(messages: Iterable[bytes], read: Callable[[bytes], object]) -> float:
    """Return messages per CPU-second, the best of a few rounds; nothing named is remembered."""
    content = list(messages)
    best = float("inf")
    for _ in range(ROUNDS):
        naming._name.cache_clear()
        start = time.process_time()
        for one in content:
            read(one)
        best = min(best, time.process_time() - start)
    return len(content) / best


def flufl() -> Callable[[bytes], list[Event]] | None:
    """Return flufl.bounce as a reader, None where it is not installed."""
    try:
        from email import message_from_bytes

        from flufl.bounce import all_failures
    except ImportError:
        return None

    def read(content: bytes) -> list[Event]:
        temporary, permanent = all_failures(message_from_bytes(content))
        found = {one.decode("latin-1").lower() for one in {*temporary, *permanent}}
        return [Event(one, Kind.BOUNCE, "flufl.bounce") for one in sorted(found)]

    return read


def bounces_only(corpus: Corpus) -> Corpus:
    """Leave out what is no bounce, which the peer does not read."""
    rows = {name: rows for name, rows in corpus.rows.items() if rows[0]["is_bounce"]}
    return Corpus({name: corpus.messages[name] for name in rows}, rows)


def report(title: str, score: Score, rate: float) -> None:
    print(f"{title}")
    print(f"  recipients      recall {score.recall:.4f}  precision {score.precision:.4f}")
    if score.right:
        print(f"  exact cause     {score.causes:.4f} of {score.named}")
        hard = f"precision {score.hard_precision:.4f}  recall {score.hard_recall:.4f}"
        print(f"  bad recipient   {hard}")
        print(f"  blocked by what is no bounce: {score.blocks}")
    print(f"  messages per CPU-second: {rate:,.0f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="list what is not as expected")
    options = parser.parse_args()
    folder = os.environ.get("LISTHYGIENE_CORPORA")
    if not folder:
        print("Set LISTHYGIENE_CORPORA to the folder of the corpora.", file=sys.stderr)
        return 2
    corpus = load(Path(folder) / "bounces")
    print(f"{len(corpus.messages)} messages, {sum(map(len, corpus.rows.values()))} recipients")
    score = measure(corpus, letter.read_message)
    rate = speed(corpus.messages.values(), letter.read_message)
    report("listhygiene", score, rate)
    report("listhygiene, undisputed", measure(corpus, letter.read_message, disputed=False), rate)
    peer, bounces = flufl(), bounces_only(corpus)
    report("listhygiene, bounces only", measure(bounces, letter.read_message), rate)
    if peer:
        rate = speed(bounces.messages.values(), peer)
        report("flufl.bounce, bounces only", measure(bounces, peer), rate)
    if options.wrong:
        print("\n".join(score.wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
