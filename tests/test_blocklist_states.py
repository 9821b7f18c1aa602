"""The kept states are what the fold makes of the events, whatever was done in whatever order."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from blocklist_places import NOW, POSTGRESQL, add, event, look, store, texts, url
from listhygiene.blocklist import Blocklist, Outcome, open_blocklist, renewal, states
from listhygiene.blocklist.fold import State
from listhygiene.blocklist.schema import addresses, meta
from listhygiene.blocklist.schema import states as kept
from listhygiene.model.bounce import Event, Type

__all__ = ["store", "url"]

WHO = st.sampled_from(["ann@example.com", "bob@gmail.com", "b.ob@gmail.com"])
KINDS = "T1 T2 T4 P2 P3 delivery complaint unsubscribe auto-reply delay"
EVENTS = st.builds(
    lambda who, kind, days, message: event(who, kind, days=days, message_id=message),
    WHO,
    st.sampled_from(KINDS.split()),
    st.integers(1, 300),
    st.sampled_from(["", "m1", "m2"]),
)
STEPS = st.one_of(
    st.lists(EVENTS, min_size=1, max_size=5).map(lambda events: ("add", events)),
    st.tuples(st.sampled_from(["block", "unblock", "allow", "recheck"]), WHO),
)


def take(store: Blocklist, step: tuple[str, object]) -> None:
    """Take one step of a history."""
    what, whom = step
    if what == "add" and isinstance(whom, list):
        add(store, *whom)
    elif what == "block":
        store.block(texts(str(whom)), Type.TEMPORARY, cause="T4", reason="x", by="y")
    elif what == "unblock":
        store.unblock(texts(str(whom)), reason="x", by="y")
    elif what == "allow":
        store.allow(texts(str(whom)), reason="x", by="y")
    elif what == "recheck":
        store.recheck(resolve, every=True)


def resolve(blocks: pd.DataFrame) -> pd.DataFrame:
    lifted = blocks["cause"].isin(["T1", "P2"])
    outcome = lifted.map({True: str(Outcome.RESOLVED), False: str(Outcome.STANDING)})
    return pd.DataFrame({"outcome": outcome, "why": "x"}, index=blocks.index)


def states_kept(store: Blocklist) -> dict[int, State]:
    with store.database.read() as connection:
        rows = connection.execute(select(kept)).all()
    return {row.address_id: State(*row[1:]) for row in rows}


def states_folded(store: Blocklist) -> dict[int, State]:
    with store.database.read() as connection:
        ids = list(connection.execute(select(addresses.c.id)).scalars())
        found = states.fold_of(store.database, connection, ids)
    return {one: state for one, state in found.items() if state != State()}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=8))
def test_what_is_kept_is_what_the_fold_makes(
    tmp_path: Path, steps: list[tuple[str, object]]
) -> None:
    path = str(tmp_path / f"{uuid.uuid4().hex}.db")
    for number, step in enumerate(steps):
        store = open_blocklist(path, write=True, now=NOW + timedelta(minutes=number))
        take(store, step)
    if steps:
        assert states_kept(store) == states_folded(store)
        before = states_kept(store)
        with store.database.change() as connection:
            renewal.renew_states(store.database, connection)
        assert states_kept(store) == before


def shuffled(events: Sequence[Event], seed: int) -> list[list[Event]]:
    """Deal events out to inputs, in a random order."""
    chance = random.Random(seed)
    mixed = chance.sample(list(events), len(events))
    cuts = sorted(chance.sample(range(len(mixed) + 1), 2))
    return [mixed[: cuts[0]], mixed[cuts[0] : cuts[1]], mixed[cuts[1] :]]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(EVENTS, min_size=2, max_size=10, unique_by=lambda one: one.at), st.integers(0, 9))
def test_the_order_of_receipt_changes_nothing(
    tmp_path: Path, events: list[Event], seed: int
) -> None:
    found = []
    for order in ([events], shuffled(events, seed)):
        path = str(tmp_path / f"{uuid.uuid4().hex}.db")
        store = open_blocklist(path, write=True, now=NOW)
        for part in order:
            add(store, *part)
        found.append(look(store, "ann@example.com", "bob@gmail.com", "b.ob@gmail.com"))
    pd.testing.assert_frame_equal(*found)


def test_states_of_another_version_of_the_fold_are_made_anew(store: Blocklist, url: str) -> None:
    add(store, event("ann@example.com", "P3"))
    with store.database.change() as connection:
        connection.execute(meta.update().where(meta.c.name == "fold").values(value="0"))
        connection.execute(kept.delete())
    reader = open_blocklist(url, write=False, now=NOW)
    assert len(look(reader, "ann@example.com")) == 1


@pytest.mark.skipif(not POSTGRESQL, reason="LISTHYGIENE_TEST_POSTGRESQL names no server")
@pytest.mark.postgresql
def test_both_databases_come_to_the_same(tmp_path: Path, url: str) -> None:
    chance = random.Random(7)
    other = open_blocklist(str(tmp_path / "other.db"), write=True, now=NOW)
    one = open_blocklist(url, write=True, now=NOW)
    people = [f"p{n}@example.com" for n in range(40)]
    events = [
        event(chance.choice(people), chance.choice(KINDS.split()), days=chance.randint(1, 300))
        for _ in range(400)
    ]
    for each in (one, other):
        each.add_events(events, "k", "f")
    pd.testing.assert_frame_equal(look(one, *people), look(other, *people))


def test_keys_of_other_providers_rules_are_made_anew(store: Blocklist, url: str) -> None:
    add(store, event("a.nn@gmail.com", "P3"), event("bob@example.com", "P3"))
    with store.database.change() as connection:
        connection.execute(meta.update().where(meta.c.name == "canonical").values(value="old"))
        connection.execute(addresses.update().values(canonical="x@example.com"))
    reader = open_blocklist(url, write=False, now=NOW)
    assert len(look(reader, "ann@gmail.com", "bob@example.com", "x@example.com")) == 2
