"""The fast backend: hard to deceive, as fast as the server bears, and at one with dnspython."""

from __future__ import annotations

import errno
import random
import re
from collections.abc import Callable, Sequence

import pytest

from dns_server import DnsServer, Zone, serve_fixture  # noqa: F401
from listhygiene.dns import open_lookup, ports
from listhygiene.dns.ladder import SILENCE, Course, Fault, Health, Kind
from listhygiene.dns.pace import Pace
from listhygiene.dns.ports import Port, Ports
from listhygiene.dns.throttle import Throttle
from listhygiene.model.answer import Question, Records, Status

FAULTS = (
    *("", "", "servfail", "refused", "truncate", "no_edns", "lower_case", "noise_first"),
    *("nodata", "referral", "dangling", "extra_junk", "truncate_always"),
)
Serve = Callable[..., DnsServer]


def ask(server: DnsServer, questions: list[Question], **options: object) -> dict[Question, Records]:
    options = {"timeout": 1.0, "canaries": (), "cache": False, "rate": None, **options}
    lookup = open_lookup(server.source, **options)  # type: ignore[arg-type]
    found = lookup.query(questions)
    lookup.close()
    return found


def test_number_port_and_letters_vary(serve: Serve) -> None:
    server = serve({})
    ask(server, [(f"some-long-name-{i}.test", "MX") for i in range(300)])
    numbers = [wire[:2] for wire in server.wires]
    assert len(set(numbers)) > 290
    assert sorted(numbers) != numbers
    assert len(server.peers) > 1
    names = [re.sub(rb"[^A-Za-z]", b"", wire[12:40]) for wire in server.wires]
    assert len(set(names)) > 150  # nine different letters: 512 ways
    assert any(name != name.lower() for name in names)


def test_the_kinds_of_answers_are_the_same(serve: Serve) -> None:
    """A list of everything at once, with every fault that ends the same way each time."""
    chance = random.Random(5)
    zone: Zone = {("target.test", "MX"): ["10 m.test."], ("target.test", "TXT"): ['"x"']}
    faults = {}
    for i in range(150):
        name = f"n{i}.test"
        zone[name, "MX"] = [f"{chance.randint(0, 99)} h{j}.{name}." for j in range(i % 4 + 1)]
        zone[name, "TXT"] = ['"a" "b"', '"\\195\\164"']
        zone[name, "AAAA"] = ["::1", "::ffff:10.0.0.1", "2001:db8::1"]
        zone[f"c{i}.test", "CNAME"] = ["target.test."]
        faults[name] = chance.choice(FAULTS)
    names = [f"{letter}{i}.test" for letter in "nca" for i in range(150)]
    kinds = ["MX", "TXT", "AAAA", "CNAME"]
    questions = [(name, kinds[i % 4]) for i, name in enumerate(names)]
    fast, slow = (
        ask(serve(zone, faults), questions, backend=backend) for backend in ("fast", "dnspython")
    )

    def plain(found: dict[Question, Records]) -> dict[Question, object]:
        return {key: (one.status, one.texts, one.ttl, one.why) for key, one in found.items()}

    assert plain(fast) == plain(slow)
    assert len({one.status for one in fast.values()}) == 4


def test_a_late_answer_to_an_earlier_try_counts(serve: Serve) -> None:
    """The first try waits 0.3 s of these 1 s; the answer comes after 0.4 s."""
    server = serve({("a.test", "MX"): ["10 m.test."]}, {"a.test": "delay:0.4"})
    found = ask(server, [("a.test", "MX")], timeout=1.0)
    assert found["a.test", "MX"].status is Status.OK
    assert len(server.asked) == 2


def test_a_server_that_minds_edns_or_letters_is_spared(serve: Serve) -> None:
    for fault in ("no_edns", "lower_case"):
        server = serve({}, {"*": fault})
        found = ask(server, [(f"n{i}.test", "MX") for i in range(60)], concurrency=1)
        assert {one.status for one in found.values()} == {Status.NXDOMAIN}
        assert len(server.asked) <= 63


