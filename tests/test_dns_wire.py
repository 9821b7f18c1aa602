"""The plain reader and dnspython say the same of every message, whole or damaged."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from listhygiene.dns.ladder import Fault
from listhygiene.dns.reading import make_query, question_end, read_reply
from listhygiene.dns.wire import (
    draw_letters,
    read_plain,
    write_query,
    write_question,
    write_questions,
)
from listhygiene.model.answer import Records

EXAMPLES = int(os.environ.get("LISTHYGIENE_EXAMPLES", "150"))
"""Set higher for a long search."""
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LABEL = st.from_regex(r"\A[A-Za-z0-9_]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?\Z")
ODD_LABEL = st.one_of(LABEL, st.sampled_from(["a b", "x.y", 'q"', "é", "@", "*", "\x00"]))
NAME = st.lists(LABEL, min_size=1, max_size=4).map(".".join)
KIND = st.sampled_from(["MX", "A", "AAAA", "TXT"])


def to_name(labels: list[str]) -> str:
    """Write labels in presentation form, the root as '.'."""
    return dns.name.Name([*(label.encode("latin-1") for label in labels), b""]).to_text()


HOST = st.lists(ODD_LABEL, max_size=3).map(to_name)
IPV6 = st.one_of(
    st.ip_addresses(v=6).map(str),
    st.sampled_from(["::1", "::", "::ffff:10.0.0.1", "::8.8.8.8", "2001:db8::1:0:0:1", "1::"]),
)
RDATA = {
    "MX": st.builds("{} {}".format, st.integers(0, 65535), HOST),
    "A": st.ip_addresses(v=4).map(str),
    "AAAA": IPV6,
    "TXT": st.lists(st.binary(max_size=255), min_size=1, max_size=3).map(
        lambda parts: " ".join(
            '"' + "".join(f"\\{byte:03}" for byte in part) + '"' for part in parts
        )
    ),
}
TTL = st.one_of(st.integers(0, 2**31 - 1), st.sampled_from([0, 300, 2**31 - 1]))


@st.composite
def replies(draw: st.DrawFn) -> Callable[[], tuple[bytes, bytes, bytes]]:
    """Draw what makes a question in mixed case, the message that asks it, and a reply to it.

    The messages are made afterwards: dnspython draws random numbers, which a strategy must not.
    """
    name, kind = draw(NAME), draw(KIND)
    letters, edns = draw(st.integers(0, 2**26 - 1)), draw(st.booleans())
    flags = draw(st.sampled_from([0, dns.flags.RA, dns.flags.AA, dns.flags.AD]))
    shape = draw(st.sampled_from(["answer", "answer", "alias", "absent", "bare", "referral"]))
    records = draw(st.lists(RDATA[kind], min_size=shape == "answer", max_size=5))
    target, depth = draw(HOST), draw(st.integers(0, 9))
    soa = f"{draw(HOST)} {draw(HOST)} 1 2 3 4 {draw(TTL)}" if draw(st.booleans()) else ""
    server = draw(HOST) if shape == "referral" or draw(st.integers(0, 4)) == 0 else ""
    ttls, code = draw(st.tuples(TTL, TTL, TTL)), draw(st.sampled_from([0, 0, 0, 3, 3, 1, 2, 5, 16]))

    def make() -> tuple[bytes, bytes, bytes]:
        plain = write_question(name, kind)
        assert plain is not None
        question = plain.translate(draw_letters(letters))
        asked = write_query(b"\x12\x34", question, edns=edns)
        reply = dns.message.make_response(dns.message.from_wire(asked))
        reply.flags |= flags
        owner = reply.question[0].name
        if shape == "alias":
            reply.answer.append(dns.rrset.from_text(owner, ttls[0], "IN", "CNAME", target))
            owner = dns.name.from_text(target)
        if records and shape in ("answer", "alias"):
            reply.answer.append(dns.rrset.from_text(owner, ttls[1], "IN", kind, *records))
        if soa and shape in ("absent", "alias"):
            zone = dns.name.Name(owner.labels[min(depth, len(owner.labels) - 1) :])
            reply.authority.append(dns.rrset.from_text(zone, ttls[2], "IN", "SOA", soa))
        if server:
            zone = dns.name.Name(owner.labels[-2:])
            reply.authority.append(dns.rrset.from_text(zone, 60, "IN", "NS", server))
        reply.set_rcode(code)
        return question, asked, reply.to_wire(max_size=65535)

    return make


def agree(wire: bytes, question: bytes, asked: bytes) -> Records | None:
    """Hold both readers against each other; return what the plain one says."""
    plain = read_plain(wire, question, NOON) if wire[:2] == asked[:2] else None
    if plain is not None:
        assert plain == read_reply(wire, asked, NOON)
    return plain


@settings(max_examples=EXAMPLES, deadline=None)
@given(replies())
def test_both_readers_agree(make: Callable[[], tuple[bytes, bytes, bytes]]) -> None:
    question, asked, wire = make()
    agree(wire, question, asked)


@settings(max_examples=EXAMPLES, deadline=None)
@given(replies(), st.data())
def test_both_readers_agree_on_damaged_replies(
    make: Callable[[], tuple[bytes, bytes, bytes]], data: st.DataObject
) -> None:
    """Bytes changed, cut, doubled; nothing but Records or a Fault ever comes out."""
    question, asked, wire = make()
    damaged = bytearray(wire)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(
            st.one_of(st.integers(0, 255), st.sampled_from([0, 1, 12, 0xC0, 0x80, 0xFF]))
        )
    end = data.draw(st.integers(0, len(damaged)))
    cut = data.draw(st.sampled_from([bytes(damaged), bytes(damaged[:end]), bytes(damaged) + wire]))
    agree(cut, question, asked)
    assert isinstance(read_reply(cut, asked, NOON), (Records, Fault))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.binary(max_size=200))
@example(b"")
def test_noise(noise: bytes) -> None:
    """Anything at all may come in behind a right question."""
    question = write_question("a.test", "MX")
    assert question is not None
    asked = write_query(b"\x12\x34", question)
    for wire in (
        noise,
        asked[:2] + noise,
        asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + noise,
    ):
        agree(wire, question, asked)
        assert isinstance(read_reply(wire, asked, NOON), (Records, Fault))


def test_pointers_that_lead_in_circles_end() -> None:
    question = write_question("a.test", "MX")
    assert question is not None
    asked = write_query(b"\x12\x34", question)
    head = asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question
    place = len(head) + 14
    for tail in (f"{0xC000 | place:04x}", f"0161{0xC000 | place:04x}", f"{0xC002 | place:04x}c000"):
        rdata = b"\0\5" + bytes.fromhex(tail)
        wire = head + b"\xc0\x0c\0\x0f\0\1\0\0\0\5\0" + bytes((len(rdata),)) + rdata
        assert read_plain(wire, question, NOON) is None
        assert isinstance(read_reply(wire, asked, NOON), Fault)


@pytest.mark.parametrize("kind", ["MX", "A", "AAAA", "TXT"])
@given(name=NAME)
def test_questions_are_written_as_dnspython_writes_them(kind: str, name: str) -> None:
    question = write_question(name, kind)
    assert question is not None
    for edns in (True, False):
        ours = write_query(b"\x12\x34", question, edns=edns)
        assert ours == make_query((name, kind), 0x1234, edns=edns).to_wire()
    assert question_end(ours) == len(ours)


@given(NAME, st.integers(0, 2**26 - 1), KIND)
def test_mixed_letters_are_the_same_name(name: str, chance: int, kind: str) -> None:
    plain = write_question(name.lower(), kind)
    assert plain is not None
    mixed = plain.translate(draw_letters(chance))
    assert mixed[-4:] == plain[-4:]
    assert mixed.lower() == plain.lower()


def test_letters_are_mixed() -> None:
    plain = write_question("abcdefgh.test", "MX")
    assert plain is not None
    assert plain.translate(draw_letters(0b10101))[:10] == b"\x08AbCdEfgh\x04"


def test_most_plain_replies_are_read_here() -> None:
    """The plain reader must not hide behind dnspython."""
    for kind, records in {
        "MX": ["10 mx1.a.test.", "20 mx2.other.example."],
        "A": ["8.8.8.8"],
        "AAAA": ["2606:4700::1111"],
        "TXT": ['"v=spf1 -all"'],
    }.items():
        question = write_question("a.test", kind)
        assert question is not None
        asked = write_query(b"\x12\x34", question)
        reply = dns.message.make_response(dns.message.from_wire(asked))
        owner = reply.question[0].name
        reply.answer.append(dns.rrset.from_text(owner, 60, "IN", kind, *records))
        assert agree(reply.to_wire(), question, asked) is not None
    absent = dns.message.make_response(dns.message.from_wire(asked))
    absent.set_rcode(dns.rcode.NXDOMAIN)
    soa = "a.test. b.test. 1 2 3 4 5"
    absent.authority.append(dns.rrset.from_text("test.", 60, "IN", "SOA", soa))
    found = agree(absent.to_wire(), question, asked)
    assert found is not None
    assert found.ttl == 5


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(st.one_of(NAME, st.text(max_size=70)), KIND), max_size=20))
@example([("a.test", "MX")] * 9 + [("", "MX")])
@example([("a.test", "MX")] * 9 + [("x" * 63 + ".test", "SRV")])
@example([("a.test", "MX")] * 9 + [("x" * 64 + ".test", "A")])
@example([("a.test", "MX")] * 9 + [(".".join(["x" * 60] * 4 + ["x" * 10]), "A")])
@example([("a.test", "MX")] * 9 + [(".".join(["x" * 60] * 4 + ["x" * 11]), "A")])
def test_many_questions_are_written_as_each_alone(asked: list[tuple[str, str]]) -> None:
    assert write_questions(asked) == [write_question(*one) for one in asked]


@settings(max_examples=EXAMPLES, deadline=None)
@given(NAME, st.data())
def test_what_was_read_before_is_read_the_same(name: str, data: st.DataObject) -> None:
    """Targets that end in the name asked for, then the same octets with another pointer or cut."""
    question = write_question(name, "MX")
    assert question is not None
    asked = write_query(b"\x12\x34", question)
    place = 12 + sum(len(label) + 1 for label in name.split(".")[: data.draw(st.integers(0, 3))])
    answers = [
        (front, 0xC000 | (place + data.draw(st.integers(-1, 1))))
        for front in (b"", b"\2mx", b"\2MX\1a", b"\3mx", b"\2m.", b"\0", b"\4mx\0\1")
    ]
    parts = []
    for front, pointer in answers:
        rdata = b"\0\5" + front + pointer.to_bytes(2, "big")
        parts.append(b"\xc0\x0c\0\x0f\0\1\0\0\0\5" + len(rdata).to_bytes(2, "big") + rdata)
    for part in (*parts, *parts[:3]):
        wire = asked[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question + part
        agree(wire, question, asked)
        agree(wire[:-1], question, asked)
