"""How many addresses are known, and how many blocks are due: kept, and right whatever changed."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from blocklist_places import NOW, add, event, store, texts, url
from listhygiene.blocklist import Blocklist, clock, counts, open_blocklist, open_to_ask, renewal
from listhygiene.blocklist.migrations import read_meta, write_meta
from listhygiene.blocklist.schema import states
from listhygiene.blocklist.states import last_event
from listhygiene.model.bounce import Type
from listhygiene.model.evidence import Blocks

__all__ = ["store", "url"]


def counted(store: Blocklist) -> tuple[int, int]:
    """Count, without believing what is kept."""
    until = clock.cutoff(store.now, store.months)
    with store.database.read() as connection:
        known = connection.scalar(select(func.count()).select_from(states))
        due = connection.scalar(select(func.count()).where(states.c.due_from <= until))
    return known or 0, due or 0


def told(asked: Blocks) -> tuple[object, object]:
    said = asked.describe()
    return said["addresses"], said["due"]


def is_kept(store: Blocklist) -> bool:
    """Tell whether what is kept is of this moment."""
    with store.database.read() as connection:
        kept = json.loads(read_meta(connection, counts.NAME) or "{}")
        return kept.get("last") == last_event(connection)


def change(store: Blocklist, step: str, days: int) -> None:
    address = f"p{days % 7}@example.com"
    one = texts(address)
    if step == "block":
        store.block(one, Type.TEMPORARY, cause="", reason="r", by="ann")
    elif step == "unblock":
        store.unblock(one, reason="mended", by="ann")
    elif step == "allow":
        store.allow(one, reason="asked", by="ann")
    elif step == "sent":
        store.sent(f"c{days}", recipients=one)
    elif step == "renew":
        with store.database.change() as connection:
            renewal.renew_states(store.database, connection)
    else:
        add(store, event(address, step, days=days))


STEPS = ["P3", "T4", "complaint", "unsubscribe", "delivery", "block", "unblock", "allow", "sent"]


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.sampled_from([*STEPS, "renew"]), st.integers(0, 900)), max_size=6),
    st.integers(-30, 1500),
)
def test_they_are_those_of_the_tables(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]], later: int
) -> None:
    path = tmp_path_factory.mktemp("blocklist") / "b.db"
    store = open_blocklist(str(path), write=True, now=NOW)
    for step, days in steps:
        change(store, step, days)
    assert is_kept(store) or not counted(store)[0]
    now = NOW + timedelta(days=later)
    reader = open_blocklist(str(path), write=False, now=now)
    assert told(reader) == told(open_to_ask(str(path), now=now)) == counted(reader)


def test_they_are_those_of_the_tables_elsewhere(store: Blocklist) -> None:
    assert told(store) == counted(store) == (0, 0)
    add(store, *(event(f"p{days}@example.com", "P3", days=days) for days in range(0, 400, 10)))
    assert is_kept(store)
    assert told(store) == counted(store)
    assert 0 < counted(store)[1] < counted(store)[0] == 40


def forget(path: Path, value: str | None) -> None:
    """Let the kept counts be those that another program left."""
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM blocklist_meta WHERE name = 'counts'")
        if value is not None:
            connection.execute("INSERT INTO blocklist_meta VALUES ('counts', ?)", [value])
    connection.close()


STRANGE = [
    None, "", "7", "null", "[]", "{}", "{", '{"last": 1}',
    '{"last": 1, "fold": 2, "known": 99, "until": 0, "due": 99}',
    '{"last": 2, "fold": 0, "known": 99, "until": 0, "due": 99}',
    '{"last": 2, "fold": 2, "known": "99", "until": 0, "due": 99}',
]  # fmt: skip


@pytest.mark.parametrize("value", STRANGE)
def test_what_another_version_left_is_counted_anew(tmp_path: Path, value: str | None) -> None:
    path = tmp_path / "b.db"
    store = open_blocklist(str(path), write=True, now=NOW)
    add(store, event("ann@example.com", "P3", days=300), event("bob@example.com", "T4", days=1))
    forget(path, value)
    assert told(store) == told(open_to_ask(str(path), now=NOW)) == (2, 1)
    add(store, event("eve@example.com", "P3", days=400))
    assert is_kept(store)
    assert told(store) == told(open_to_ask(str(path), now=NOW)) == (3, 2)


def test_what_is_kept_is_believed(tmp_path: Path) -> None:
    store = open_blocklist(str(tmp_path / "b.db"), write=True, now=NOW)
    add(store, event("ann@example.com", "P3", days=300))
    with store.database.change() as connection:
        kept = json.loads(read_meta(connection, counts.NAME))
        write_meta(connection, counts.NAME, json.dumps(kept | {"known": 70}))
    assert told(store) == told(open_to_ask(str(tmp_path / "b.db"), now=NOW)) == (70, 1)
