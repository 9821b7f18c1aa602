"""Is a text an e-mail address, and which? The judgement of email-validator, at Arrow's speed."""

from __future__ import annotations

import functools
import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cores import abreast
from ..texts import from_arrow as from_arrow
from ..texts import to_arrow as to_arrow
from . import library
from .library import Domain, Judgement, refuse

CATEGORIES = ("ok", "smtputf8", "legacy", "refused")
SYNTAX = pd.CategoricalDtype(list(CATEGORIES))

ATEXT = r"A-Za-z0-9_!#$%&'*+\-/=?^`{|}~"
"""RFC 5322 3.2.3, as the library has it."""

_LABEL = r"[A-Za-z0-9](?:-?[A-Za-z0-9])*"
"""Letters, digits, single hyphens inside: neither Punycode nor a reserved LDH label can match."""

FAST = rf"\A[{ATEXT}]+(?:\.[{ATEXT}]+)*@(?:{_LABEL}\.)+(?:[A-Za-z0-9]-?)*[A-Za-z]\z"
"""What the library accepts whatever it looks at, if the whole has at most 64 octets (RE2)."""

FAST_OCTETS = 64
"""No limit of length (label 63, local part 64, domain 253, address 254) can bite up to here."""

ROLE = r"(?i)\A(?:" + "|".join(sorted(library.roles())) + r")@"
"""Addresses whose local part is case-insensitive (RFC 2142)."""

_FAST = re.compile(FAST.replace(r"\z", r"\Z"))

_PLAIN_DOMAIN = re.compile(
    rf"(?:(?={_LABEL}\.)[A-Za-z0-9-]{{1,63}}\.)+(?=(?:[A-Za-z0-9]-?)*[A-Za-z]\Z)[A-Za-z0-9-]{{1,63}}\Z"
)
"""The domains of the fast path, with their labels' limit of length."""

_LONE_LABEL = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,30}\Z")
"""A domain without a dot, of at most 61 octets."""

_DOT_ATOM = re.compile(rf"[{ATEXT}]+(?:\.[{ATEXT}]+)*\Z")
_NO_LOCAL = re.compile(rf"[^{ATEXT}.]")
_NO_DOMAIN = re.compile(r"[^A-Za-z0-9.-]")
_DOTTED = re.compile(rf"[{ATEXT}.]{{1,64}}\Z")

LEGACY_DOMAIN = re.compile(r"(?:docomo\.ne\.jp|(?:[a-z0-9-]+\.)?ezweb\.ne\.jp|au\.com)\Z")
"""Carriers that gave out local parts with `..` or a dot at an end until 2009
(docomo.ne.jp/service/docomo_mail/rfc_add/; au likewise)."""


def judge(texts: pd.Series) -> pd.DataFrame:
    """Judge distinct texts exactly as `validate_email(text, check_deliverability=False,
    strict=True)` does, but for two classes.

    Special-use names (rule D414) are not refused, and the historic local parts of docomo and au
    (rule A302) are "legacy". Result: index of `texts`; TEXT columns address (the normal form, or
    the text itself where refused), local, domain_text (as the normal form carries it),
    ascii_domain (IDNA, lower case), error (the library's reason); category column syntax ("ok",
    "smtputf8", "legacy", "refused"). Of a refused text, local and the domains are ''.
    """
    whole = pc.fill_null(to_arrow(texts), "")
    starts = range(0, max(1, len(whole)), PART)
    parts = abreast(lambda start: _judge_part(whole.slice(start, PART)), starts)
    # Column by column, so that the parts are gone as fast as the whole grows.
    columns = {name: pa.concat_arrays([one.pop(name) for one in parts]) for name in [*parts[0]]}
    return _frame(columns, texts.index)


PART = 1 << 17
"""So many texts are judged at a time: what is made on the way stays small."""


def _judge_part(found: pa.Array) -> dict[str, pa.Array]:
    fast = pc.and_(
        pc.match_substring_regex(found, FAST),
        pc.less_equal(pc.binary_length(found), FAST_OCTETS),
    )
    if not library.is_as_tested():
        fast = pa.array(np.zeros(len(found), dtype=bool))
    columns = _read_plain(found, fast)
    columns["syntax"] = pc.if_else(fast, 0, 3).cast(pa.int8())
    rest = pc.invert(fast)
    if pc.any(rest).as_py():
        _fill(columns, rest, _judge_rest(found.filter(rest)))
    return columns


def judge_one(text: str) -> Judgement:
    """Judge one text as `judge` does; several rules ask of the same text."""
    return _judge_one(text) if len(text) <= 254 else _judge_one.__wrapped__(text)


@functools.lru_cache(maxsize=1 << 16)
def _judge_one(text: str) -> Judgement:
    local, at, domain = text.partition("@")
    if len(text) <= FAST_OCTETS and _FAST.match(text) and library.is_as_tested():
        if local.lower() in library.roles():
            local = local.lower()  # RFC 2142: these are case-insensitive
        domain = domain.lower()
        return Judgement(f"{local}@{domain}", local, domain, domain, "ok", "")
    reason = _plain_reason(local, at) if text.isascii() else ""
    if reason:
        return refuse(text, reason)
    # The library's way for every other text is to read it character by character. Where a dot-atom
    # stands before the first at-sign and nothing can combine with that, its parts decide alone.
    alone = at and domain[:1].isascii() and domain[:1] not in ("", "[") and len(text) <= 254
    if not (alone and len(local) <= 64 and _DOT_ATOM.match(local) and library.is_as_tested()):
        return _judge_odd(text)
    known = _judge_domain(domain)
    if known.error:
        return refuse(text, known.error)
    # The length of the address is counted in octets of three forms (RFC 5321 4.5.3.1.3); as far
    # as it might matter, the library counts.
    if 4 * (len(local) + 1 + max(len(domain), len(known.text), len(known.ascii))) > 254:
        return library.ask(text)
    if local.lower() in library.roles():
        local = local.lower()
    return Judgement(f"{local}@{known.text}", local, known.text, known.ascii, "ok", "")


