"""The plain messages of DNS, written and read without dnspython: the hot path of the fast backend.

Only the shapes that nearly every reply has are read here, and exactly as `reading` reads them;
whatever is odd in any way gives None, and dnspython reads the same bytes (RFC 1035 4).
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from ..model.answer import Question, Records, Status
from .ladder import PAYLOAD
from .names import MAX_LABEL, MAX_NAME

TYPES = {"A": 1, "MX": 15, "TXT": 16, "AAAA": 28}
"""The types that are asked and read here (RFC 1035 3.2.2, RFC 3596 2.1)."""
_SOA, _MX = 6, 15
_ENDS = {kind: b"\0" + number.to_bytes(2, "big") + b"\0\1" for kind, number in TYPES.items()}
"""What follows the labels: the root's, the type, and the class Internet."""
_LENGTHS = tuple(bytes((length,)) for length in range(MAX_LABEL + 1))
_HEAD = b"\1\0" + b"\0\1\0\0\0\0\0\1"
"""Recursion desired; one question, one additional record, which is EDNS."""
_HEAD_PLAIN = b"\1\0" + b"\0\1\0\0\0\0\0\0"
_EDNS = b"\0" + struct.pack("!HHIH", 41, PAYLOAD, 0, 0)
"""The OPT record: root name, type 41, the size we take, no flags, no options (RFC 6891 6.1.2)."""
_OURS = b"\xc0\x0c"
"""An owner name that points back at the question's name (RFC 1035 4.1.4)."""
_PLAIN = b"\1\0" + b"\0\1\0\0\0\0\0\0"
_EDNS = b"\0" + struct.pack("!HHIH", 41, PAYLOAD, 0, 0)
"""The OPT record: root name, type 41, the size we take, no flags, no options (RFC 6891 6.1.2)."""
_OURS = b"\xc0\x0c"
"""An owner name that points back at the question's name (RFC 1035 4.1.4)."""
_LETTERS = bytes(0x20 if chr(code).isascii() and chr(code).isalpha() else 0 for code in range(256))
_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_HOPS = 4
_LONGEST = MAX_NAME - 2
"""Of a name as text: without its first length byte and the root's."""
_RECORD = struct.Struct("!HHIH").unpack_from
_TTL_LENGTH = struct.Struct("!IH").unpack_from
_MOST = 0x7FFFFFFF
_COUNTS = struct.Struct("!HHHH").unpack_from
_DOT = ord(".")
_MANY = 8
"""From so many questions on they are written together."""
_NAME_POINTER = 0xC000 | 12
"""A pointer to the beginning of the name asked for."""
_SEEN: dict[tuple[bytes, bytes], str] = {}
"""Mail hosts read before: preference and labels before the pointer, and the name it leads to.

Only where both are whole labels: then nothing else of a message says what they mean.
"""
_MOST_SEEN = 1 << 16


class OddError(Exception):
    """A shape that is left to dnspython."""


def write_question(name: str, kind: str) -> bytes | None:
    """Return the question section in lower case; None where it is left to dnspython."""
    end = _ENDS.get(kind)
    if end is None or "\\" in name:
        return None
    try:
        labels = name.encode("ascii").split(b".")
        found = b"".join([_LENGTHS[len(label)] + label for label in labels]) + end
    except (UnicodeEncodeError, IndexError):
        return None
    return None if b"" in labels or len(found) > MAX_NAME + 4 else found


def write_questions(asked: Sequence[Question]) -> list[bytes | None]:
    """Return the question section of each, as `write_question` does, all at once where they allow.

    A dot stands before each name; dots then become the lengths of the labels behind them.
    """
    joined = "\0.".join([name for name, _ in asked])
    if len(asked) >= _MANY and joined.isascii() and "\\" not in joined:
        octets = np.frombuffer(f".{joined}\0".encode(), np.uint8).copy()
        marks = np.flatnonzero((octets == _DOT) | (octets == 0))
        ends = octets[marks] == 0
        lengths = np.diff(marks, append=len(octets)) - 1
        behind = ~ends
        labels = lengths[behind]
        if labels.min() > 0 and labels.max() <= MAX_LABEL and int(ends.sum()) == len(asked):
            octets[marks[behind]] = labels
            names = octets.tobytes().split(b"\0")
            pairs = zip(names, asked, strict=False)  # behind the last end stands nothing
            if max(map(len, names)) < MAX_NAME and all(kind in _ENDS for _, kind in asked):
                return [name + _ENDS[kind] for name, (_, kind) in pairs]
    return [write_question(*one) for one in asked]


