"""One e-mail, taken apart lazily: its headers at once, its parts when they are asked for.

The standard library's parser is quadratic on hostile input (addresses in To, parameters, parts)
and reads all of a message; a bounce needs a few headers and one or two parts. Every loop here is
bounded: header block, headers, depth, parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from .decoding import decode_text, decode_words, strip_markup, undo_transfer

LONGEST_BLOCK = 65_536
"""Bytes of a header block that are read."""
MOST_HEADERS = 1_000
MOST_PARTS = 1_000
DEEPEST = 20
LONGEST_TEXT = 262_144
"""Bytes of a text part that are read."""

_END = re.compile(rb"\n[ \t]*\r?\n")
_ENDS = (b"", b" ", b"\t", b"\r", b"\n")
"""What may follow the boundary in its line; anything else is another, longer boundary."""
_FOLD = re.compile(r"\n(?:[ \t]+|(?=boundary=))")
"""Where a header goes on; some mailers forget to indent the boundary."""
_GUESS = re.compile(rb"(?:^|\n)--([^\r\n]{1,200})\r?\n(?:Content-[A-Za-z-]{1,40}:)", re.IGNORECASE)
_FIELD = re.compile(r"\n([!-9;-~]{1,100})[ \t]*:[ \t]*([^\n]*)")
_PARAMETER = r"""(?i)(?:^|[;\s]){0}\*?\s*=\s*(?:"([^"]{{0,400}})"|([^\s;"]{{1,400}}))"""
_PARAMETERS = {
    name: re.compile(_PARAMETER.format(name)) for name in ("boundary", "charset", "report-type")
}

Headers = dict[str, list[str]]
"""Lower-case name -> its values, unfolded, in the order of the message."""


def parse_headers(block: bytes) -> Headers:
    """Read a header block (RFC 5322 2.2); lines that are no header are passed over."""
    if len(block) > LONGEST_BLOCK:
        block = block[:LONGEST_BLOCK]
    try:
        text = block.decode("utf-8")
    except UnicodeDecodeError:
        text = decode_text(block) if b"\x1b$" in block else block.decode("latin-1")
    headers: Headers = {}
    lines = "\n" + _FOLD.sub(" ", text.replace("\r\n", "\n"))
    for match in islice(_FIELD.finditer(lines), MOST_HEADERS):
        name, value = match.groups()
        headers.setdefault(name.lower(), []).append(value.rstrip(" \t\r"))
    return headers


def split_head(content: bytes) -> tuple[bytes, int]:
    """Return the header block of a message or part, and where its body begins."""
    if content[:1] == b"\n":
        return b"", 1
    if content[:2] == b"\r\n":
        return b"", 2
    end = _END.search(content)
    begins, ends = end.span() if end else (len(content), len(content))
    if end and content[begins - 1 : begins] == b"\r":
        begins -= 1
    old = content.find(b"\r\r", 0, begins + 1)  # lines of an old Macintosh
    return (content[:old], old + 2) if old >= 0 else (content[:begins], ends)


@dataclass
class Part:
    """One entity (RFC 2045): a message, or a part of one.

    content: all of its bytes. type: the content type, lower case, without parameters.
    """

    content: bytes
    depth: int = 0
    default_type: str = "text/plain"
    headers: Headers = field(init=False, repr=False)
    type: str = field(init=False, repr=False)
    _begins: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        head, self._begins = split_head(self.content)
        self.headers = parse_headers(head)
        told = self.get("content-type", self.default_type)
        self.type = told.partition(";")[0].strip().lower()

    @property
    def body(self) -> bytes:
        return self.content[self._begins :]

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a header, raw; `default` where it has none."""
        values = self.headers.get(name)
        return values[0] if values else default

    def text_of(self, name: str) -> str:
        """Return the first value of a header with its encoded words decoded."""
        return decode_words(self.get(name))

    def parameter(self, name: str) -> str:
        """Return a parameter of Content-Type: "boundary", "charset" or "report-type"."""
        match = _PARAMETERS[name].search(self.get("content-type")[:8_192])
        return (match[1] or match[2] or "").strip() if match else ""

    @cached_property
    def text(self) -> str:
        """The body as text: transfer encoding and charset undone, HTML stripped, lines by LF."""
        raw = undo_transfer(self.body[:LONGEST_TEXT], self.get("content-transfer-encoding"))
        text = decode_text(raw, self.parameter("charset")).replace("\r\n", "\n")
        if self.type == "text/html" or text.lstrip()[:9].lower() in ("<html>", "<!doctype"):
            text = strip_markup(text)
        return text.replace("\r", "\n").replace("\u00a0", " ")

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a multipart (RFC 2046 5.1); () where there are none or the nesting ends."""
        if not self.type.startswith("multipart/") or self.depth >= DEEPEST:
            return ()
        digest = self.type == "multipart/digest"
        default = "message/rfc822" if digest else "text/plain"
        body = self.body
        boundary = self.parameter("boundary").encode("latin-1", "replace")
        spans = list(_spans(body, boundary)) if boundary else []
        if not spans:  # the header names another boundary than the body has
            guess = _GUESS.search(body[:LONGEST_BLOCK])
            spans = list(_spans(body, guess[1].rstrip())) if guess else []
        return tuple(Part(body[begin:end], self.depth + 1, default) for begin, end in spans)


def _spans(body: bytes, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Yield where each part of a multipart body begins and ends; a blank may precede the mark."""
    mark = b"--" + boundary
    begin, at, count = -1, body.find(mark), 0
    while at >= 0 and count <= MOST_PARTS:
        after = at + len(mark)
        start = at - 1 if at and body[at - 1] in b" \t" else at
        ends = body[after : after + 2] == b"--"
        if (start == 0 or body[start - 1] in b"\r\n") and (
            ends or body[after : after + 1] in _ENDS
        ):
            if begin >= 0:
                yield begin, max(begin, start - 1)
            begin = body.find(b"\n", after) + 1
            if ends or begin == 0:
                return
            count += 1
        at = body.find(mark, after)
    if begin > 0:
        yield begin, len(body)


def walk(part: Part) -> Iterator[Part]:
    """Yield the leaves of a message in order, at most MOST_PARTS; embedded messages are leaves."""
    stack = [part]
    for _ in range(4 * MOST_PARTS):
        if not stack:
            return
        one = stack.pop()
        parts = one.parts
        if parts:
            stack.extend(reversed(parts))
        else:
            yield one
