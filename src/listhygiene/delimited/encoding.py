"""Encodings: which one a text file is in, how sure that is, and a form fit for bytewise work."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ..model.errors import UnreadableList, UsageError
from .likelihood import is_latin, weigh
from .lines import WINDOW, Places, windows
from .telltale import MARKS, errors_of, find_escapes, find_wide

CERTAIN, LIKELY, GUESSED = "certain", "likely", "guessed"

_SAMPLE = 1 << 17
# Two bytes may be half-width kana, three hardly anything else.
_TWO_BYTES, _THREE_BYTES = (
    re.compile(rb"[\xc3\xc4][\x80-\xbf]"),
    re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}"),
)
_SURE, _SURE_LATIN = 7.0, 20.0
"""How much likelier (natural logarithm) an encoding is than the next, to be called likely; more is
asked where the encodings of Western and of Central Europe differ in few letters only."""
# Bytes of these never look like a quote, a comma or a line end inside a character.
_TRANSPARENT = {"utf-8", "euc_jp", "euc_jis_2004", "euc_jisx0213", "euc_kr", "gb2312"}
# Second bytes of these reach from 0x40 up: `|` and `^` may be half a character, `,` `;` never.
_HALF_TRANSPARENT = {"cp932", "shift_jis", "shift_jis_2004", "shift_jisx0213", "gbk", "big5"}
_HALF_TRANSPARENT |= {"cp949", "cp950", "big5hkscs", "gb18030", "johab"}


@dataclass(frozen=True)
class Guess:
    """An encoding: Python's name, the bytes of its mark, how sure, and a few decoded characters.

    whole: every byte of the file is known to be of it. unlike: the first line that is UTF-8 in a
    file that is not, 0 for none.
    """

    encoding: str
    bom: bytes = b""
    certainty: str = CERTAIN
    sample: str = ""
    whole: bool = False
    unlike: int = 0


def name_encoding(name: str) -> str:
    """Return Python's name of an encoding that a user named; raises UsageError."""
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        found = None
    if found is None or not getattr(found, "_is_text_encoding", True):
        raise UsageError(
            f"there is no encoding named {name!r}",
            remedy="Name one such as utf-8, cp932 (Shift_JIS of Windows), euc_jp or cp1252.",
        )
    # Windows writes 髙 and ① into what it calls Shift_JIS; only CP932 reads them.
    return "cp932" if found.name in ("shift_jis", "cp932") else found.name


def detect(raw: bytes, lang: str = "en", utf8: bool | None = None) -> Guess:
    """Find the encoding of a text file. utf8: whether it is UTF-8, where that is known already.

    A byte-order mark decides; then UTF-16 by its NUL bytes, ISO-2022-JP by its escapes, strict
    UTF-8; what is left is guessed from the lines that hold a byte above 127, since one Japanese
    name among thousands of ASCII lines says more than all the others.
    """
    for bom, name in MARKS:
        if raw.startswith(bom):
            return Guess(name, bom, whole=name == "utf-8-sig" and _are_utf8(raw, utf8))
    wide = find_wide(raw)
    if wide:
        return Guess(wide, certainty=LIKELY)
    if raw.isascii():
        name = find_escapes(raw)
        if not name:
            return Guess("utf-8", whole=True)
        return Guess(name, certainty=GUESSED if name == "utf-7" else LIKELY)
    if _are_utf8(raw, utf8):
        return Guess("utf-8", whole=True)
    sample = foreign_lines(raw)
    if _mostly_utf8(sample):
        return Guess("utf-8", certainty=LIKELY)
    return _guess(raw, sample, lang)


def is_wide(head: bytes) -> bool:
    """Tell whether a file's first bytes are UTF-16 or UTF-32, whose bytes look like no text."""
    return head.startswith(tuple(bom for bom, _ in MARKS)) or bool(find_wide(head[:4096]))