@functools.lru_cache(maxsize=1 << 15)
def _judge_domain(domain: str) -> Domain:
    if len(domain) <= 253 and _PLAIN_DOMAIN.match(domain):
        return Domain(domain.lower(), domain.lower(), "")
    if _LONE_LABEL.match(domain):
        return library.ask_domain("a")  # refused with the same words, whichever it is
    signs = {*_NO_DOMAIN.findall(domain)} if len(domain) <= 253 and domain.isascii() else set()
    if signs:
        return _refused_domain("".join(sorted(signs)))
    return library.ask_domain(domain)


def _plain_reason(local: str, at: str) -> str:
    """Say why the library refuses an ASCII text that begins so, where that is plain to see, or ''.

    Without an at-sign it is always the same; signs that are forbidden in a local part it names, and
    looks at nothing else. Within quotes, and behind a `<`, it reads on.
    """
    if "<" in local or len(local) > 64 or not library.is_as_tested():
        return ""
    if not at:
        return _reason_without()
    signs = {*_NO_LOCAL.findall(local)}
    return _reason_before("".join(sorted(signs))) if signs and '"' not in signs else ""


@functools.cache
def _reason_without() -> str:
    """Return the library's words for a text without an at-sign."""
    return library.ask("a").error


@functools.lru_cache(maxsize=1 << 10)
def _reason_before(signs: str) -> str:
    """Return the library's words for signs that cannot stand before the at-sign."""
    return library.ask(f"{signs}@example.com").error


@functools.lru_cache(maxsize=1 << 10)
def _refused_domain(signs: str) -> Domain:
    """Return the library's words for signs that cannot stand in a domain."""
    return library.ask_domain(signs)


def is_address(text: str) -> bool:
    """Say whether a text is an address, historic ones included."""
    return judge_one(text).syntax != "refused"


def _judge_odd(text: str) -> Judgement:
    """Ask the library; where it refuses, see whether the text is a historic carrier address."""
    found = library.ask(text)
    return _read_legacy(text) or found if found.syntax == "refused" else found


def _read_legacy(text: str) -> Judgement | None:
    """Read an address of docomo or au whose only fault are the dots of its local part."""
    local, _, domain = text.rpartition("@")
    if not _DOTTED.match(local) or _DOT_ATOM.match(local) or not local.strip("."):
        return None
    known = library.ask_domain(domain)
    if known.error or not LEGACY_DOMAIN.match(known.ascii):
        return None
    return Judgement(f"{local}@{known.text}", local, known.text, known.ascii, "legacy", "")


def _read_plain(found: pa.Array, fast: pa.Array) -> dict[str, pa.Array]:
    """Read what the fast pattern matched; elsewhere the address is the text, the parts are ''."""
    matched = pc.if_else(fast, found, "@")
    halves = pc.split_pattern(matched, "@").flatten()  # one at-sign each, so two halves
    places = np.arange(0, len(halves), 2)
    local, as_given = halves.take(pa.array(places)), halves.take(pa.array(places + 1))
    domain = pc.ascii_lower(as_given)
    changed = pc.not_equal(as_given, domain)
    role = pc.match_substring_regex(matched, ROLE)
    if pc.any(role).as_py():
        # RFC 2142: these local parts are case-insensitive; the normal form has them lower-case.
        local = pc.if_else(role, pc.ascii_lower(local), local)
        changed = pc.or_(changed, role)
    address = found
    if pc.any(changed).as_py():
        joined = pc.binary_join_element_wise(
            local.filter(changed), domain.filter(changed), pa.scalar("@", pa.large_string())
        )
        address = pc.replace_with_mask(found, changed, joined)
    return {
        "address": address,
        "local": local,
        "domain_text": domain,
        "ascii_domain": domain,
        "error": pa.repeat(pa.scalar("", pa.large_string()), len(found)),
    }


def _judge_rest(texts: pa.Array) -> list[Judgement]:
    """Judge the odd texts one by one, each distinct text and each distinct domain once."""
    coded = texts.dictionary_encode()
    found = [judge_one(text) for text in coded.dictionary.to_pylist()]
    return [found[code] for code in coded.indices.to_pylist()]


def _fill(columns: dict[str, Any], rest: pa.Array, found: list[Judgement]) -> None:
    for place, name in enumerate(Judgement._fields):
        values = [one[place] for one in found]
        if name == "syntax":
            replacement = pa.array([CATEGORIES.index(value) for value in values], pa.int8())
        else:
            replacement = pa.array(values, pa.large_string())
        columns[name] = pc.replace_with_mask(columns[name], rest, replacement)


def _frame(columns: dict[str, Any], index: pd.Index) -> pd.DataFrame:
    codes: npt.NDArray[np.int8] = columns["syntax"].to_numpy()
    syntax = pd.Categorical.from_codes(codes, dtype=SYNTAX)
    frame = {
        name: from_arrow(columns[name], index) for name in Judgement._fields if name != "syntax"
    }
    return pd.DataFrame({**frame, "syntax": pd.Series(syntax, index=index)}, index=index)[
        list(Judgement._fields)
    ]
