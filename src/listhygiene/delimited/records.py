"""Records: where the fields of a line begin and end, and what they say (RFC 4180, section 2)."""

from __future__ import annotations

import re
from functools import cache

_QUOTED = rb'"[^"]*+(?:""[^"]*+)*+"'
_CLOSING = re.compile(rb'[^"]*+(?:""[^"]*+)*+"')


def split_record(record: bytes, delimiter: bytes, spaced: bool = False) -> list[bytes]:
    """Split a record into its raw fields, quotes included; joined by the delimiter they are it.

    A field is quoted where its first byte is a quote (as Python's csv module and Excel read it);
    what follows the closing quote up to the delimiter belongs to it. spaced: spaces may stand
    before the opening quote. A quote that never closes is an ordinary character.
    """
    if b'"' not in record:
        return record.split(delimiter)
    find = _field_pattern(delimiter, spaced).match
    fields, place = [], 0
    while True:
        end = find(record, place).end()  # type: ignore[union-attr]  # the pattern matches anything
        fields.append(record[place:end])
        if end >= len(record):
            return fields
        place = end + 1


def read_field(raw: bytes, spaced: bool = False) -> bytes:
    """Return what a raw field says: without its quotes, doubled ones single."""
    text = raw.strip(b" ") if spaced and raw.lstrip(b" ").startswith(b'"') else raw
    if not text.startswith(b'"'):
        return raw
    closing = _CLOSING.match(text, 1)
    if closing is None:
        return raw
    return text[1 : closing.end() - 1].replace(b'""', b'"') + text[closing.end() :]


def quote_field(text: bytes) -> bytes:
    """Return a field in quotes (RFC 4180, 2.7)."""
    return b'"' + text.replace(b'"', b'""') + b'"'


def write_field(text: bytes, delimiter: bytes, like: bytes = b"") -> bytes:
    """Return a raw field that says `text`, quoted where it must be or where `like` was."""
    if (b'"' in like and like.lstrip(b" ").startswith(b'"')) or needs_quotes(text, delimiter):
        return quote_field(text)
    return text


def needs_quotes(text: bytes, delimiter: bytes) -> bool:
    """Tell whether a text would be misread without quotes (RFC 4180, 2.6)."""
    return _mark_pattern(delimiter).search(text) is not None


def find_open_quote(record: bytes, delimiter: bytes, spaced: bool = False) -> int | None:
    """Return the place of a field's opening quote that never closes, or None."""
    if b'"' not in record:
        return None
    place = 0
    for raw in split_record(record, delimiter, spaced):
        text = raw.lstrip(b" ") if spaced else raw
        if text.startswith(b'"') and _CLOSING.match(text, 1) is None:
            return place + len(raw) - len(text)
        place += len(raw) + 1
    return None


def find_close(content: bytes, opening: int, limit: int) -> int | None:
    """Return the place behind the quote that closes the one at `opening`, or None."""
    closing = _CLOSING.match(content, opening + 1, limit)
    return None if closing is None else closing.end()


@cache
def _field_pattern(delimiter: bytes, spaced: bool) -> re.Pattern[bytes]:
    rest = rb"[^" + re.escape(delimiter) + rb"]*+"
    lead = rb" *+" if spaced else b""
    return re.compile(lead + _QUOTED + rest + rb"|" + rest, re.DOTALL)


@cache
def _mark_pattern(delimiter: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'["\r\n' + re.escape(delimiter) + rb"]")