def known(encoding: str, raw: bytes, utf8: bool | None = None) -> Guess:
    """Return a guess for an encoding that the user named, with the mark that the file has.

    utf8: whether the file is UTF-8, where that is known already.
    """
    name = name_encoding(encoding)
    whole = name.startswith("utf-8") and _are_utf8(raw, utf8)
    for bom, of_bom in MARKS:
        if raw.startswith(bom) and of_bom.split("-")[:2] == name.replace("_", "-").split("-")[:2]:
            return Guess(of_bom, bom, whole=whole)
    if name in ("utf-16", "utf-32"):  # without a mark: as Windows and most machines write it
        return Guess(f"{name}-le")
    return Guess("utf-8" if name == "utf-8-sig" else name, whole=whole)


def _are_utf8(raw: bytes, known: bool | None) -> bool:
    return is_utf8(raw) if known is None else known


def codec_of(encoding: str, delimiter: str) -> str:
    """Return the codec of the form that is worked on: the encoding itself, or UTF-8."""
    name = codecs.lookup("utf-8" if encoding == "utf-8-sig" else encoding).name
    if name in _TRANSPARENT or (name in _HALF_TRANSPARENT and delimiter < "@"):
        return name
    if name in _HALF_TRANSPARENT or name.startswith(("utf", "iso2022", "hz")):
        return "utf-8"
    return name if _is_single_byte(name) else "utf-8"


def to_plain(raw: bytes, encoding: str, bom: bytes, codec: str) -> bytes:
    """Return a file's bytes without its mark, in the codec that is worked on."""
    body = raw[len(bom) :] if bom else raw
    if codec_matches(encoding, codec):
        return body
    return body.decode(encoding, errors=errors_of(encoding)).encode("utf-8", errors="surrogatepass")


def from_plain(content: bytes | memoryview, encoding: str, codec: str) -> bytes | memoryview:
    """Return a content in the file's own encoding; the mark is not put before it."""
    if codec_matches(encoding, codec):
        return content
    text = bytes(content).decode("utf-8", errors="surrogatepass")
    return text.encode(encoding, errors_of(encoding))


def codec_matches(encoding: str, codec: str) -> bool:
    """Tell whether a file is worked on in its own bytes."""
    return codecs.lookup("utf-8" if encoding == "utf-8-sig" else encoding).name == codec


def decodes(raw: bytes, codec: str) -> bool:
    """Tell whether bytes are a text of an encoding; stretch by stretch, to spare memory."""
    step = WINDOW if codec_matches(codec, codec_of(codec, ",")) else len(raw) + 1
    start = 0
    try:
        while start < len(raw):
            stop = len(raw) if start + step >= len(raw) else raw.find(b"\n", start + step) + 1
            stop = stop or len(raw)
            raw[start:stop].decode(codec)
            start = stop
    except UnicodeError:
        return False
    return True


def is_utf8(raw: bytes) -> bool:
    """Tell whether bytes are UTF-8, as strictly as Python has it; other threads go on meanwhile."""
    ends = pa.py_buffer(np.array([0, len(raw)], dtype=np.int64))
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, ends, pa.py_buffer(raw)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def broken_lines(content: bytes, codec: str, starts: Places, ends: Places) -> Places:
    """Return the lines that hold bytes foreign to an encoding."""
    broken: list[int] = []
    if content.isascii():
        return np.empty(0, dtype=np.int64)
    for first, last in windows(starts, ends):
        if decodes(content[starts[first] : ends[last - 1]], codec):
            continue
        broken += [
            line
            for line in range(first, last)
            if not decodes(content[starts[line] : ends[line]], codec)
        ]
    return np.asarray(broken, dtype=np.int64)


