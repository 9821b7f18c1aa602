"""What betrays an encoding at once: byte-order marks, NUL bytes, and escapes of seven-bit text."""

from __future__ import annotations

import codecs
import re
from itertools import islice

import numpy as np

from .likelihood import is_usual

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MOST_RUNS = 1000
_JAPANESE = ("iso2022_jp_2", "iso2022_jp_ext", "iso2022_jp_2004")
_SHIFTED = re.compile(rb"\+([A-Za-z0-9+/]*)(-?)([\w.+-]*@)?")


def find_wide(raw: bytes) -> str:
    """Recognise UTF-32 and UTF-16 without a mark by the NUL bytes of commas, letters, line ends.

    Of UTF-32 every fourth byte is NUL and nearly every third (RFC 3629, 3: no character is above
    U+10FFFF); of UTF-16 about every second.
    """
    head = np.frombuffer(raw[: 1 << 16], dtype=np.uint8)
    head = head[: len(head) // 4 * 4]
    if len(head) < 4:
        return ""
    nulls = [float(np.mean(head[place::4] == 0)) for place in range(4)]
    for name, top, plane, low in (("utf-32-le", 3, 2, 0), ("utf-32-be", 0, 1, 3)):
        if nulls[top] == 1 and nulls[plane] > 0.9 and nulls[low] < 0.1 and _reads(_cut(raw), name):
            return name
    even, odd = (nulls[0] + nulls[2]) / 2, (nulls[1] + nulls[3]) / 2
    for name, mine, other in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if mine > 0.2 and mine > 10 * other and _reads(_cut(raw), name):
            return name
    return ""


def _cut(raw: bytes) -> bytes:
    """Leave out the bytes of a character that was cut off at the end."""
    return raw[: len(raw) // 4 * 4 or None] if len(raw) % 2 else raw


def find_escapes(raw: bytes) -> str:
    """Recognise ISO-2022-JP, HZ and UTF-7, which write other characters in ASCII; "" for ASCII."""
    if b"\x1b$" in raw:
        return next((name for name in _JAPANESE if _reads(raw, name)), "")
    if b"~{" in raw and b"~}" in raw and _reads(raw, "hz") and not raw.decode("hz").isascii():
        return "hz"
    return "utf-7" if b"+" in raw and _is_utf7(raw) else ""


def _is_utf7(raw: bytes) -> bool:
    """Tell UTF-7 (RFC 2152): each plus begins a run of whole UTF-16 units, or is written `+-`.

    A tag as in `ann+news@example.com` and a phone number may be such a run by chance; but they
    stand in an address or are all digits, and their letters are none that anybody writes.
    """
    found = list(islice(_SHIFTED.finditer(raw), _MOST_RUNS))
    texts = [_shifted(one) for one in found if one[1] or not one[2]]
    if not texts or not all(texts):
        return False
    text = "".join(texts)
    usual = 2 * sum(map(is_usual, text)) > len(text) and len(set(text)) > 1
    return usual and _reads(raw, "utf-7")


def _shifted(found: re.Match[bytes]) -> str:
    """Return the text of a run; "" where it can be none."""
    run = found[1]
    if not run or run.isdigit() or found[3]:
        return ""
    try:
        text = (b"+%b-" % run).decode("utf-7")
        canonical = text.encode("utf-7") == b"+%b-" % run
    except UnicodeError:
        return ""
    return text if canonical and not text.isascii() else ""


def errors_of(encoding: str) -> str:
    """Return how lone surrogates are taken: as they are where an encoding can spell them."""
    return "surrogatepass" if encoding.startswith(("utf-16", "utf-32", "utf_16")) else "strict"


def _reads(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding, errors_of(encoding))
    except UnicodeError:
        return False
    return True
