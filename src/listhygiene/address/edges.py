"""What clings to the ends of an address: spaces, quotes, commas, what nobody sees (T202)."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from ..model.rule import Grade
from .characters import (
    AT,
    BRACKETS,
    COMMAS,
    DOTS,
    DOUBLE_QUOTES,
    FORMATTING,
    INVISIBLE,
    SEMICOLONS,
    SINGLE_QUOTES,
    SPACE,
    TURNING,
    count_at,
    is_sign,
    name_of,
    narrow,
    split_at,
    trim,
    without_formatting,
)
from .plain import CORE
from .repair import Repair, Told, reads, spans
from .suffix import is_registrable
from .syntax import judge_one

TAKEN_OFF = "outer characters taken off"

_SIGNS = re.escape("".join((DOUBLE_QUOTES, SINGLE_QUOTES, *BRACKETS, *BRACKETS.values())))
_CLINGING = re.compile(
    rf"\A[{_SIGNS}{SPACE}{INVISIBLE}{COMMAS}{SEMICOLONS}{DOTS}]+"
    rf"|[{_SIGNS}{SPACE}{INVISIBLE}{COMMAS}{SEMICOLONS}{DOTS}]+\Z"
)
_FORMATTING = re.compile(f"[{FORMATTING}]+")
_SEPARATORS = f"{COMMAS}{SEMICOLONS}"
_CUT_OFF = re.compile(r"(?:…|‥|[.．。｡]{2,})\Z")
_LOST = re.compile("[\x1a\x80-\x9f]")
"""See `INVISIBLE`: what stands for a character that a wrong encoding lost."""
_REFERENCE_END = re.compile(r"&#?[A-Za-z0-9]+;\Z")
_COUNTRY_MAY_LACK = re.compile(r"(?i)[.．。｡](?:co|ne|or|ac|ad|ed|go|gr|lg)\Z")
"""Second-level names under .jp and .uk: a dot or comma behind them may have led to the country."""

_AROUND_AT = re.compile(rf"[{SPACE}]*([{AT}])[{SPACE}]*")
_SPACED_DOT = re.compile(rf"[{SPACE}]+[{DOTS}][{SPACE}]*|[{DOTS}][{SPACE}]+")
_ILLEGAL_BEFORE = '"“”„«»「」『』()（）[]［］>＞:：;；,\\'
"""An angle bracket that is not closed is T201's."""
_CLOSING = "".join({*DOUBLE_QUOTES, *BRACKETS.values()} - {'"'})
_FRAMES = {sign: sign for sign in "*_|/~#=-"} | {"{": "}"}
"""Signs that are legal in a local part, and that people put at both ends to set something off."""


def strip_edges(text: str) -> list[Repair]:
    """Find what is to be taken off the ends of a text that holds one at-sign (T202).

    Safe: white space and invisible characters, paired quotes and brackets, commas and semicolons,
    one final dot (RFC 1034 3.1 writes absolute names so), white space around the at-sign and the
    domain's dots (RFC 5322 3.4.1 allows it there). Where only one of a pair is there the text may
    be cut off or the sign belong to the local part: proposed.
    """
    if count_at(text) != 1 or not all(_CLINGING.sub("", part) for part in split_at(text)):
        return []
    clean = _take_off(text)
    if clean != text:
        return [Repair(Grade.SAFE, clean, TAKEN_OFF)]
    return _propose(text)


def _take_off(text: str) -> str:
    """Take off all that can only be noise, layer by layer."""
    before = ""
    while text != before:
        before = text
        text = trim(text)
        text = _without_inner_invisible(text)
        text = _unpair(text)
        text = text.lstrip(_SEPARATORS)
        text = _without_end(text)
        text = _join(text)
    return text


def _without_inner_invisible(text: str) -> str:
    """Take invisible characters out of Latin text; elsewhere they can carry meaning (ZWNJ, VS).

    A zero-width space divides words: what follows a whole address is no part of its domain.
    """
    seen = without_formatting(text)
    if seen == text or not narrow(seen).isascii() or count_at(seen) != 1:
        return seen if narrow(seen).isascii() else text
    _, domain = split_at(text)
    pieces = [narrow(one) for one in _FORMATTING.split(domain) if one]
    whole, left = f"a@{''.join(pieces)}", ""
    for piece in pieces[:-1]:
        left += piece
        if _is_registrable(f"a@{left}") and not (reads(whole) and spans(whole, len(left))):
            return text
    return seen


def _unpair(text: str) -> str:
    """Take paired quotes and brackets off, if none of their kind is left in what they enclose."""
    core = _CLINGING.sub("", text)
    for kind in (DOUBLE_QUOTES, SINGLE_QUOTES):
        signs = _run(text, kind)
        if signs != _run(text[::-1], kind) or not signs or not core:
            continue
        if not any(sign in core for sign in kind) or _is_name(core, kind):
            text = text[signs:-signs]
    if len(text) > 2 and BRACKETS.get(text[0]) == text[-1]:
        inner = text[1:-1]
        if text[0] not in inner and text[-1] not in inner:
            text = inner
    return text


def _is_name(core: str, kind: str) -> bool:
    return kind is SINGLE_QUOTES and reads(core)  # o'brien@


def _run(text: str, signs: str) -> int:
    """Count the signs of a kind at the start of a text."""
    return len(text) - len(text.lstrip(signs))