def foreign_lines(raw: bytes, size: int = _SAMPLE) -> bytes:
    """Return the lines that hold a byte above 127, the first ones up to a size."""
    view = np.frombuffer(raw, dtype=np.uint8)
    lines: list[bytes] = []
    taken, place = 0, 0
    while place < len(raw) and taken < size:
        high = np.flatnonzero(view[place : place + _SAMPLE] > 127)
        if not len(high):
            place += _SAMPLE
            continue
        at = place + int(high[0])
        start = max(raw.rfind(b"\n", place, at), raw.rfind(b"\r", place, at), place - 1) + 1
        stop = raw.find(b"\n", at)
        stop = len(raw) if stop < 0 else stop
        stop = raw.find(b"\r", at, stop) if b"\r" in raw[at:stop] else stop
        lines.append(raw[start:stop])
        taken += stop - start
        place = stop + 1
    return b"\n".join(lines)


def _guess(raw: bytes, sample: bytes, lang: str) -> Guess:
    """Choose the likeliest of the encodings; lines that are broken in it may be few."""
    part = sample[: 1 << 16].rsplit(b"\n", 1)[0] or sample
    unlike = [line for line in part.split(b"\n") if _is_utf8(line, _THREE_BYTES)]
    own = b"\n".join(line for line in part.split(b"\n") if line not in unlike)
    ranked = weigh(own, lang)
    best = ranked[0][1]
    whole = decodes(raw, best)
    if not whole and _share_broken(own, best) > 0.1:
        return Guess("latin-1", b"", GUESSED, _excerpt(own, "latin-1"))
    if is_latin(best) and not unlike:
        unlike = [line for line in part.split(b"\n") if _is_utf8(line, _TWO_BYTES)]
    rivals = [weight for weight, name in ranked[1:] if not _same_text(own, name, best)]
    enough = _SURE_LATIN if is_latin(best) else _SURE
    sure = whole and not unlike and (not rivals or ranked[0][0] - rivals[0] >= enough)
    return Guess(
        encoding=best,
        certainty=LIKELY if sure else GUESSED,
        sample=_excerpt(own, best),
        whole=whole and not unlike,
        unlike=raw.count(b"\n", 0, raw.find(unlike[0])) + 1 if unlike else 0,
    )


def _is_utf8(line: bytes, sequence: re.Pattern[bytes]) -> bool:
    """Tell whether a line is UTF-8 and holds a character that is hardly ever anything else."""
    return sequence.search(line) is not None and decodes(line, "utf-8")


def _same_text(sample: bytes, one: str, other: str) -> bool:
    """Tell whether a sample is the same text in two encodings."""
    return sample.decode(one, "replace") == sample.decode(other, "replace")


def _share_broken(sample: bytes, codec: str) -> float:
    lines = sample.split(b"\n")
    return sum(not decodes(line, codec) for line in lines) / len(lines)


def _mostly_utf8(sample: bytes) -> bool:
    """Tell whether a file is UTF-8 but for lines that came from elsewhere.

    No other text reads as UTF-8 by chance for half of its lines.
    """
    return _share_broken(sample, "utf-8") <= 0.5


def _excerpt(sample: bytes, codec: str) -> str:
    """Return a few characters that show whether a guess is right; never an address."""
    text = sample[:20000].decode(codec, errors="replace")
    for word in re.split(r"[\s,;|\"]+", text):
        if not word.isascii() and "@" not in word:
            return word[:20]
    return ""


def _is_single_byte(name: str) -> bool:
    """Tell whether an encoding has one byte a character and ASCII where ASCII is."""
    ascii_bytes = bytes(range(128))
    try:
        same = ascii_bytes.decode(name) == ascii_bytes.decode("ascii")
        every = bytes(range(128, 256)).decode(name, errors="replace")
    except (UnicodeError, LookupError):
        return False
    return same and len(every) == 128


def refuse_undecodable(raw: bytes, encoding: str, path: str) -> UnreadableList:
    """Make the error for a file that is not in the encoding it should be in."""
    try:
        raw.decode(encoding, errors=errors_of(encoding))
        line = 1
    except UnicodeError as error:
        line = raw.count(b"\n", 0, getattr(error, "start", 0)) + 1
    return UnreadableList(
        f"the bytes are not {encoding.upper()}",
        file=path,
        place=f"line {line}",
        remedy="Name the file's encoding with --encoding, or save it as UTF-8.",
    )
