"""A worksheet's XML as it streams by: its head, its rows in whole pieces, its tail.

A sheet part is never built up as a tree: 200,000 rows would take a gigabyte. Rows and cells are
found by regular expressions over bytes. That is exact, because text content cannot hold `<`
(XML 1.0, 2.4), once comments, CDATA sections and processing instructions, which can, are out of the
way (`masked`, `plain`), the namespace prefix is known (`Grammar`), and the encoding is one whose
markup is ASCII (`decoded`).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .archive import damaged, refused
from .cells import MAX_ROW
from .text import encode

# What stands in a start tag after its name: a slash or a `>` only inside quotes.
_QUOTED = rb"""[^<>"'/]*(?:(?:"[^"<]*"|'[^'<]*')[^<>"'/]*)*"""
_ATTRIBUTE = re.compile(rb"""([^\s=<>"'/]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")
_ASIDE = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"<(?:([\w.\-]+):)?worksheet(?=[\s/>])")
_ROW_NUMBER = re.compile(rb"""(?:^|\s)r\s*=\s*["']\s*(\d{1,10})\s*["']""")
_MAX_HEAD = 64 << 20
_MAX_PIECE = 512 << 20

HEAD, ROWS, TAIL = "head", "rows", "tail"


@dataclass(frozen=True)
class Grammar:
    """The regular expressions of one namespace prefix (b"" or b"x:")."""

    prefix: bytes
    sheet_rows: re.Pattern[bytes]
    row: re.Pattern[bytes]
    row_end: bytes
    rows_end: bytes
    cell: re.Pattern[bytes]
    usual: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    value: re.Pattern[bytes]
    inline: re.Pattern[bytes]
    text: re.Pattern[bytes]
    phonetic: re.Pattern[bytes]


@cache
def grammar(prefix: bytes) -> Grammar:
    """Return the regular expressions for a prefix."""
    p = re.escape(prefix)
    q = _QUOTED

    def element(name: bytes) -> bytes:
        return rb"<%b%b((?=[\s/>])%b)(?:/>|>(.*?)</%b%b\s*>)" % (p, name, q, p, name)

    return Grammar(
        prefix=prefix,
        sheet_rows=re.compile(rb"<%bsheetData(?=[\s/>])%b(/?)>" % (p, q)),
        row=re.compile(rb"<%brow(?=[\s/>])(?: r=\"(\d{1,10})\")?(%b)(/?)>" % (p, q)),
        row_end=b"</" + prefix + b"row",
        rows_end=b"</" + prefix + b"sheetData",
        cell=re.compile(element(b"c"), re.DOTALL),
        usual=_usual_cell(p),
        formula=re.compile(rb"<%bf[\s/>]" % p),
        value=re.compile(rb"<%bv(?=[\s>])%b>([^<]*)</%bv\s*>|<%bv>([^<]*)<" % (p, q, p, p)),
        inline=re.compile(rb"<%bis(?=[\s>])%b>(.*?)</%bis\s*>" % (p, q, p), re.DOTALL),
        text=re.compile(rb"<%bt(?=[\s>])%b>([^<]*)</%bt\s*>" % (p, q, p)),
        phonetic=re.compile(rb"<%brPh(?=[\s>]).*?</%brPh\s*>" % (p, p), re.DOTALL),
    )


def _usual_cell(p: bytes) -> re.Pattern[bytes]:
    """Return the expression of a cell with a place and a text, as most programs write them.

    Its groups: the column's letters, the style, the type, the value, the text of one that has it
    inline; b"" for what it has not.
    """
    value = rb"<%bv>([^<]+)</%bv>" % (p, p)
    inline = rb"<%bis><%bt(?: xml:space=\"preserve\")?>([^<]+)</%bt></%bis>" % (p, p, p, p)
    return re.compile(
        rb"<%bc r=\"([A-Z]{1,3})\d+\"(?: s=\"(\d+)\")?"
        rb"(?:(?: t=\"(n|s|str|b|e)\")?(?:/>|>(?:%b)?</%bc>)"
        rb"| t=\"inlineStr\">%b</%bc>)" % (p, value, p, inline, p)
    )


def attributes(text: bytes) -> dict[bytes, bytes]:
    """Return the attributes of a start tag, values still escaped."""
    return {m[1]: m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(text)}


def masked(piece: bytes) -> bytes:
    """Blank out comments, CDATA sections and processing instructions, keeping every offset."""
    if not _has_aside(piece):
        return piece
    return _ASIDE.sub(lambda match: b" " * len(match[0]), piece)


def plain(piece: bytes) -> bytes:
    """Drop comments and processing instructions and write CDATA sections as escaped text."""
    if not _has_aside(piece):
        return piece
    return _ASIDE.sub(_written_out, piece)


def _has_aside(piece: bytes) -> bool:
    """Tell whether there is any; the single byte, rare in sheets, is looked for first (memchr)."""
    return (b"!" in piece and b"<!" in piece) or (b"?" in piece and b"<?" in piece)