def _without_end(text: str) -> str:
    """Take final commas, semicolons and one dot off, unless they may stand for what is missing."""
    bare = text if _REFERENCE_END.search(text) else text.rstrip(SEMICOLONS)
    if _CUT_OFF.search(bare):
        return text
    shorter = bare.rstrip(COMMAS)
    if shorter[-1:] in DOTS and shorter:
        shorter = shorter[:-1]
    if shorter != bare and (_COUNTRY_MAY_LACK.search(shorter) or shorter[-1:] in DOTS):
        return bare
    return shorter


def _join(text: str) -> str:
    """Close up the white space around the at-sign and the domain's dots, if that is all."""
    joined = _AROUND_AT.sub(r"\1", text)
    local, domain = split_at(joined)
    found = _SPACED_DOT.search(domain)
    place = 0
    while found:
        place = found.start()
        left = narrow(f"a@{domain[:place]}")
        domain = f"{domain[:place]}.{domain[found.end() :]}"
        whole = narrow(f"a@{domain}")
        # `x.com. Thanks` is a sentence, `x.co. jp` a domain: what meets inside a public suffix
        # belongs together.
        if _is_registrable(left) and not (reads(whole) and spans(whole, place)):
            return text
        found = _SPACED_DOT.search(domain)
    joined = f"{local}{joined[len(local)]}{domain}"
    return joined if joined != text and reads(joined) else text


def _is_registrable(text: str) -> bool:
    found = judge_one(text)
    return found.syntax != "refused" and is_registrable(found.ascii_domain)


def _propose(text: str) -> list[Repair]:
    """Find the ends that are likely noise, but not certainly."""
    if any(sign in text for sign in TURNING):
        return [Repair(Grade.REFUSED, None, "the direction of writing is turned round inside")]
    if _LOST.search(text):
        return [Repair(Grade.REFUSED, None, "a character was read in a wrong encoding")]
    end = re.search(rf"[^{AT}]*\Z", text)
    bare = text
    while bare and is_sign(bare[-1]) and bare[-1] not in AT:
        bare = bare[:-1]
    if end and _CUT_OFF.search(text):
        return [Repair(Grade.REFUSED, None, "the text looks cut off")]
    for inner in _without_start(bare, text[len(bare) :]):
        if inner != text and reads(inner) and count_at(inner) == 1:
            signs = " ".join(name_of(sign) for sign in _signs(text, inner))
            return [Repair(Grade.PROPOSED, narrow(inner), f"{signs} at an end, perhaps not a part")]
    return []


def _without_start(text: str, end: str) -> list[str]:
    """Return the reading of a text without the signs at its start.

    end: what was taken off its end; a sign that is legal in a local part goes only with its mate.
    """
    local, domain = split_at(text)
    sign = text[len(local)] if len(local) < len(text) else ""
    if len(local) > 2 and local[0] in SINGLE_QUOTES:
        inner = local.lstrip(SINGLE_QUOTES)
        inner = inner[:-1] if inner[-1:] in SINGLE_QUOTES else inner
        return [f"{inner}{sign}{domain}"]
    bare = local.lstrip(_ILLEGAL_BEFORE)
    paired = "".join(sign for sign, mate in _FRAMES.items() if mate in end)
    paired += SINGLE_QUOTES if any(one in SINGLE_QUOTES for one in end) else " "
    bare = bare.lstrip(paired)
    while bare and not bare[0].isascii() and is_sign(bare[0]):
        bare = trim(bare[1:])
    if bare != local:
        bare = bare.rstrip(_CLOSING)
    return [f"{bare}{sign}{domain}"] if bare else []


def _signs(text: str, inner: str) -> list[str]:
    """Return the distinct signs around a part of a text."""
    before, _, behind = text.partition(inner)
    return sorted(set(before + behind) - {" "}) or [" "]


_NOISE = r"[ \t\r\n\x{3000}]*"
_PLAINLY = (
    rf"\A{_NOISE}(?:[,;]?{_NOISE}(?P<bare>{CORE}){_NOISE}[,;]?"
    rf"|\"{_NOISE}[,;]?{_NOISE}(?P<quoted>{CORE}){_NOISE}[,;]?{_NOISE}\"){_NOISE}\z"
)


def strip_plainly(texts: pa.Array) -> Told:
    """Say of many texts what `strip_edges` makes of them, where spaces, a separator or a pair of
    quotes is all that clings to a plain address."""
    parts = pc.extract_regex(texts, _PLAINLY)
    bare, quoted = pc.struct_field(parts, "bare"), pc.struct_field(parts, "quoted")
    inner = pc.if_else(pc.equal(bare, ""), quoted, bare)
    lacking = pc.match_substring_regex(inner, _COUNTRY_MAY_LACK.pattern.lower())
    sure = pc.fill_null(pc.invert(lacking), False)
    return Told.alike(sure, inner.filter(sure), TAKEN_OFF, Grade.SAFE)


_ODD = rf"[{INVISIBLE}{TURNING}\x1a\x80-\x9f]"
_APART = rf"[{SPACE}][{AT}{DOTS}]|[{AT}{DOTS}][{SPACE}]"
CANDIDATES = rf"{_ODD}|{_APART}|\A[^A-Za-z0-9]|[^A-Za-z0-9]\z"
"""Every text that `strip_edges` has something to say of matches this (RE2)."""
