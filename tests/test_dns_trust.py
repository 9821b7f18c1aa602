"""Canaries, the cache and the budget: what of a run may be believed and kept."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dns_server import CANARIES, DnsServer, Zone, serve_fixture  # noqa: F401
from listhygiene.dns import BACKENDS, open_lookup
from listhygiene.model.answer import Answer, Lookup, Status

Serve = Callable[..., DnsServer]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZONE: Zone = {
    **CANARIES,
    ("a.test", "MX"): ["10 m.a.test."],
    ("m.a.test", "A"): ["8.8.8.8"],
    ("web.test", "A"): ["8.8.4.4"],
}
WITHOUT = {key: records for key, records in ZONE.items() if key not in CANARIES}


class Time:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def open_at(server: DnsServer, **options: object) -> Lookup:
    options = {"timeout": 1.0, "cache": False, **options}
    return open_lookup(server.source, **options)  # type: ignore[arg-type]


def test_good_canaries(serve: Serve) -> None:
    lookup = open_at(serve(ZONE))
    assert lookup.mail(["a.test"])["a.test"].answer is Answer.MX
    assert lookup.failed() == ""


@pytest.mark.parametrize(
    ("zone", "fault", "why"),
    [
        (ZONE, "drop", "gives no answers (timeout)"),
        (ZONE, "servfail", "gives no answers (SERVFAIL)"),
        (ZONE, "nodata", "only 0 of 3"),
        (WITHOUT, "", "only 0 of 3"),
    ],
)
def test_a_failed_canary_makes_all_unknown(
    serve: Serve, tmp_path: Path, zone: Zone, fault: str, why: str
) -> None:
    server = serve(zone, {"*": fault})
    lookup = open_at(server, cache=tmp_path / "c.sqlite", timeout=0.2)
    found = lookup.mail(["a.test", "none.test"])
    assert {one.answer for one in found.values()} == {Answer.UNKNOWN}
    assert {one.why for one in found.values()} == {"canary failed"}
    assert why in lookup.failed()
    assert ("a.test", "MX") not in server.names()
    lookup.close()
    assert count_rows(tmp_path / "c.sqlite") == 0


def test_the_time_of_a_run_holds_for_its_canaries_too(serve: Serve) -> None:
    lookup = open_at(serve(ZONE, {"*": "drop"}), timeout=5.0, max_seconds=0.3)
    started = time.monotonic()
    assert lookup.mail(["a.test"])["a.test"].answer is Answer.UNKNOWN
    assert "gives no answers" in lookup.failed()
    assert time.monotonic() - started < 4.0


class Lying(dict[str, str]):
    """Faults for every name but the canaries."""

    def __init__(self, fault: str) -> None:
        super().__init__({"*": fault})
        self.update({name: "none" for name, _ in CANARIES})


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("wildcard", "answers for names that do not exist"),
        ("nodata", "hides that a name does not exist"),
        ("drop", "does not say whether a random name exists"),
    ],
)
def test_a_resolver_that_lies_of_absent_names(serve: Serve, fault: str, why: str) -> None:
    lookup = open_at(serve(ZONE, Lying(fault)), timeout=0.3)
    assert lookup.mail(["none.test"])["none.test"].answer is Answer.UNKNOWN
    assert why in lookup.failed()


def test_one_of_three_canaries_may_be_missing(serve: Serve) -> None:
    zone = {key: records for key, records in ZONE.items() if key[0] != "gmail.com"}
    lookup = open_at(serve(zone))
    assert lookup.mail(["a.test"])["a.test"].answer is Answer.MX
    assert lookup.failed() == ""


def test_a_canary_that_fails_afterwards_takes_all_back(serve: Serve, tmp_path: Path) -> None:
    server = serve(ZONE)
    lookup = open_at(server, cache=tmp_path / "c.sqlite")
    assert lookup.query([("a.test", "MX")])["a.test", "MX"].status is Status.OK
    server.faults["*"] = "wildcard"
    assert lookup.mail(["web.test"])["web.test"].answer is Answer.UNKNOWN
    assert lookup.query([("a.test", "MX")])["a.test", "MX"].status is Status.UNKNOWN
    lookup.close()
    assert count_rows(tmp_path / "c.sqlite") == 0


def count_rows(path: Path) -> int:
    with sqlite3.connect(path) as link:
        return int(link.execute("SELECT count(*) FROM answers").fetchone()[0])


def run(server: DnsServer, cache: Path, clock: Time, *domains: str) -> list[tuple[str, str]]:
    """Judge the domains in a run of their own; return what was asked over the network."""
    server.asked.clear()
    lookup = open_at(server, cache=cache, clock=clock)
    lookup.mail(domains)
    lookup.close()
    random = {name for name, _ in server.names() if name.count(".") == 1 and len(name) > 16}
    skip = {name for name, _ in CANARIES} | random
    return [key for key in server.names() if key[0] not in skip]


def test_answers_are_kept_for_their_ttl(serve: Serve, tmp_path: Path) -> None:
    server, clock, cache = serve(ZONE), Time(), tmp_path / "deep" / "c.sqlite"
    domains = ("a.test", "none.test", "web.test")
    first = run(server, cache, clock, *domains)
    assert set(first) == {
        ("a.test", "MX"),
        ("none.test", "MX"),
        ("web.test", "MX"),
        ("m.a.test", "A"),
        ("web.test", "A"),
    }
    clock.now += timedelta(seconds=59)
    assert run(server, cache, clock, *domains) == []
    clock.now += timedelta(seconds=2)  # the negative answers (60 s) are stale, the others not
    assert set(run(server, cache, clock, *domains)) == {("none.test", "MX"), ("web.test", "MX")}
    clock.now += timedelta(seconds=300)
    assert set(run(server, cache, clock, *domains)) == set(first)


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_the_cache_is_private(serve: Serve, tmp_path: Path) -> None:
    run(serve(ZONE), tmp_path / "own" / "c.sqlite", Time(), "a.test")
    assert (tmp_path / "own").stat().st_mode & 0o077 == 0
    assert (tmp_path / "own" / "c.sqlite").stat().st_mode & 0o077 == 0


def test_unknown_is_not_kept(serve: Serve, tmp_path: Path) -> None:
    server, clock = serve(ZONE, {"a.test": "servfail"}), Time()
    run(server, tmp_path / "c", clock, "a.test")
    server.faults.clear()
    assert ("a.test", "MX") in run(server, tmp_path / "c", clock, "a.test")


def test_another_source_has_other_answers(serve: Serve, tmp_path: Path) -> None:
    clock = Time()
    run(serve(ZONE), tmp_path / "c", clock, "a.test")
    assert ("a.test", "MX") in run(serve(ZONE), tmp_path / "c", clock, "a.test")


@pytest.mark.parametrize(
    "content", [b"no database at all, " * 200, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_damaged_cache_is_replaced_and_said(serve: Serve, tmp_path: Path, content: bytes) -> None:
    cache = tmp_path / "c.sqlite"
    cache.write_bytes(content)
    lookup = open_at(serve(ZONE), cache=cache)
    assert lookup.mail(["a.test"])["a.test"].answer is Answer.MX
    assert "damaged" in str(lookup.describe()["notes"])  # type: ignore[attr-defined]
    lookup.close()
    assert count_rows(cache) > 0


def test_a_cache_that_cannot_be_made_is_done_without(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    lookup = open_at(serve(ZONE), cache=tmp_path / "file" / "c.sqlite")
    assert lookup.mail(["a.test"])["a.test"].answer is Answer.MX
    assert "cannot be used" in str(lookup.describe()["notes"])  # type: ignore[attr-defined]
    lookup.close()


def test_two_runs_at_once(serve: Serve, tmp_path: Path) -> None:
    server, cache = serve(ZONE), tmp_path / "c.sqlite"
    one, other = open_at(server, cache=cache), open_at(server, cache=cache)
    one.mail(["a.test"])
    other.mail(["web.test", "a.test"])
    one.close()
    other.close()
    with sqlite3.connect(cache) as link:
        names = {row[0] for row in link.execute("SELECT name FROM answers")}
    assert names == {"a.test", "m.a.test", "web.test"}


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_interrupted_run_keeps_what_it_has(serve: Serve, tmp_path: Path, backend: str) -> None:
    """Ctrl-C while three answers are there and others are not."""
    good = ["a.test", "m.a.test", "web.test"]
    silent = [f"n{i}.test" for i in range(50)]
    server = serve(ZONE, dict.fromkeys(silent, "drop"))
    lookup = open_at(server, cache=tmp_path / "c.sqlite", backend=backend, timeout=20.0)

    def interrupt(done: int, total: int) -> None:
        if done == 3:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        lookup.query([(name, "MX") for name in good + silent], interrupt)
    lookup.close()
    with sqlite3.connect(tmp_path / "c.sqlite") as link:
        assert sorted(row[0] for row in link.execute("SELECT name FROM answers")) == sorted(good)
