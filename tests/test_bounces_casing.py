"""Patterns in any case find the same in lower-case ASCII as in the text as it stands."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.bounces import autoreply, challenge, delay, listed, notice, success, suspicion
from listhygiene.bounces.casing import AnyCase, any_case

PATTERNS = [
    one
    for module in (autoreply, challenge, delay, listed, notice, success, suspicion)
    for one in vars(module).values()
    if isinstance(one, AnyCase)
]
WORDS = (
    "Delivery", "HAS FAILED", "delayed", "warning:", "still", "----- Original message", "\n",
    "user", "unknown", "out of office until", "Boxbe", "was", "550 5.1.1 ",
    ">", "successfully delivered to", "Message follows:", "non",
    "remis", "not delivered", "is attached",
)  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_in_lower_case(pattern: AnyCase) -> None:
    assert not re.search(r"[A-Z]", re.sub(r"\\.", "", pattern.text))


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_lower_case_tells_the_same(text: str) -> None:
    for pattern in PATTERNS:
        compiled = re.compile(pattern.text)
        assert list(pattern.places(text)) == [one.span() for one in compiled.finditer(text)]
        assert pattern.finds(text) == bool(compiled.search(text))


def test_accents_and_capitals_are_found() -> None:
    pattern = any_case(r"(?i)verzöger")
    assert all(map(pattern.finds, ("VERZOEGERT", "Verzögert", "VERZOGERT")))
    assert not pattern.finds("late")