def test_an_overrun_server_answers_all(serve: Serve) -> None:
    """Every third question is lost on first sight; none of them becomes a verdict."""
    names = [f"n{i}.test" for i in range(900)]
    faults = dict.fromkeys(names[::3], "drop_first")
    found = ask(serve({}, faults), [(name, "MX") for name in names], concurrency=200)
    assert {one.status for one in found.values()} == {Status.NXDOMAIN}


def test_other_types_go_to_dnspython(serve: Serve) -> None:
    server = serve({("a.test", "SRV"): ["0 5 25 mail.a.test."], ("b.test", "A"): ["8.8.8.8"]})
    found = ask(server, [("a.test", "SRV"), ("b.test", "A")])
    assert found["a.test", "SRV"].texts == ("0 5 25 mail.a.test.",)
    assert found["b.test", "A"].texts == ("8.8.8.8",)


def test_a_full_buffer_is_a_loss_and_no_network_is_unknown(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    pick = Ports.pick
    trouble = {"left": 0, "errno": 0}

    def refuse(self: Ports, server: int, count: int) -> object:
        if trouble["left"]:
            trouble["left"] -= 1
            raise OSError(trouble["errno"], "trouble")
        return pick(self, server, count)

    monkeypatch.setattr(Ports, "pick", refuse)
    question = ("a.test", "MX")
    server = serve({("a.test", "MX"): ["10 m.test."]})
    trouble.update(left=1, errno=errno.ENOBUFS)
    assert ask(server, [question])[question].status is Status.OK
    trouble.update(left=1000, errno=errno.ENETUNREACH)
    assert ask(server, [question])[question].why == "server unreachable"


def simulate(cap: float, seconds: float, *, slow: float = 0.0) -> tuple[list[float], Throttle]:
    """Send as the throttle allows to a server of `cap` a second; return what it got each second.

    slow: a share that answers only after a second, at any pace.
    """
    now, step, chance = 0.0, 0.005, random.Random(3)
    throttle = Throttle(3000, now)
    flying: list[tuple[float, float, object]] = []
    room, sent, open_until = 0.0, [], []
    while now < seconds:
        now += step
        room = min(cap * 0.05, room + cap * step)
        landed = [one for one in flying if one[0] <= now]
        flying = [one for one in flying if one[0] > now]
        for _, _, span in landed:
            span.answered += 1  # type: ignore[attr-defined]
        if landed:
            throttle.note_answers(len(landed), now - landed[0][1])
        open_until = [end for end in open_until if end > now]
        throttle.turn(now)
        count = min(128, throttle.pace.count(now), int(throttle.window) - len(open_until))
        for _ in range(max(0, count)):
            throttle.now.sent += 1
            sent.append(now)
            lost = room < 1
            room -= not lost
            delay = 1.0 if chance.random() < slow else 0.03
            open_until.append(now + (1.5 if lost else delay))
            if not lost:
                flying.append((now + delay, now, throttle.now))
        throttle.pace.take(max(0, count))
    rates = [sum(second <= one < second + 1 for one in sent) for second in range(int(seconds))]
    return [float(rate) for rate in rates], throttle


def test_the_pace_finds_what_a_server_bears() -> None:
    rates, _ = simulate(3000, 8)
    later = rates[3:]
    assert min(later) > 0.8 * 3000
    assert sum(later) / len(later) < 1.05 * 3000


def test_slow_names_do_not_stop_the_rest() -> None:
    """A tenth of the names is slow at any pace; asking more slowly would not help them."""
    rates, _ = simulate(2000, 10, slow=0.1)
    assert min(rates[4:]) > 0.5 * 2000


def test_a_willing_server_is_not_throttled() -> None:
    _, throttle = simulate(100_000, 3)
    assert throttle.pace.rate is None


def test_pace() -> None:
    pace = Pace(10.0, 0.0)
    assert pace.count(0.0) == 1
    pace.take(1)
    assert pace.count(0.05) == 0
    assert pace.wait() == pytest.approx(0.05)
    assert pace.count(0.2) == 1
    assert Pace(None, 0.0).count(5.0) > 1_000_000


REFUSAL = Fault(Kind.REFUSAL, "SERVFAIL")
FORMAT = Fault(Kind.FORMAT, "FORMERR")
CASE = Fault(Kind.CASE, "question altered")
CUT = Fault(Kind.TRUNCATED, "truncated")


@pytest.mark.parametrize(
    ("servers", "faults", "steps", "why"),
    [
        (1, [SILENCE] * 4, "0 0 0 0", "timeout"),
        (2, [SILENCE] * 4, "0 1 0 1", "timeout"),
        (3, [SILENCE] * 6, "0 1 2 0 1 2", "timeout"),
        (1, [REFUSAL] * 2, "0 0~", "SERVFAIL"),
        (2, [REFUSAL] * 4, "0 1 0~ 1", "SERVFAIL"),
        (1, [FORMAT, CASE, CUT, REFUSAL, REFUSAL], "0 0e 0ec 0ect 0ect~", "SERVFAIL"),
        (1, [FORMAT, FORMAT, FORMAT], "0 0e 0e~", "FORMERR"),
        (2, [REFUSAL, SILENCE, SILENCE, SILENCE], "0 1 0 1", "timeout"),
    ],
)
def test_the_ladder(servers: int, faults: list[Fault], steps: str, why: str) -> None:
    """Each step: the server; e without EDNS, c in one case, t over TCP, ~ after a pause."""
    course, seen = Course(list(range(servers)), 5.0), []
    for fault in faults:
        attempt = course.next()
        assert attempt is not None
        marks = (
            (not attempt.edns, "e"),
            (not attempt.mixed, "c"),
            (attempt.tcp, "t"),
            (attempt.pause > 0, "~"),
        )
        seen.append(str(attempt.server) + "".join(mark for given, mark in marks if given))
        course.learn(fault)
    assert " ".join(seen) == steps
    assert course.next() is None
    assert course.why == why


def test_waits_grow() -> None:
    course = Course([0], 5.0)
    waits = []
    while (attempt := course.next()) is not None:
        waits.append(attempt.wait)
        course.learn(SILENCE)
    assert waits == [1.5, 2.5, 5.0, 5.0]


def test_a_fallen_server_is_asked_last() -> None:
    health = Health(2, 5.0, 0.0)
    assert (health.order(), health.first()) == ([0, 1], 0)
    for _ in range(5):
        health.note(0, False, 1.0)
    assert (health.order(), health.first()) == ([1, 0], 1)
    health.note(0, True, 2.0)
    assert health.first() == 0


def test_it_is_over_when_all_are_silent_for_long() -> None:
    health = Health(1, 5.0, 0.0)
    for _ in range(19):
        health.note(0, False, 16.0)
    assert not health.is_over(16.0)
    health.note(0, False, 16.0)
    assert health.is_over(16.0)
    assert not health.is_over(14.0)


def test_messages_go_out_one_by_one_where_the_kernel_takes_no_bundle(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_SEGMENT", 0x7FFF)
    server = serve({("n1.test", "MX"): ["10 m.test."]})
    found = ask(server, [(f"n{i}.test", "MX") for i in range(90)], timeout=5.0)
    assert found["n1.test", "MX"].status is Status.OK
    assert len(server.asked) == 90


def test_a_bundle_for_which_there_is_no_room_is_sent_again(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, refused = Port.send_together, [errno.ENOBUFS]

    def refuse(self: Port, queries: Sequence[bytes]) -> None:
        if refused:
            raise OSError(refused.pop(), "no room")
        send(self, queries)

    monkeypatch.setattr(Port, "send_together", refuse)
    found = ask(serve({}), [(f"n{i}.test", "MX") for i in range(50)])
    assert {one.status for one in found.values()} == {Status.NXDOMAIN}


def test_no_rate_is_no_limit(serve: Serve) -> None:
    found = ask(serve({}), [(f"n{i}.test", "MX") for i in range(30)], rate=0)
    assert {one.status for one in found.values()} == {Status.NXDOMAIN}
