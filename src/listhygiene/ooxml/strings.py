"""The shared strings of a workbook, without the furigana above them."""

from __future__ import annotations

import re
from itertools import chain

import pyarrow as pa

from .archive import Archive, damaged, unpack
from .rows import decoded, encoding_of, plain
from .shown import text_array

_MAX_PART = 1 << 30
_ROOT = re.compile(rb"<(?:([\w.\-]+):)?sst(?=[\s/>])")


def read_strings(archive: Archive, part: str | None) -> pa.LargeStringArray:
    """Return the shared strings in their order; rich text as plain text."""
    member = archive.find(part) if part else None
    if member is None:
        return pa.array([], pa.large_string())
    pieces = unpack(archive, member, _MAX_PART)
    first = next(pieces, b"")
    encoding = encoding_of(first)
    arrays: list[pa.LargeStringArray] = []
    buffer, prefix = b"", None
    stream = decoded(chain([first], pieces), encoding, archive.path)
    for piece in stream:
        buffer += piece
        if b"<!" in buffer:
            if b"<!DOCTYPE" in buffer:
                raise damaged(archive.path, f"its part {part} declares a document type (DTD)")
            buffer = plain(buffer + b"".join(stream))
        if prefix is None:
            root = _ROOT.search(buffer)
            if root is None:
                continue
            prefix = b"" if root[1] is None else root[1] + b":"
        cut = buffer.rfind(b"</" + prefix + b"si")
        cut = buffer.find(b">", cut) + 1 if cut >= 0 else 0
        if cut:
            arrays.append(_items(buffer[:cut], prefix))
            buffer = buffer[cut:]
    if prefix is not None:
        arrays.append(_items(buffer, prefix))
    return pa.concat_arrays(arrays) if arrays else pa.array([], pa.large_string())


def joined_text(item: bytes, prefix: bytes) -> bytes:
    """Return the text of an `<si>` or `<is>`, still escaped: its runs, not its phonetic runs."""
    p = re.escape(prefix)
    if b"rPh" in item:
        item = re.sub(rb"<%brPh[\s>].*?</%brPh\s*>" % (p, p), b"", item, flags=re.DOTALL)
    return b"".join(re.findall(rb"<%bt(?:\s[^>]*)?>([^<]*)</" % p, item))


def _items(block: bytes, prefix: bytes) -> pa.LargeStringArray:
    p = re.escape(prefix)
    count = len(re.findall(rb"<%bsi[\s/>]" % p, block))
    simple = re.findall(rb"<%bsi>\s*<%bt(?:\s[^>]*)?>([^<]*)</%bt>\s*</%bsi>" % (p, p, p, p), block)
    if len(simple) != count:
        items = re.finditer(rb"<%bsi(?:\s[^>]*)?(?:/>|>(.*?)</%bsi\s*>)" % (p, p), block, re.DOTALL)
        simple = [joined_text(match[1] or b"", prefix) for match in items]
    return text_array(simple)
