"""Texts in spreadsheet XML: entities, and the `_xHHHH_` escapes of what XML cannot carry."""

from __future__ import annotations

import re

_ENTITY = re.compile(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]{2,4}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What XML 1.0 cannot carry (section 2.2), and the carriage return, which a parser would turn into
# a line feed (2.11).
_CONTROLS = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
_FORBIDDEN = re.compile(f"[{_CONTROLS}]")
# The escape of a control character begins with an underscore too, so it may end a literal one.
_LITERAL = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}[_{_CONTROLS}])")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKUP_CHARS = re.compile("[&<>]")
_NON_ASCII = re.compile("[^\x00-\x7f]")


def decode_entities(text: str) -> str:
    """Resolve the entities of XML and its line ends (XML 1.0, 4.6 and 2.11)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_entity, text) if "&" in text else text


def decode(text: str) -> str:
    """Return what a person sees of an escaped text: entities, then `_x000D_` and its like.

    ST_Xstring (ECMA-376 part 1, 22.9.2.19): `_xHHHH_` is a UTF-16 unit, `_x005F_` the underscore
    that keeps a literal `_x000D_` from being read as one. A pair of surrogates is one character.
    """
    text = decode_entities(text)
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= char <= "\udfff" for char in found):
        return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return found


def encode(text: str, *, ascii_only: bool = False) -> str:
    """Return a text as it stands in a `<t>`; `decode` gives it back unchanged.

    ascii_only: write what is not ASCII as character references (for parts in an old encoding).
    Lone surrogates become U+FFFD when read again: no spreadsheet can hold them.
    """
    if "_x" in text:
        text = _LITERAL.sub("_x005F_", text)
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    if _MARKUP_CHARS.search(text):
        text = _MARKUP_CHARS.sub(lambda match: _MARKUP[match[0]], text)
    if ascii_only and not text.isascii():
        text = _NON_ASCII.sub(lambda match: f"&#{ord(match[0])};", text)
    return text


def encode_attribute(text: str, *, ascii_only: bool = False) -> str:
    """Return a text for a double-quoted attribute of type ST_Xstring (a table column's name)."""
    text = encode(text, ascii_only=ascii_only).replace('"', "&quot;")
    return text.replace("\n", "_x000a_").replace("\t", "_x0009_")


def _entity(match: re.Match[str]) -> str:
    if match[3]:
        return _NAMED.get(match[3], match[0])
    number = int(match[1]) if match[1] else int(match[2], 16)
    return chr(number) if 0 < number < 0x110000 else "\ufffd"
