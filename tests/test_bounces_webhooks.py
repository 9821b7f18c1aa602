"""Notices of services without a module of their own: nested objects are read by their leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.bounces.sources import document_events

LINES = (Path(__file__).parent / "bounces" / "webhooks.jsonl").read_text("utf-8").splitlines()
CASES = {row["name"]: row for row in map(json.loads, LINES)}


@pytest.mark.parametrize("name", CASES)
def test_notice_of_a_service(name: str) -> None:
    found = document_events(CASES[name]["document"])
    told = {f"{one.kind.value} {one.address} {one.cause}".strip() for one in found or ()}
    assert told == set(CASES[name]["expected"])


@pytest.mark.parametrize(
    "document",
    [
        {"contacts": [{"email": "ann@example.com", "status": "active"}]},
        {"campaign": {"bounces": 3, "from": {"email": "news@shop.test"}}, "to": {"list": "x"}},
        {"event": "login_failed", "user": {"email": "ann@example.com"}, "error": "wrong password"},
        {"event": "payment.failed", "data": {"customer": {"email": "ann@example.com"}}},
        {"type": "push", "pusher": {"email": "ann@example.com"}, "commits": [{"message": "a b"}]},
    ],
)
def test_what_is_no_notice_blocks_nobody(document: dict[str, object]) -> None:
    assert not [one for one in document_events(document) or () if one.kind.value == "bounce"]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["bounced", "ann@example.com"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["event", "to", "bounces", "data", "reason"]), inner)
    ),
    max_leaves=20,
)


@given(_VALUES)
def test_any_object_is_read_without_an_error(value: object) -> None:
    for event in document_events(value) or ():
        assert event.kind
