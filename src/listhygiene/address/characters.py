"""Characters that stand in, around or for an address: spaces, quotes, full-width forms."""

from __future__ import annotations

import re
import unicodedata

AT = "@＠﹫"
"""At-signs: the one that counts, the full-width and the small one."""

SPACE = "\t\n\v\f\r\x1c-\x1f \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space of every kind, for use inside [...] of a pattern."""

FORMATTING = (
    "\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a\u202c\u202d\u2060-\u2064\u2066\u2068-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef"
)
"""Zero-width characters, direction marks that turn nothing round, variation selectors."""

INVISIBLE = f"\\x00-\\x08\\x0e-\\x19\\x1b\\x7f{FORMATTING}"
"""What nobody sees at the ends of a text: the above and the controls of ASCII.

Not SUB (U+001A), which converters write for what they cannot encode, nor U+0080 to U+009F, which
are letters and quotation marks read in a wrong encoding: 0x81 is the u-umlaut of code page 437,
0x92 the apostrophe and 0x85 the ellipsis of Windows-1252. Something visible stood there."""

TURNING = "\u202b\u202e\u2067"
"""Characters after which Latin text may read in another order than it is stored."""

DOUBLE_QUOTES = '"“”„‟＂«»「」『』｢｣'
SINGLE_QUOTES = "'‘’‚‛＇`´"
BRACKETS = dict(zip("(（[［【〔〈《「『｢«", ")）]］】〕〉》」』｣»", strict=True))

COMMAS = ",，、､﹐"
SEMICOLONS = ";；﹔"
DOTS = ".．。｡﹒"

_LEADING = re.compile(f"\\A[{SPACE}{INVISIBLE}]+")
_TRAILING = re.compile(f"[{SPACE}{INVISIBLE}]+\\Z")
_FORMATTING = re.compile(f"[{FORMATTING}]")
_SIGN = re.compile(f"[{AT}]")

_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_WIDTH.update(
    (code, unicodedata.normalize("NFKC", chr(code)))
    for code in range(0xFE50, 0xFE6C)
    if len(unicodedata.normalize("NFKC", chr(code))) == 1 and chr(code) != "﹑"
)
_FULL_STOPS = str.maketrans("。｡", "..")


_NAMES = {
    " ": "space",
    "\t": "tab",
    "\n": "line-break",
    "\r": "line-break",
    "\xa0": "no-break-space",
    "\u3000": "ideographic-space",
}

_WRITTEN_AT = re.compile(
    r"(?i)[(\[{（［<＜]\s*(?:at|アット|アットマーク)\s*[)\]}）］>＞]|%40|&#0*64;|&#x0*40;|&commat;"
)


def trim(text: str) -> str:
    """Take white space and invisible characters off both ends."""
    if text.isascii() and text.isprintable():
        return text.strip(" ")
    return _TRAILING.sub("", _LEADING.sub("", text))


def without_formatting(text: str) -> str:
    """Take out all characters that never were anything to be seen; a control may stand for one."""
    if text.isascii():
        return text
    return _FORMATTING.sub("", text)


def count_at(text: str) -> int:
    """Count the at-signs of every width."""
    return text.count("@") if text.isascii() else sum(text.count(sign) for sign in AT)


def holds_address(text: str) -> bool:
    """Say whether a text may hold an address: an at-sign, also one in words or in code."""
    return count_at(text) > 0 or bool(_WRITTEN_AT.search(text))


def split_at(text: str) -> tuple[str, str]:
    """Split a text at its only at-sign."""
    local, domain = _SIGN.split(text, maxsplit=1)
    return local, domain


def narrow(text: str) -> str:
    """Fold full-width and small forms to ASCII; behind the at-sign also the ideographic full stop.

    IDNA takes the ideographic full stop of a domain for a dot (UTS 46 section 4, RFC 5895 2.3);
    before the at-sign it may be a letter of the local part, and stays.
    """
    if text.isascii():
        return text
    folded = text.translate(_WIDTH)
    local, sign, domain = folded.partition("@")
    return f"{local}{sign}{domain.translate(_FULL_STOPS)}"


def is_sign(character: str) -> bool:
    """Say whether a character is punctuation, a symbol, a separator or a control."""
    return unicodedata.category(character)[0] in "PSZC"


def name_of(character: str) -> str:
    """Name a character for a detail: itself if it can be seen, else its code point."""
    if character in _NAMES:
        return _NAMES[character]
    if character.isspace() or not character.isprintable():
        return f"U+{ord(character):04X}"
    return character
