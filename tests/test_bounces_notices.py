"""Notices of many systems and languages, in many encodings: whom they concern, and what happened.

A line of notices.jsonl is a message written after the templates of the systems that send such
notices, and the events that it must give ("no bounce": whatever else it may be).
"""

from __future__ import annotations

import base64
import json
import quopri
from email.header import Header
from pathlib import Path

import pytest

from listhygiene.bounces import read_message

LINES = (Path(__file__).parent / "bounces" / "notices.jsonl").read_text("utf-8").splitlines()
CASES = {row["name"]: row for row in map(json.loads, LINES)}
CHARSETS = {
    "jis": "iso-2022-jp", "sjis": "shift_jis", "eucjp": "euc-jp", "l1": "latin-1",
    "l1qp": "latin-1", "l2": "iso-8859-2", "gb": "gb18030", "big5": "big5", "euckr": "euc-kr",
    "koi8": "koi8-r", "cp1251": "windows-1251", "b64": "utf-8", "qp": "utf-8",
}  # fmt: skip


def encoded(message: str, encoding: str) -> bytes:
    """Return a message with its body and its headers in the encoding that its sender uses."""
    if not encoding:
        return message.encode()
    charset = CHARSETS[encoding]
    head, _, text = message.partition("\n\n")
    codec = "iso2022_jp_ext" if encoding == "jis" else charset
    body = text.encode(codec, "replace")
    transfer = "8bit"
    if encoding == "b64":
        transfer, body = "base64", base64.encodebytes(body)
    elif encoding in ("qp", "l1qp"):
        transfer, body = "quoted-printable", quopri.encodestring(body)
    lines = [_header(line, charset) for line in head.split("\n")]
    lines.append(f"Content-Type: text/plain; charset={charset}")
    lines.append(f"Content-Transfer-Encoding: {transfer}")
    return "\n".join(lines).encode() + b"\n\n" + body


def _header(line: str, charset: str) -> str:
    name, _, value = line.partition(": ")
    return line if value.isascii() else f"{name}: {Header(value, charset).encode(linesep=chr(10))}"


@pytest.mark.parametrize("name", CASES)
def test_notice(name: str) -> None:
    case = CASES[name]
    events = read_message(encoded(case["message"], case["encoding"]))
    if case["expected"] == ["no bounce"]:
        assert "bounce" not in {one.kind.value for one in events}
    else:
        told = sorted(f"{one.kind.value} {one.address} {one.cause}".strip() for one in events)
        assert told == case["expected"]
