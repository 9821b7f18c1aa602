"""Patterns that find words with their accents and without, as mail systems of ASCII write them."""

from __future__ import annotations

import re
import unicodedata

_SPELLED = {"ä": "ae?", "ö": "oe?", "ü": "ue?", "ø": "oe?", "å": "aa?", "ß": "ss", "æ": "ae"}
_PLAIN = {"ł": "l", "ı": "i", "đ": "d", "ø": "o", "ß": "s", "æ": "a"}
_LETTER = re.compile(r"\[[^\]\n]*\]|[\u00df-\u017f]")


def spelled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern that finds "é" as "e" too, "ü" as "u" and "ue"; letters of Latin only."""
    return re.compile(with_plain(pattern))


def with_plain(pattern: str) -> str:
    """Return the text of a pattern that finds each accented letter as a plain one too."""
    return _LETTER.sub(lambda match: _either(match[0]), pattern)


def _either(found: str) -> str:
    if found.startswith("["):
        return found[:-1] + "".join(dict.fromkeys(map(_plain, found[1:-1].lower()))) + "]"
    return f"(?:{found}|{_SPELLED.get(found) or _plain(found)})"


def _plain(letter: str) -> str:
    """Return the letter of ASCII that a letter is written with; '' where it is no accented one."""
    if letter.isascii():
        return ""
    base = _PLAIN.get(letter) or unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() and base.isalpha() else ""
