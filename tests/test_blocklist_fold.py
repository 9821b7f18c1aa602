"""What the events of one address make of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.blocklist.fold import Past, State, fold

CASES = [
    # a permanent bounce blocks at once, a temporary one temporarily
    ("P3@1", "permanent P3 since=1"),
    ("T4@1", "temporary T4 since=1 strikes=1"),
    ("T4@1 T5@2 T4@3", "temporary T4 since=1 strikes=3"),
    ("T4@1 P3@2", "permanent P3 since=2 strikes=1"),
    ("P3@1 T4@2", "permanent P3 since=1 strikes=1"),
    ("P3@1 P3@9", "permanent P3 since=1"),
    # two notices on one message are one strike
    ("T4/m1@1 T4/m1@2 T4/m2@3", "temporary T4 since=1 strikes=2"),
    # auto-replies, delays and challenges neither block nor strike
    ("T2@1", ""),
    ("auto-reply@1 delay@2 challenge@3", ""),
    ("block:temporary:T2@1", ""),
    ("T4@1 block:temporary:T2@2", "temporary T4 since=1 strikes=1"),
    # a delivery proves a temporary cause resolved, a permanent one it does not touch
    ("T4@1 delivery@2", ""),
    ("T4@1 T4@2 delivery@3 T4@4", "temporary T4 since=4 strikes=1"),
    ("T4@2 delivery@1", "temporary T4 since=2 strikes=1"),
    ("P3@1 delivery@2", "permanent P3 since=1"),
    # what a person or a platform set is final, and no delivery lifts it
    ("block:temporary:T4@1", "temporary T4 since=1 final"),
    ("block:temporary:T4@1 delivery@2", "temporary T4 since=1 final"),
    ("T4@1 block:temporary:T4@2", "temporary T4 since=1 strikes=1 final"),
    ("block:temporary:T4@1 T5@2", "temporary T5 since=2 strikes=1 final"),
    ("block:temporary:T4@1 unblock@2 T5@3", "temporary T5 since=3 strikes=1 unblocks=1"),
    ("block:permanent:P3@1", "permanent P3 since=1 final"),
    # a person lifts what is temporary, and only that
    ("T4@1 unblock@2", "unblocks=1"),
    ("block:temporary:T7@1 unblock@2", "unblocks=1"),
    ("T4@1 unblock@2 T4@3", "temporary T4 since=3 strikes=1 unblocks=1"),
    ("P3@1 unblock@2", "permanent P3 since=1 unblocks=1"),
    ("P3@1 T4@1 unblock@2", "permanent P3 since=1 unblocks=1"),
    # a bounce from before the unblocking, read later, does not block again
    ("T4@1 T4@2 unblock@3", "unblocks=1"),
    # an allowance overrides the permanent block before it and still names it
    ("P3@1 allow@2", "permanent P3 since=1 allowed"),
    ("P3@1 allow@2 T4@3", "temporary T4 since=3 strikes=1 allowed"),
    ("P3@1 allow@2 P3@3", "permanent P3 since=3"),
    ("allow@1", "allowed"),
    # a recheck lifts the cause that it examined, and no other
    ("P2@1 recheck:lifted:P2@2", ""),
    ("P2@1 recheck::P2@2", "permanent P2 since=1 examined=2"),
    ("P3@1 P2@2 recheck:lifted:P2@3", "permanent P3 since=1"),
    ("P3@1 recheck:lifted:P2@2", "permanent P3 since=1"),
    ("T1@1 T4@2 recheck:lifted:T1@3", "temporary T4 since=2 strikes=2"),
    ("T1@1 recheck:lifted:T1@3 T1@4", "temporary T1 since=4 strikes=1"),
    ("P2@1 recheck:lifted:P2@2 P2@3", "permanent P2 since=3"),
    # complaints and unsubscribes stand for themselves
    ("complaint@3", "complained=3"),
    ("unsubscribe@3 delivery@4", "unsubscribed=3"),
    ("complaint@3 allow@4", "complained=3 allowed"),
    ("P3@1 complaint@2 unsubscribe@3", "permanent P3 since=1 complained=2 unsubscribed=3"),
]  # fmt: skip


def past(text: str) -> list[Past]:
    """Read events: "T4/m1@1" a bounce about message m1 at second 1, "block:temporary:T7@2"."""
    events = []
    for number, word in enumerate(text.split(), start=1):
        what, _, at = word.partition("@")
        what, _, message = what.partition("/")
        kind, _, rest = what.partition(":")
        kind_of, _, cause = rest.partition(":")
        if kind[1:].isdecimal():
            kind, kind_of, cause = "bounce", "", kind
            kind_of = "permanent" if cause.startswith("P") else "temporary"
        events.append(Past(number, kind, int(at), kind_of, cause, message))
    return sorted(events, key=lambda one: (one.at, one.id))


def said(state: State) -> str:
    """Tell a state in words."""
    words = [state.type, state.cause]
    for name in ("since", "strikes", "complained", "unsubscribed", "unblocks", "examined"):
        value = getattr(state, name)
        words += [f"{name}={value}"] if value else []
    words += ["final"] if state.final and state.type == "temporary" else []
    words += ["allowed"] if state.allow_id else []
    return " ".join(sorted(word for word in words if word))


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_fold_of(text: str, expected: str) -> None:
    words = [word for word in expected.split() if word != "final" or "temporary" in expected]
    assert said(fold(past(text))) == " ".join(sorted(words))


KINDS = """
T1 T2 T4 P2 P3 delivery unblock allow complaint unsubscribe delay auto-reply recheck:lifted:P2
recheck::P3 block:temporary:T7 block:permanent:P9
"""
histories = st.lists(st.sampled_from(KINDS.split()), max_size=12).map(
    lambda words: past(" ".join(f"{word}@{at}" for at, word in enumerate(words, start=1)))
)


@given(histories)
def test_what_is_due_is_what_stands(events: list[Past]) -> None:
    state = fold(events)
    stands = state.type != "" and not (state.type == "permanent" and state.allow_id)
    assert (state.due_from is not None) == stands


@given(histories)
def test_a_delivery_before_all_changes_nothing(events: list[Past]) -> None:
    first = Past(0, "delivery", 0, "", "", "")
    assert fold([first, *events]) == fold(events)


@given(histories)
def test_after_unblocking_nothing_temporary_stands(events: list[Past]) -> None:
    state = fold([*events, Past(99, "unblock", 99, "", "", "")])
    assert (state.type, state.strikes) in {("", 0), ("permanent", 0)}
