"""Characters of an address written in the code of a web page or a link (T209)."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from ..model.rule import Grade
from .characters import count_at, trim
from .repair import Repair, reads

_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")


def decode(text: str) -> list[Repair]:
    """Read HTML character references and percent-encoding.

    Safe where the text as it stands is no address and its decoded form holds one at-sign: a
    semicolon or a missing at-sign leaves no other reading. A percent sign in an address is legal:
    proposed.
    """
    found = _decode_references(text)
    return found if found else _decode_percent(text)


def _decode_references(text: str) -> list[Repair]:
    after = _REFERENCE.sub(_printable_character, text)
    if after == text or reads(text) or count_at(after) != 1:
        return []
    grade = Grade.PROPOSED if _REFERENCE.search(after) else Grade.SAFE
    if grade is Grade.PROPOSED and not reads(after):
        return []
    return [Repair(grade, after, "decoded from HTML")]


def _decode_percent(text: str) -> list[Repair]:
    if not _PERCENT.search(text):
        return []
    try:
        after = trim(unquote(text, errors="strict"))
    except UnicodeDecodeError:
        return []
    if after == text or not after.isprintable() or count_at(after) != 1 or not reads(after):
        return []
    certain = count_at(text) == 0 and not _PERCENT.search(after)
    grade = Grade.SAFE if certain else Grade.PROPOSED
    return [Repair(grade, after, "decoded from a link")]


def _printable_character(found: re.Match[str]) -> str:
    """Decode a reference to printable ASCII or a space; any other stays as it is."""
    character = html.unescape(found[0])
    if character == "\xa0":
        return " "
    return (
        character
        if len(character) == 1 and character.isascii() and character.isprintable()
        else found[0]
    )