def draw_letters(chance: int) -> bytes:
    """Make a table for `bytes.translate` that turns letters of a question to upper case by chance.

    A forger must guess them too (0x20). chance: 26 random bits. Length bytes are at most 63, types
    and classes small: none of them is a letter.
    """
    table = bytearray(range(256))
    for place in range(26):
        if chance >> place & 1:
            table[97 + place] = 65 + place
    return bytes(table)


def write_query(number: bytes, question: bytes, *, edns: bool = True) -> bytes:
    """Put a message together; number: its two random bytes."""
    if edns:
        return b"%b%b%b%b" % (number, _HEAD, question, _EDNS)
    return b"%b%b%b" % (number, _HEAD_PLAIN, question)


def read_plain(wire: bytes, question: bytes, at: datetime) -> Records | None:
    """Read a plain reply to a question that was sent letter by letter so; None = odd.

    The caller has compared the message's number.
    """
    try:
        end = 12 + len(question)
        if not wire.startswith(question, 12) or wire[2] & 0xFA != 0x80:
            return None  # no reply to this, opcode not 0, or truncated
        code = wire[3] & 0x0F
        asked, answers, authorities, additional = _COUNTS(wire, 4)
        if asked != 1:
            return None
        if answers and not code:
            return _read_answers(wire, end, answers, question, at)
        if not answers and code in (0, 3) and authorities == 1 and additional < 2:
            ttl = _read_absence(wire, end, additional)
            return Records(Status.NXDOMAIN if code else Status.NODATA, (), ttl, at)
    except (OddError, IndexError, struct.error):
        pass
    return None


def _read_answers(
    wire: bytes, place: int, count: int, question: bytes, at: datetime
) -> Records | None:
    """Read the answer section: records of the type asked for, all owned by the name asked for."""
    read, opening = _READERS[question[-3]]
    name = question.lower()[:-4] if question[-3] == _MX else b""
    texts = []
    least = _MOST
    for _ in range(count):
        if not wire.startswith(opening, place):
            return None
        ttl, length = _TTL_LENGTH(wire, place + 6)
        start = place + 12
        place = start + length
        if name:
            # Most targets end in a pointer into the name asked for, and were seen before.
            target = (wire[place - 2] << 8 | wire[place - 1]) - _NAME_POINTER
            key = wire[start : place - 2], name[target:] if 0 <= target < len(name) else b""
            text = _SEEN.get(key) or _remember(key, read(wire, start, place))
        else:
            text = read(wire, start, place)
        texts.append(text)
        if ttl < least:
            least = ttl
        elif ttl > _MOST:  # RFC 2181 8: to be read as zero
            least = 0
    if place > len(wire):
        return None
    if count > 1:
        return Records(Status.OK, tuple(sorted(set(texts))), least, at)
    return Records(Status.OK, (texts[0],), least, at)


def _remember(key: tuple[bytes, bytes], text: str) -> str:
    """Keep what a mail host reads as, where its labels and those pointed at say all of it."""
    front, back = key
    if back and _are_labels(front[2:]) and _are_labels(back[:-1]):
        if len(_SEEN) >= _MOST_SEEN:
            _SEEN.clear()
        _SEEN[key] = text
    return text


def _are_labels(octets: bytes) -> bool:
    """Tell whether octets are whole labels, one behind the other."""
    place = 0
    while place < len(octets):
        if not 0 < octets[place] <= MAX_LABEL:
            return False
        place += octets[place] + 1
    return place == len(octets)


