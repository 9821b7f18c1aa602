"""Where the blocklist's tests keep one: in a new SQLite file, and in a new schema on PostgreSQL."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from listhygiene.blocklist import Blocklist, open_blocklist
from listhygiene.model.bounce import CAUSE_NAMES, Event, Kind
from listhygiene.model.listing import TEXT

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
POSTGRESQL = os.environ.get("LISTHYGIENE_TEST_POSTGRESQL", "")
CAUSES = {name: code for code, name in CAUSE_NAMES.items()} | {
    "不適切なメールアドレス/メールアカウント": "P3",
    "メールアカウント/メールボックスの容量が一杯です": "T4",
}

Open = Callable[..., Blocklist]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a place where no blocklist is yet."""
    if request.param == "sqlite":
        yield str(tmp_path / "blocklist.db")
        return
    if not POSTGRESQL:
        pytest.skip("LISTHYGIENE_TEST_POSTGRESQL names no server")
    schema = f"t{uuid.uuid4().hex[:12]}"
    plain = make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    engine = create_engine(plain, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield (
        make_url(POSTGRESQL)
        .update_query_dict({"options": f"-csearch_path={schema}"})
        .render_as_string(hide_password=False)
    )
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture
def store(url: str) -> Blocklist:
    """A new, empty blocklist that may be written, on 2026-11-23."""
    return open_blocklist(url, write=True, now=NOW)


def event(address: str, kind: str, days: float = 0, **words: str) -> Event:
    """Make an event so many days before NOW; kind: "bounce", or a cause's code for short."""
    if kind[:1] in "TP" and kind[1:].isdecimal():
        kind, words = "bounce", {"cause": kind, **words}
    at = NOW - timedelta(days=days)
    return Event(address, Kind(kind), words.pop("source", "dsn"), at=at, **words)


def add(store: Blocklist, *events: Event) -> None:
    """Add events as an input of its own."""
    store.add_events(events, uuid.uuid4().hex, "test.mbox")


def texts(*values: str) -> pd.Series:
    """Make a Series of texts."""
    return pd.Series(values, dtype=TEXT)


def look(store: Blocklist, *addresses: str) -> pd.DataFrame:
    """Look addresses up; the frame's index are the addresses found."""
    found = store.look_up(texts(*addresses), pd.Timestamp("2026-11-23"))
    return found.set_axis([addresses[place] for place in found.index])
