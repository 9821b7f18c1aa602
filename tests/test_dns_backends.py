"""Backends: every fault of a resolver gives unknown, never a bad domain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from dns_server import DnsServer, serve_fixture  # noqa: F401
from listhygiene.dns import BACKENDS, open_lookup
from listhygiene.model.answer import Lookup, Records, Status

Serve = Callable[..., DnsServer]
ZONE = {
    ("a.test", "MX"): ["20 mx2.a.test.", "5 MX1.A.test."],
    ("a.test", "TXT"): ['"v=spf1 include:b.test " "-all"', '"\\255\\000x"'],
    ("mx1.a.test", "A"): ["8.8.4.4"],
    ("mx1.a.test", "AAAA"): ["2001:4860:4860::8844"],
    ("alias.test", "CNAME"): ["a.test."],
    ("lost.test", "CNAME"): ["gone.other.test2."],
    ("ring.test", "CNAME"): ["ring.test."],
    ("long.test", "TXT"): [" ".join(f'"{"x" * 250}"' for _ in range(12))],
    ("nested\\.dot.test", "A"): ["8.8.8.8"],
}
SILENT = ("drop", "wrong_id", "wrong_question", "garbage", "no_answer_id")
REFUSING = ("servfail", "refused", "referral", "dangling", "truncate_always")


@pytest.fixture(params=BACKENDS)
def open_at(request: pytest.FixtureRequest) -> Callable[..., Lookup]:
    def open_one(source: str, **options: object) -> Lookup:
        options = {"timeout": 1.0, "canaries": (), "cache": False, **options}
        return open_lookup(source, backend=request.param, **options)  # type: ignore[arg-type]

    return open_one


def ask(lookup: Lookup, name: str, kind: str = "MX") -> Records:
    return lookup.query([(name, kind)])[name, kind]


@pytest.mark.parametrize(
    ("name", "kind", "status", "texts"),
    [
        ("a.test", "MX", "ok", ("20 mx2.a.test", "5 mx1.a.test")),
        ("a.test", "TXT", "ok", ("v=spf1 include:b.test -all", "ÿ\x00x")),
        ("mx1.a.test", "A", "ok", ("8.8.4.4",)),
        ("mx1.a.test", "AAAA", "ok", ("2001:4860:4860::8844",)),
        ("a.test", "A", "nodata", ()),
        ("alias.test", "MX", "ok", ("20 mx2.a.test", "5 mx1.a.test")),
        ("alias.test", "CNAME", "ok", ("a.test",)),
        ("lost.test", "MX", "nxdomain", ()),
        ("ring.test", "MX", "unknown", ()),
        ("none.test", "MX", "nxdomain", ()),
        ("nested\\.dot.test", "A", "ok", ("8.8.8.8",)),
        ("x" * 64 + ".test", "MX", "nxdomain", ()),
        ("a..test", "MX", "nxdomain", ()),
        ("", "MX", "nxdomain", ()),
        ("bücher.test", "MX", "unknown", ()),
        ("a.test", "NOSUCHTYPE", "unknown", ()),
        ("long.test", "TXT", "ok", ("x" * 3000,)),
    ],
)
def test_answers(serve, open_at, name, kind, status, texts) -> None:
    found = ask(open_at(serve(ZONE).source), name, kind)
    assert (found.status, found.texts) == (status, texts)


def test_negative_ttl_is_the_smaller_of_ttl_and_minimum(serve, open_at) -> None:
    lookup = open_at(serve(ZONE).source)
    assert ask(lookup, "a.test").ttl == 300
    assert ask(lookup, "none.test").ttl == 60  # the SOA: TTL 300, MINIMUM 60
    assert ask(lookup, "a.test", "A").ttl == 60


@pytest.mark.parametrize("fault", SILENT + REFUSING)
def test_a_faulty_resolver_is_unknown(serve, open_at, fault) -> None:
    server = serve(ZONE, {"*": fault})
    found = ask(open_at(server.source, timeout=0.2), "a.test")
    assert found.status is Status.UNKNOWN
    assert found.why
    assert len(server.asked) >= 2  # asked again before giving up


@pytest.mark.parametrize("fault", SILENT[:2] + REFUSING[:2])
def test_the_next_server_answers(serve, open_at, fault) -> None:
    bad, good = serve(ZONE, {"*": fault}), serve(ZONE)
    found = ask(open_at(f"{bad.source},{good.source}"), "a.test")
    assert found.status is Status.OK
    assert bad.asked


@pytest.mark.parametrize(
    "fault", ["drop_first", "delay:0.03", "no_edns", "lower_case", "extra_junk", "noise_first"]
)
def test_a_passing_fault_is_overcome(serve, open_at, fault) -> None:
    found = ask(open_at(serve(ZONE, {"*": fault}).source), "a.test")
    assert found.texts == ("20 mx2.a.test", "5 mx1.a.test")


def test_a_dead_server_costs_one_wait_only(serve, open_at) -> None:
    bad, good = serve(ZONE, {"*": "drop"}), serve(ZONE)
    lookup = open_at(f"{bad.source},{good.source}", timeout=0.3)
    lookup.query([(f"n{i}.test", "MX") for i in range(20)])
    asked = len(bad.asked)
    for i in range(20):
        assert ask(lookup, f"m{i}.test").status is Status.NXDOMAIN
    assert len(bad.asked) == asked


def test_truncation_goes_over_tcp(serve, open_at) -> None:
    server = serve(ZONE, {"a.test": "truncate"})
    assert ask(open_at(server.source), "a.test").status is Status.OK
    assert server.names("tcp") == [("a.test", "MX")]


def test_servers_over_ipv6(serve, open_at) -> None:
    try:
        server = serve(ZONE, {"a.test": "truncate"}, "::1")
    except OSError:
        pytest.skip("no IPv6 on this machine's loopback")
    lookup = open_at(server.source)
    assert ask(lookup, "a.test").status is Status.OK
    assert ask(lookup, "none.test").status is Status.NXDOMAIN


def test_a_closed_port_is_unknown(serve, open_at) -> None:
    server = serve()
    server.close()
    assert ask(open_at(server.source), "a.test").status is Status.UNKNOWN


def test_each_question_once_and_small_datagrams(serve, open_at) -> None:
    server = serve(ZONE)
    lookup = open_at(server.source)
    names = [f"n{i % 50}.test" for i in range(200)] + ["A.TEST.", "a.test"]
    found = lookup.query([(name, "MX") for name in names])
    lookup.query([("a.test", "MX")])
    assert len(server.asked) == 51
    assert set(server.payloads) == {1232}
    assert found["A.TEST.", "MX"].status is Status.OK


def test_time_is_up(serve, open_at) -> None:
    server = serve(ZONE, {"slow.test": "drop"})
    lookup = open_at(server.source, timeout=5.0, max_seconds=0.3)
    started = time.monotonic()
    found = lookup.query([("a.test", "MX"), ("slow.test", "MX")])
    assert time.monotonic() - started < 3
    assert found["a.test", "MX"].status is Status.OK
    assert found["slow.test", "MX"].why == "time is up"
    assert ask(lookup, "mx1.a.test", "A").why == "time is up"


def test_the_rate_is_kept(serve, open_at) -> None:
    server = serve(ZONE)
    started = time.monotonic()
    open_at(server.source, rate=200.0).query([(f"n{i}.test", "MX") for i in range(80)])
    assert time.monotonic() - started > 0.25  # 80 questions at 200 a second, a burst of 20 free


def test_progress_reaches_the_total(serve, open_at) -> None:
    told: list[tuple[int, int]] = []
    lookup = open_at(serve(ZONE).source)
    lookup.query([(f"n{i}.test", "MX") for i in range(30)], lambda *seen: told.append(seen))
    assert told[-1] == (30, 30)
    assert told == sorted(told)


def test_silent_servers_end_the_run_early(serve, open_at) -> None:
    server = serve(ZONE, {"*": "drop"})
    lookup = open_at(server.source, timeout=0.1, concurrency=20)
    started = time.monotonic()
    found = lookup.query([(f"n{i}.test", "MX") for i in range(1000)])
    assert time.monotonic() - started < 5
    assert {one.status for one in found.values()} == {Status.UNKNOWN}
    assert "servers silent" in {one.why for one in found.values()}


def test_an_error_of_the_caller_comes_through(serve, open_at) -> None:
    def stop(done: int, total: int) -> None:
        raise RuntimeError("cancelled")

    with pytest.raises(RuntimeError, match="cancelled"):
        open_at(serve(ZONE).source).query([("a.test", "MX")], stop)


def test_below_a_running_loop(serve, open_at) -> None:
    async def main() -> Status:
        return ask(open_at(serve(ZONE).source), "a.test").status

    assert asyncio.run(main()) is Status.OK