def _written_out(match: re.Match[bytes]) -> bytes:
    text = match[1]
    if text is None:
        return b""
    return text.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")


def encoding_of(start: bytes) -> str:
    """Return the encoding of an XML document by its first bytes (XML 1.0, appendix F)."""
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if start.startswith((codecs.BOM_UTF16_LE, b"<\0")):
        return "utf-16-le"
    if start.startswith((codecs.BOM_UTF16_BE, b"\0<")):
        return "utf-16-be"
    declared = re.match(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""", start)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    return "utf-8" if name in ("utf-8", "utf8", "us-ascii", "ascii") else name


def decoded(pieces: Iterator[bytes], encoding: str, path: Path) -> Iterator[bytes]:
    """Yield a part's content in UTF-8, whatever its encoding; UTF-8 passes through untouched."""
    if encoding == "utf-8":
        yield from pieces
        return
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
        for piece in pieces:
            yield decoder.decode(piece).encode("utf-8")
        yield decoder.decode(b"", True).encode("utf-8")
    except (LookupError, UnicodeError) as error:
        raise damaged(path, f"its text is not in the encoding that it declares ({encoding})") from (
            error
        )


def split_sheet(pieces: Iterator[bytes], path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield ("head", ...), any number of ("rows", ...) and ("tail", ...), in UTF-8.

    Joined, the pieces are the part itself. The head ends with the start tag of `<sheetData>`; a
    piece of rows holds whole rows; the tail begins with `</sheetData>` (or is what follows a
    self-closed one). Refuses a document type declaration.
    """
    head, names, rest = _read_head(pieces, path)
    yield HEAD, head
    if head.endswith(b"/>"):
        yield TAIL, rest + b"".join(pieces)
        return
    buffer = rest
    while True:
        seen = buffer
        if b"!" in buffer and b"<!" in buffer:
            buffer += b"".join(pieces)
            seen = masked(buffer)
        end = seen.find(names.rows_end)
        if end >= 0:
            yield ROWS, buffer[:end]
            yield TAIL, buffer[end:] + b"".join(pieces)
            return
        cut = seen.rfind(names.row_end)
        cut = seen.find(b">", cut) + 1 if cut >= 0 else 0
        if cut > 0:
            yield ROWS, buffer[:cut]
            buffer = buffer[cut:]
        piece = next(pieces, None)
        if piece is None:
            raise damaged(path, "its sheet ends in the middle")
        if len(buffer) > _MAX_PIECE:
            raise refused(path, "one row of its sheet is longer than 512 MB")
        buffer += piece


def grammar_of(head: bytes) -> Grammar:
    """Return the grammar of a sheet's head as `split_sheet` gave it."""
    root = _ROOT.search(masked(head))
    if root is None:
        raise ValueError("no worksheet")
    return grammar(b"" if root[1] is None else root[1] + b":")


def _read_head(pieces: Iterator[bytes], path: Path) -> tuple[bytes, Grammar, bytes]:
    buffer = b""
    for piece in pieces:
        buffer += piece
        seen = masked(buffer)
        if b"<!DOCTYPE" in seen:
            raise refused(path, "its sheet declares a document type (DTD)")
        root = _ROOT.search(seen)
        if root is not None:
            names = grammar(b"" if root[1] is None else root[1] + b":")
            start = names.sheet_rows.search(seen)
            if start is not None:
                return buffer[: start.end()], names, buffer[start.end() :]
        if len(buffer) > _MAX_HEAD:
            break
    raise damaged(path, "its sheet has no rows section")


def each_row(
    piece: bytes, names: Grammar, before: int, path: Path
) -> Iterator[tuple[int, re.Match[bytes], int, int]]:
    """Yield the rows of a piece: number, start tag, and where the cells end and the row ends.

    before: the number of the row before this piece (a row without `r` follows it). A self-closed
    row ends with its start tag. The piece must be masked or plain. The match of the start tag has
    the attributes but a leading `r` as group 2, the slash of a self-closed row as group 3.
    """
    for tag in names.row.finditer(piece):
        first, marks, closed = tag.groups()
        if first is None:
            found = _ROW_NUMBER.search(marks)
            first = found[1] if found else before + 1
        number = int(first)
        if not 1 <= number <= MAX_ROW:
            raise damaged(path, f"its sheet numbers a row {number}")
        before = number
        if closed:
            yield number, tag, tag.end(), tag.end()
            continue
        close = piece.find(names.row_end, tag.end())
        if close < 0:
            raise damaged(path, f"row {number} of its sheet has no end")
        yield number, tag, close, piece.find(b">", close) + 1


def render_text(text: str, prefix: bytes, *, ascii_only: bool) -> bytes:
    """Return the content of a cell of type inlineStr: `<is><t>...</t></is>`."""
    body = encode(text, ascii_only=ascii_only)
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    p = prefix.decode()
    return f"<{p}is><{p}t{keep}>{body}</{p}t></{p}is>".encode()
