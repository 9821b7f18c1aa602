"""Recorded answers, the sources that --dns names, and DNS switched off."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dns_server import CANARIES, DnsServer, Zone, serve_fixture  # noqa: F401
from listhygiene.dns import open_lookup, record
from listhygiene.dns import recorded as reading
from listhygiene.dns.recorded import load_recorded, save_answers
from listhygiene.dns.servers import Server, find_servers
from listhygiene.model.answer import Answer, Question, Records, Status
from listhygiene.model.errors import DnsError, UsageError

Serve = Callable[..., DnsServer]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZONE: Zone = {
    **CANARIES,
    ("b.test", "MX"): ["10 m.b.test.", "5 n.b.test."],
    ("n.b.test", "A"): ["8.8.8.8"],
    ("b.test", "TXT"): ['"v=spf1 -all" "\\000\\255\\""'],
    ("null.test", "MX"): ["0 ."],
}


def test_round_trip(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "dns.json"
    live = open_lookup(serve(ZONE).source, timeout=1.0, cache=False, clock=lambda: NOON)
    recorder = record(live)
    domains = ["null.test", "b.test", "none.test"]
    mail = recorder.mail(domains)
    texts = recorder.query([("b.test", "TXT")])
    recorder.save(path)
    recorder.close()
    replay = open_lookup(str(path))
    assert replay.mail(domains) == mail
    assert replay.query([("b.test", "TXT")]) == texts
    assert replay.failed() == ""
    assert replay.mail(["new.test"])["new.test"].why == "not recorded"


def test_the_file_is_one_question_a_line_and_sorted(serve: Serve, tmp_path: Path) -> None:
    live = open_lookup(serve(ZONE).source, timeout=1.0, cache=False, clock=lambda: NOON)
    recorder = record(live)
    recorder.mail(["null.test", "b.test"])
    recorder.save(tmp_path / "dns.json")
    text = (tmp_path / "dns.json").read_text()
    lines = [line.strip() for line in text.splitlines() if '"ttl"' in line]
    assert lines == sorted(lines)
    assert lines[0] == (
        '"b.test MX": {"status": "ok", "texts": ["10 m.b.test", "5 n.b.test"], "ttl": 300,'
        ' "at": "2026-11-23T12:00:00Z"},'
    )
    assert len(json.loads(text)["canaries"]) == 2


def test_a_recording_carries_its_failed_canaries(serve: Serve, tmp_path: Path) -> None:
    live = open_lookup(serve({}, {"*": "servfail"}).source, timeout=0.1, cache=False)
    recorder = record(live)
    recorder.mail(["b.test"])
    recorder.save(tmp_path / "dns.json")
    replay = open_lookup(str(tmp_path / "dns.json"))
    assert "SERVFAIL" in replay.failed()
    assert replay.mail(["b.test"])["b.test"].answer is Answer.UNKNOWN


HEAD = '{"schema": 1, "answers": {\n'


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", "line 1", "no JSON"),
        ("[]", "line 1", "answers"),
        ('{"answers": {}}', "line 1", "schema"),
        (HEAD + '"a MX": {"status": "ok"}}}', "line 2", "needs texts"),
        (HEAD + '"a MX": {"status": "fine"}}}', "line 2", "'fine'"),
        (HEAD + '"a MX": {"status": "ok", "texts": ["mx.test"]}}}', "line 2", "no MX record"),
        (HEAD + '"a MX": {"status": "ok", "texts": "10 m"}}}', "line 2", "list of texts"),
        (HEAD + '"a MX": {"status": "nodata", "at": "noon"}}}', "line 2", "noon"),
        (HEAD + '"a MX": 7}}', "line 2", "NAME TYPE"),
        (HEAD + '"a": {"status": "nodata"}}}', "line 2", "NAME TYPE"),
        (
            HEAD + '"a MX": {"status": "nodata"},\n"a MX": {"status": "nodata"}}}',
            "line 3",
            "twice",
        ),
        (HEAD + '"a MX": {"status": "nodata"}\n"b MX": 1}}', "line 3", "no JSON"),
        ('{"schema": 1, "answers": {},\n"canaries": [7]}', "line 2", "canaries"),
        ("[" * 100000, "line 1", "nested"),
    ],
)
def test_a_bad_recording_names_line_and_remedy(
    tmp_path: Path, text: str, place: str, problem: str
) -> None:
    path = tmp_path / "dns.json"
    path.write_text(text)
    with pytest.raises(DnsError) as caught:
        open_lookup(str(path))
    assert caught.value.place == place
    assert problem in str(caught.value)
    assert caught.value.remedy


def test_a_missing_recording(tmp_path: Path) -> None:
    with pytest.raises(DnsError, match="cannot be read"):
        open_lookup(str(tmp_path / "none.json"))


def test_off_answers_nothing() -> None:
    lookup = open_lookup("off")
    assert lookup.mail(["a.test"]) == {}
    assert lookup.query([("a.test", "MX")]) == {}
    assert lookup.failed() == ""


@pytest.mark.parametrize(
    ("text", "servers"),
    [
        ("192.0.2.1", [("192.0.2.1", 53)]),
        ("192.0.2.1:5353", [("192.0.2.1", 5353)]),
        ("localhost:53", [("127.0.0.1", 53)]),
        ("2001:db8::1", [("2001:db8::1", 53)]),
        ("[2001:db8::1]", [("2001:db8::1", 53)]),
        ("[2001:db8::1]:5353", [("2001:db8::1", 5353)]),
        ("192.0.2.1, [::1]:54, 192.0.2.1", [("192.0.2.1", 53), ("::1", 54)]),
    ],
)
def test_servers(text: str, servers: list[tuple[str, int]]) -> None:
    assert find_servers(text) == tuple(Server(*one) for one in servers)


@pytest.mark.parametrize(
    "text", ["", ",", "dns.example", "192.0.2.1:0", "192.0.2.1:70000", "[::1", "1.2.3.4:x", "1.2.3"]
)
def test_bad_servers(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_servers(text)
    assert "--dns" in str(caught.value)


def test_an_unknown_backend() -> None:
    with pytest.raises(UsageError, match="no DNS backend"):
        open_lookup("192.0.2.1", backend="nosuch", cache=False)


def test_status_of_what_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "dns.json"
    path.write_text(HEAD + '"A.test MX": {"status": "ok", "texts": ["10 m"]}}}')
    found = open_lookup(str(path)).query([("a.TEST.", "mx"), ("a.test", "A")])
    assert found["a.TEST.", "mx"].status is Status.OK
    assert found["a.test", "A"].status is Status.UNKNOWN


ANSWERS: dict[Question, Records] = {
    ("a.test", "MX"): Records(Status.OK, ("10 m.a.test", "5 n.a.test"), 300, NOON),
    ("a.test", "TXT"): Records(Status.OK, ('v=spf1 "q" \\000 \u3042', ""), 0, NOON),
    ("b.test", "MX"): Records(Status.UNKNOWN, (), 0, None, "timed out"),
    ("null.test", "MX"): Records(Status.OK, ("0 .",), 3600, NOON),
}


def _load(path: Path) -> tuple[object, ...]:
    try:
        found = load_recorded(path)
    except DnsError as error:
        return str(error), error.place
    wanted = [
        (name, kind)
        for name in ("a.test", "A.test", "b.test", "c.test.", "null.test")
        for kind in ("MX", "TXT", "A")
    ]
    return found.query(wanted), dict(found.describe()), found.failed()


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "dns.json"
    save_answers(path, ANSWERS)
    return path


def test_a_written_recording_is_read_line_by_line(saved: Path) -> None:
    assert reading.read_written(saved.read_text()) is not None
    assert load_recorded(saved).query(ANSWERS) == ANSWERS


@settings(max_examples=300, deadline=None)
@given(
    st.data(),
    st.sampled_from(
        ["", '"', "\\", "\n", " ", ",", "}", "A", ".", "13", "\u3042", '"ok"', "MX", ",\n"]
    ),
    st.integers(0, 6),
)
def test_a_changed_recording_is_read_as_any_json(
    saved: Path, data: st.DataObject, put: str, cut: int
) -> None:
    text = saved.read_text()
    place = data.draw(st.integers(0, len(text)))
    path = saved.with_name("changed.json")
    path.write_text(text[:place] + put + text[place + cut :], encoding="utf-8", newline="")
    quick = _load(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_written", lambda text: None)
        assert quick == _load(path)
