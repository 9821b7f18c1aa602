"""What people and programs put around an address: `Ann <ann@x>`, `mailto:`, a comment, a label."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from ..data.remarks import speaks_against
from ..model.rule import Grade
from .characters import (
    AT,
    COMMAS,
    DOTS,
    DOUBLE_QUOTES,
    SEMICOLONS,
    SINGLE_QUOTES,
    SPACE,
    count_at,
    holds_address,
    narrow,
    split_at,
    trim,
)
from .plain import CORE
from .repair import Repair, Told, is_complete, reads

_MAIL_LINK = re.compile(r"(?is)mailto\s*[:：]\s*(?://)?([^?]*)(\?.*)?\Z")
_FORMULA = re.compile(r'=[ ]*"([^"]*)"\Z')
_BRACKETS = re.compile(r"(?s)([^<>＜＞]*)[<＜]([^<>＜＞]*)[>＞]([^<>＜＞]*)\Z")
_OPEN = re.compile(r"(?s)([^<>＜＞]*)[<＜]([^<>＜＞]+)\Z")
_NOTE = r"[(（]([^()（）]*)[)）]"
_NOTE_BEHIND = re.compile(rf"(?s)([^()（）]*[^()（）{SPACE}])([{SPACE}]*){_NOTE}\Z")
_NOTE_BEFORE = re.compile(rf"(?s){_NOTE}([{SPACE}]*)([^()（）]+)\Z")
_LABEL = re.compile(r"(?s)[^@＠﹫:：<>＜＞\"()（）]{1,40}[:：](?!//)(.+)\Z")
_GAP = rf"{SPACE}\x85"
CANDIDATES = (
    r"[<＜(（:：]"
    rf"|\A[{_GAP}]*= *\""
    rf"|[^\x00-\x7f](?s:.)*[{_GAP}]|[{_GAP}](?s:.)*[^\x00-\x7f]"
    rf"|[^{_GAP}][{_GAP}]+[^{_GAP}]+[{_GAP}]+[^{_GAP}]*@"
)
"""Every text that `unwrap` has something to say of matches this (RE2): besides the signs of the
forms, words around the address, of which two stand before it or one is not ASCII."""
UNBRACKETED = "name and angle brackets taken off"
AGAINST = "the remark beside the address speaks against mailing it"
_ENDS = f"{COMMAS}{SEMICOLONS}{DOTS}"
_CLOSINGS = f"{_ENDS}{DOUBLE_QUOTES}{SINGLE_QUOTES}"


def unwrap(text: str) -> list[Repair]:
    """Find the one address that a text wraps (T201); nothing where there are several.

    Safe where the wrapping is a form that mail programs write and read: `mailto:` (RFC 6068),
    name and angle brackets (RFC 5322 3.4), a comment beside the address (RFC 5322 3.2.2), the
    formula `="text"`, by which exports keep a spreadsheet from reading a text as a number. Where
    the comment speaks against mailing, taking it off would hide that: proposed. Where an end is
    missing the text may be cut off, and a bare name or a label is no form at all: proposed.
    """
    bare = trim(text)
    for form in (_mail_link, _formula, _bracketed, _opened, _noted, _labelled, _named):
        found = form(bare)
        if found is not None:
            return [found] if found.after != text else []
    return []


_PLAINLY = rf"\A[\p{{L}}\p{{M}} .,\-'\"]*<(?P<inner>{CORE})>\z"
"""A name that is nothing but letters, and a plain address in angle brackets."""


def unwrap_plainly(texts: pa.Array) -> Told:
    """Say of many texts what `unwrap` makes of them, where a name stands before a plain address in
    angle brackets, and nothing else."""
    inner = pc.struct_field(pc.extract_regex(texts, _PLAINLY), "inner")
    known = pc.is_valid(inner)
    return Told.alike(known, inner.filter(known), UNBRACKETED, Grade.SAFE)


def _mail_link(text: str) -> Repair | None:
    link = _MAIL_LINK.match(text)
    if not link:
        return None
    address, query = trim(link[1]), link[2] or ""
    if not _decodes(address) or (not address and query):
        return Repair(Grade.REFUSED, None, "the link cannot be read")
    decoded = unquote(address, errors="strict")
    if count_at(decoded) != 1:
        return None
    # A query can name further recipients (RFC 6068 section 2: to, cc, bcc).
    more = holds_address(unquote(query))
    return Repair(Grade.PROPOSED if more else Grade.SAFE, decoded, "mailto: taken off")


def _formula(text: str) -> Repair | None:
    found = _FORMULA.match(text)
    if not found or count_at(found[1]) != 1 or not _has_parts(found[1]):
        return None
    return Repair(Grade.SAFE, trim(found[1]), "formula around the text taken off")


def _decodes(address: str) -> bool:
    try:
        return unquote(address, errors="strict").isprintable()
    except UnicodeDecodeError:
        return False


def _bracketed(text: str) -> Repair | None:
    parts = _BRACKETS.match(text)
    if not parts:
        return None
    name, inner, tail = trim(parts[1]), trim(parts[2]), trim(parts[3]).strip(_CLOSINGS)
    if _MAIL_LINK.match(inner):
        link = _mail_link(inner)
        if link is None or link.grade is not Grade.SAFE or link.after is None:
            return link
        inner = trim(link.after)
    if holds_address(tail) or not _has_parts(inner if count_at(inner) else name):
        return None
    if count_at(inner) == 0:
        return _proposed(name, "text in angle brackets taken off")
    if holds_address(name) and _key(name.strip(f"{DOUBLE_QUOTES}{SINGLE_QUOTES}")) != _key(inner):
        return None
    if tail and not re.fullmatch(_NOTE, tail):
        return _proposed(inner, "address taken out of its brackets")
    if _speaks_against(name, parts[3]):
        return Repair(Grade.PROPOSED, narrow(inner), AGAINST)
    return Repair(Grade.SAFE, inner, UNBRACKETED)


def _speaks_against(name: str, tail: str) -> bool:
    """Tell whether a remark within or behind a name speaks against mailing; a name itself may be
    such a word (Mr Moved), and then stands outside brackets."""
    return any(map(speaks_against, re.findall(_NOTE, name) + re.findall(_NOTE, tail)))


def _opened(text: str) -> Repair | None:
    parts = _OPEN.match(text)
    if not parts or holds_address(parts[1]):
        return None
    return _proposed(parts[2], "a bracket is not closed; the text may be cut off")


def _noted(text: str) -> Repair | None:
    """Take a comment off. Beside a space it can be nothing else; glued on it might be a part."""
    behind, before = _NOTE_BEHIND.match(text), _NOTE_BEFORE.match(text)
    if behind:
        rest, gap, note = behind[1], behind[2], behind[3]
    elif before:
        rest, gap, note = before[3], before[2], before[1]
    else:
        return None
    if holds_address(note) or count_at(rest) != 1 or not _has_parts(rest):
        return None
    if speaks_against(note):
        return Repair(Grade.PROPOSED, narrow(rest), AGAINST)
    apart = bool(gap) or (behind is not None and not note.isascii())
    return Repair(Grade.SAFE if apart else Grade.PROPOSED, rest, "comment taken off")


def _labelled(text: str) -> Repair | None:
    parts = _LABEL.match(text)
    return _proposed(parts[1].rstrip(_ENDS), "label taken off") if parts else None


def _named(text: str) -> Repair | None:
    """Find an address among words that can only be a name: before it, or behind it in Japanese."""
    words = text.split()
    places = [place for place, word in enumerate(words) if count_at(word)]
    if len(words) < 2 or len(places) != 1:
        return None
    before, behind = words[: places[0]], words[places[0] + 1 :]
    named = len(before) > 1 or any(not word.isascii() for word in before)
    if (before and not named) or any(word.isascii() for word in behind):
        return None
    word = words[places[0]].strip(_ENDS)
    if not narrow(word).isascii() or not is_complete(word):
        return None
    return _proposed(word, "words beside the address taken off")


def _proposed(text: str, detail: str) -> Repair | None:
    bare = trim(text)
    if count_at(bare) == 1 and reads(bare):
        return Repair(Grade.PROPOSED, narrow(bare), detail)
    return None


def _has_parts(text: str) -> bool:
    if count_at(text) != 1:
        return False
    local, domain = split_at(text)
    return bool(trim(local)) and bool(trim(domain))


def _key(text: str) -> str:
    """Return what two spellings of one address share: all but the case of the domain."""
    if count_at(text) != 1:
        return ""
    local, domain = split_at(narrow(trim(text)))
    return f"{local}{AT[0]}{domain.lower()}"
