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
    """Return the strings of a block that begins and ends between items."""
    start, end = block.find(b"<" + prefix + b"si"), block.rfind(b">") + 1
    if start < 0:
        return pa.array([], pa.large_string())
    plain_items = _split_plain(block[start:end], prefix)
    if plain_items is not None:
        return text_array(plain_items)
    p = re.escape(prefix)
    items = re.finditer(rb"<%bsi(?:\s[^>]*)?(?:/>|>(.*?)</%bsi\s*>)" % (p, p), block, re.DOTALL)
    return text_array([joined_text(match[1] or b"", prefix) for match in items])


def _split_plain(block: bytes, prefix: bytes) -> list[bytes] | None:
    """Split a block of nothing but `<si><t>text</t></si>`; None where anything else is in it."""
    p = prefix
    head, tail = b"<%bsi><%bt>" % (p, p), b"</%bt></%bsi>" % (p, p)
    block = block.replace(b'<%bt xml:space="preserve">' % p, b"<%bt>" % p)
    end = block.rfind(tail) + len(tail)
    if not block.startswith(head) or end < len(tail):
        return None
    texts = block[len(head) : end - len(tail)].split(tail + head)
    # Four tags an item and none elsewhere; behind the last one only the root's end tag.
    whole = block.count(b"<", 0, end) == 4 * len(texts)
    return texts if whole and block[end:].strip() in (b"", b"</%bsst>" % p) else None
