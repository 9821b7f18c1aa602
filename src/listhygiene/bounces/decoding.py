"""Bytes of a message made readable: transfer encodings, charsets, encoded words, HTML."""

from __future__ import annotations

import binascii
import codecs
import html
import quopri
import re
from functools import lru_cache

LONGEST_HEADER = 4_096
"""Characters of one header that are decoded; longer ones are no text for a person."""

_ALIASES = {
    "unicode-1-1-utf-7": "utf-7",
    "iso-2022-jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "x-unknown": "latin-1",
    "8bit": "latin-1",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "": "utf-8",
}
_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?\r\n]{0,2000})\?=")
_RUN = re.compile(rf"(?:{_WORD.pattern.replace('(', '(?:').replace('(?:?:', '(?:')}\s*)+")
_BLOCK = re.compile(
    r"(?i)<(?:br|/p|/div|/tr|/li|/h\d|/td|/table|hr|p|div|tr|li)\b[^<>]{0,2000}>(?:[ \t]{0,9}\n)?"
)
_NEXT = re.compile(r"(?i)</(?:div|tr|li)>\s{0,99}(?=<(?:div|tr|li)\b)")
"""Where one block ends and the next begins: one line ends."""
_INLINE = re.compile(
    r"(?i)</?(?:a|b|i|u|em|strong|span|font|tt|code|wbr|small|big|mark|o:p)(?:\s[^<>]{0,2000})?>"
)
_HIDDEN = {"<style": "</style>", "<script": "</script>", "<head": "</head>", "<!--": "-->"}
"""What begins and ends a stretch of HTML that nobody sees."""
_TAG = re.compile(r"<(?![^<>@\s]{1,64}@)/?[a-zA-Z!?][^<>]{0,4000}>")


@lru_cache(maxsize=128)
def codec_of(charset: str) -> str:
    """Return the Python codec of a charset's name; latin-1 where Python knows none.

    A name of a codec that turns text into text or bytes into bytes ("rot13", "zip") is unknown.
    """
    name = _ALIASES.get(charset.lower().strip(), charset.strip())
    try:
        found = codecs.lookup(name)
        found.decode(b"")
    except (LookupError, ValueError, TypeError, UnicodeError, EOFError):
        return "latin-1"
    except Exception:  # a bytes-to-bytes codec has errors of its own
        return "latin-1"
    return found.name if getattr(found, "_is_text_encoding", True) else "latin-1"


def decode_text(content: bytes, charset: str = "") -> str:
    """Decode a text part; what its charset cannot say is read as the likeliest other one."""
    if b"\x1b$" in content or b"\x1b(J" in content:  # ISO-2022-JP, declared or not
        return content.decode("iso2022_jp_ext", "replace")
    name = codec_of(charset)
    try:
        return content.decode(name)
    except (UnicodeError, ValueError):
        pass
    for other in ("utf-8", "cp932") if name in ("utf-8", "cp932") else (name,):
        try:
            return content.decode(other)
        except (UnicodeError, ValueError):
            continue
    return content.decode("latin-1")


def undo_transfer(content: bytes, encoding: str) -> bytes:
    """Undo base64 and quoted-printable (RFC 2045 6); broken text is given back as it stands."""
    kind = encoding.strip().lower()
    if kind == "base64":
        packed = re.sub(rb"[^A-Za-z0-9+/]", b"", content.partition(b"\n--")[0])
        try:
            return binascii.a2b_base64(packed[: len(packed) // 4 * 4] + _rest(packed))
        except binascii.Error:
            return content
    if kind == "quoted-printable":
        return quopri.decodestring(content)
    return content


def _rest(packed: bytes) -> bytes:
    tail = packed[len(packed) // 4 * 4 :]
    return tail + b"=" * (-len(tail) % 4) if len(tail) > 1 else b""


def decode_words(value: str) -> str:
    """Decode the encoded words of a header (RFC 2047); broken ones stay as they are.

    Words in a row of one charset are joined before they are decoded, since some mailers cut within
    a character.
    """
    if "=?" not in value:
        return value
    return _RUN.sub(lambda match: _decode_run(match[0]), value[:LONGEST_HEADER])


def _decode_run(run: str) -> str:
    texts: list[tuple[str, bytes]] = []
    for charset, kind, text in _WORD.findall(run):
        raw = text.encode("latin-1", "replace")
        if kind in "qQ":
            raw = quopri.decodestring(raw.replace(b"_", b" "))
        else:
            raw = undo_transfer(raw, "base64")
        if text and not raw:
            return run
        if texts and texts[-1][0] == charset.lower():
            raw = texts.pop()[1] + raw
        texts.append((charset.lower(), raw))
    blank = " " if run[-1:].isspace() else ""
    return "".join(decode_text(raw, charset) for charset, raw in texts) + blank


def strip_markup(text: str) -> str:
    """Return the words of an HTML text, a block a line; addresses in angles stay."""
    for opening, closing in _HIDDEN.items():
        text = _cut_between(text, opening, closing)
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", _BLOCK.sub("\n", _NEXT.sub("", text)))))


def _cut_between(text: str, opening: str, closing: str) -> str:
    """Cut every stretch between two marks, in one pass; an unclosed one stays."""
    lowered = text.lower()
    if len(lowered) != len(text):  # a letter whose lower case is longer
        lowered = text
    kept, at = [], 0
    while (begin := lowered.find(opening, at)) >= 0:
        end = lowered.find(closing, begin)
        if end < 0:
            break
        kept.append(text[at:begin])
        at = end + len(closing)
    return " ".join([*kept, text[at:]])
