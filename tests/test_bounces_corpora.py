"""The goals hold on real bounces: recipients, causes, and what blocks an address for good."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from listhygiene.bounces import read_message
from listhygiene.model.bounce import Kind

FOLDER = os.environ.get("LISTHYGIENE_CORPORA", "")
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not (Path(FOLDER) / "bounces" / "expected.jsonl").is_file(),
        reason="LISTHYGIENE_CORPORA names no folder with bounces/expected.jsonl",
    ),
]


def benchmark() -> ModuleType:
    path = Path(__file__).parents[1] / "benchmarks" / "bounces.py"
    spec = importlib.util.spec_from_file_location("bounces_benchmark", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def score():
    tool = benchmark()
    corpus = tool.load(Path(FOLDER) / "bounces")
    return tool.measure(corpus, read_message)


def test_recipients(score) -> None:
    assert score.recall >= 0.995, score.wrong
    assert score.precision >= 0.997, score.wrong


def test_causes(score) -> None:
    assert score.causes >= 0.95, score.wrong


def test_permanence_because_of_the_recipient(score) -> None:
    assert score.hard_precision >= 0.97, score.wrong
    assert score.hard_recall >= 0.95, score.wrong


def test_nothing_is_blocked_by_what_is_no_bounce(score) -> None:
    assert score.blocks == 0


def test_every_message_gives_an_event_and_every_decision_its_line() -> None:
    corpus = benchmark().load(Path(FOLDER) / "bounces")
    for name, content in corpus.messages.items():
        events = read_message(content, name)
        assert events
        for event in events:
            assert event.rule
            assert event.diagnostic or event.kind is not Kind.BOUNCE
