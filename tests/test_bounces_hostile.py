"""Whatever bytes come, a message is read without an error and in time that grows with its size."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listhygiene.bounces import read_message
from listhygiene.bounces.causes import name_cause

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent / "bounces").glob("*.eml"))]
CALM = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(st.data())
def test_a_mutated_message_is_read(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 40))
        content[at : at + length] = data.draw(st.binary(max_size=20))
    events = read_message(bytes(content), "x.eml")
    assert events
    assert all(event.file == "x.eml" and event.key and event.source for event in events)


@CALM
@given(st.binary(max_size=400))
def test_any_bytes_are_read(content: bytes) -> None:
    assert read_message(content)


@CALM
@given(st.text(max_size=300), st.text(max_size=12), st.text(max_size=4), st.text(max_size=30))
def test_any_words_are_named_or_not(text: str, status: str, reply: str, host: str) -> None:
    named = name_cause(text, status=status, reply=reply, host=host)
    assert bool(named.code) == bool(named.rule)


def addresses(size: int) -> bytes:
    many = ", ".join(f"user{number}@mail.example" for number in range(size * 20))
    return f"From: MAILER-DAEMON@x.example\nTo: {many}\nSubject: failure notice\n\nno\n".encode()


def parameters(size: int) -> bytes:
    many = "".join(f"; p{number}=v{number}" for number in range(size * 20))
    return f"From: MAILER-DAEMON@x.example\nContent-Type: multipart/mixed{many}\n\nno\n".encode()


def parts(size: int) -> bytes:
    head = b"From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=b\n\n"
    return head + b"--b\nContent-Type: text/plain\n\nx\n" * (size * 50)


def nesting(size: int) -> bytes:
    text = b"From: MAILER-DAEMON@x.example\n"
    for number in range(size * 10):
        text += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number)
    return text


def listed(size: int) -> bytes:
    many = "".join(f"<user{number}@mail.example>:\n550 no such user\n\n" for number in range(size))
    text = f"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\nfailed:\n\n{many}"
    return text.encode()


def reported(size: int) -> bytes:
    many = "Final-Recipient: rfc822; a@x.example\nAction: failed\n\n" * (size * 5)
    return (
        f"From: MAILER-DAEMON@x.example\n\nFinal-Recipient: rfc822;a@b.example\n\n{many}".encode()
    )


def repeated(word: bytes) -> Callable[[int], bytes]:
    return lambda size: b"From: MAILER-DAEMON@x.example\n\nfailed:\n" + word * (size * 500)


HOSTILE = {
    "addresses": addresses,
    "parameters": parameters,
    "parts": parts,
    "nesting": nesting,
    "listed": listed,
    "reported": reported,
    "spaces": repeated(b" "),
    "angles": repeated(b"<"),
    "at": repeated(b"a@"),
    "dots": repeated(b"a@b."),
    "tags": repeated(b"<a "),
    "letters": repeated(b"a"),
    "words": repeated(b"delivery to "),
    "codes": repeated(b"550-"),
    "encoded": lambda size: b"From: " + b"=?utf-8?q?a?= " * (size * 50) + b"\n\nno\n",
    "hidden": lambda size: b"Content-Type: text/html\n\n" + b"<style>" * (size * 100),
    "blocks": lambda size: b"Content-Type: text/html\n\n" + b"<p" * (size * 300),
    "comments": lambda size: b"Content-Type: text/html\n\n" + b"<!--" * (size * 100),
    "transcript": repeated(b"\n>>> RCPT To:<a@x.example>"),
    "headers": lambda size: b"X-A: b\n" * (size * 100) + b"\nno\n",
    "folded": lambda size: b"From: a" + b"\n b" * (size * 500) + b"\n\nno\n",
    "japanese": repeated("宛先不明 ".encode()),
    "dashes": repeated(b"\n--"),
    "received": repeated(b"\nReceived: x\nFoo"),
}


def seconds(content: bytes) -> float:
    start = time.process_time()
    read_message(content)
    return time.process_time() - start


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_sizes_do_not_explode(name: str) -> None:
    """Sixteen times the size may cost a few dozen times the time; quadratic would be 256 times."""
    small = min(seconds(HOSTILE[name](50)) for _ in range(3))
    large = min(seconds(HOSTILE[name](800)) for _ in range(2))
    assert large < 60 * max(small, 0.01)