def _read_absence(wire: bytes, place: int, additional: int) -> int:
    """Read the SOA behind a question without answer, and return how long the absence holds."""
    place = _skip_owner(wire, place)
    number, group, ttl, length = _RECORD(wire, place)
    if number != _SOA or group != 1:
        raise OddError
    end = place + 10
    for _ in range(2):
        labels, end = _read_name(wire, end)
        if len(b".".join(labels)) > _LONGEST:
            raise OddError
    place += 10 + length
    if end + 20 != place or place > len(wire):
        raise OddError
    if additional:
        _check_edns(wire, place)
    minimum = int.from_bytes(wire[place - 4 : place], "big")
    return min(ttl if ttl <= _MOST else 0, minimum)


def _skip_owner(wire: bytes, place: int) -> int:
    """Pass over the name of the zone, which must be the root or an end of the name asked for."""
    if wire[place] == 0:
        return place + 1
    if wire[place] != 0xC0:
        raise OddError
    target, label = wire[place + 1], 12
    while label < target and wire[label]:
        label += wire[label] + 1
    if label != target:
        raise OddError
    return place + 2


def _check_edns(wire: bytes, place: int) -> None:
    """Take only an OPT record without options whose upper bits of the code are nil."""
    if (
        wire[place : place + 3] != b"\0\0\x29"
        or wire[place + 5]
        or wire[place + 9 : place + 11] != b"\0\0"
    ):
        raise OddError


def _read_name(wire: bytes, place: int) -> tuple[list[bytes], int]:
    """Read a name, following a few pointers that lead strictly backwards; return labels and end.

    What a pointer leads to must end before the part that it was found in, as dnspython wants it.
    """
    labels: list[bytes] = []
    length = wire[place]
    while 0 < length < 64:
        stop = place + 1 + length
        labels.append(wire[place + 1 : stop])
        place, length = stop, wire[stop]
    if not length:
        return labels, place + 1
    end = place + 2
    bound = end - 2 - sum(map(len, labels)) - len(labels)
    for _ in range(_HOPS):
        if length < 192:
            raise OddError
        place = (length & 0x3F) << 8 | wire[place + 1]
        start, length = place, wire[place]
        while 0 < length < 64:
            stop = place + 1 + length
            labels.append(wire[place + 1 : stop])
            place, length = stop, wire[stop]
        if place + (2 if length else 1) > bound:
            raise OddError
        if not length:
            return labels, end
        bound = start
    raise OddError


def _read_mx(wire: bytes, start: int, end: int) -> str:
    labels, stop = _read_name(wire, start + 2)
    name = b".".join(labels)
    # No character that dnspython would escape, and no dot inside a label.
    dots = len(name.translate(None, _PLAIN))
    if stop != end or len(name) > _LONGEST or dots >= (len(labels) or 1):
        raise OddError
    return f"{wire[start] << 8 | wire[start + 1]} {name.lower().decode() or '.'}"


def _read_a(wire: bytes, start: int, end: int) -> str:
    packed = wire[start:end]
    if len(packed) != 4 or end - start != 4:
        raise OddError
    return socket.inet_ntoa(packed)


def _read_aaaa(wire: bytes, start: int, end: int) -> str:
    """Show an IPv6 address (RFC 5952); those with an IPv4 address inside are left to dnspython."""
    packed = wire[start:end]
    if len(packed) != 16 or end - start != 16 or not any(packed[:10]):
        raise OddError
    return str(ipaddress.IPv6Address(packed))


def _read_txt(wire: bytes, start: int, end: int) -> str:
    """Join the strings, one character a byte, as `reading` does."""
    strings = []
    place = start
    while place < end:
        length = wire[place]
        strings.append(wire[place + 1 : place + 1 + length])
        place += length + 1
    if place != end or not strings:
        raise OddError
    return b"".join(strings).decode("latin-1")


_READERS = {
    TYPES[kind]: (read, _OURS + TYPES[kind].to_bytes(2, "big") + b"\0\1")
    for kind, read in (("A", _read_a), ("MX", _read_mx), ("TXT", _read_txt), ("AAAA", _read_aaaa))
}
"""Type -> how to read a record, and how one owned by the name asked for begins."""
