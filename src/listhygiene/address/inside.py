"""Forbidden characters inside an address, and what they may have been meant for (T204)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..model.rule import Grade
from .characters import AT, COMMAS, INVISIBLE, SPACE, count_at, name_of, narrow, split_at, trim
from .edges import CANDIDATES as CLINGING
from .edges import strip_edges
from .library import is_as_tested
from .plain import DOMAIN, LABEL, TOP, WORDS
from .repair import Repair, Told, has_repairs, is_complete, reads, repeat, spans
from .suffix import is_registrable, public_suffix
from .syntax import ATEXT, FAST_OCTETS, judge_one
from .wrapping import CANDIDATES as WRAPPED
from .wrapping import unwrap

_NO_LOCAL = re.compile(rf"[^{ATEXT}.]")
_NO_DOMAIN = re.compile(r"[^A-Za-z0-9.-]")
_SPACE = re.compile(f"[{SPACE}]")
_UNSEEN = re.compile(f"[{INVISIBLE}\u00ad]")
_QUOTES = "\"“”„'‘’`´"
_DROPPED = re.compile(f"[{COMMAS}{_QUOTES}{SPACE}{INVISIBLE}\u00ad]")
"""What the help page asks to delete, and what nobody sees."""

_DOT_LIKE = f"{COMMAS};；:：・·"
"""What is typed for a dot by a slip: the keys beside it, and what an input method makes of it."""

_AS_DOT = "read as a dot"
_SLIPS = (
    (rf"\A{WORDS} {WORDS}@{DOMAIN}\z", " ", "", "removed"),
    (rf"\A{WORDS}@{LABEL},{TOP}\z", ",", ".", _AS_DOT),
)
"""Texts (RE2) that one sign keeps from being a plain address; the sign, and what it is read as."""

_NOTE = re.compile(r"\([^()]*\)")
_SIGNS = re.compile(rf"[{AT}]+")
_LOOK_ALIKES = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−－ー\u00ad", "-"),
        **dict.fromkeys("’‘ʼ＇", "'"),
        **dict.fromkeys("。｡．․", "."),
        **dict.fromkeys("，、､", ","),
    }
)
_WORD_AT = re.compile(
    rf"(?i)[{SPACE}]*(?:[(（\[［{{<＜][{SPACE}]*(?:at|a|@|アット|アットマーク)[{SPACE}]*[)）\]］}}>＞]"
    rf"|[☆★◎●]|アットマーク|(?<=[{SPACE}])at(?=[{SPACE}]))[{SPACE}]*"
)
_WORD_DOT = re.compile(
    rf"(?i)[{SPACE}]*(?:[(（\[［{{<][{SPACE}]*(?:dot|\.|ドット)[{SPACE}]*[)）\]］}}>]"
    rf"|ドット|(?<=[{SPACE}])dot(?=[{SPACE}]))[{SPACE}]*"
)


def read_inside(text: str) -> list[Repair]:
    """Find the readings of a text with a forbidden character inside, best first (T204).

    Proposed are the removal that the help page asks for (commas, quotes, spaces) and the dot that
    a comma, or a space in the domain, stands for - each only if it gives an address under a known
    public suffix. Refused: what stands behind a whole address, and all that would need a guess.
    """
    bare = trim(narrow(text))
    signs = count_at(bare)
    if signs == 0:
        return _read_words(bare)
    if signs > 1:
        return _read_doubled(bare)
    if reads(bare):
        return _read_look_alikes(bare)
    local, domain = (trim(part) for part in split_at(bare))
    if not local or not domain or domain[0] == "[":
        return []
    if has_repairs(text, WRAPPED, unwrap) or has_repairs(text, CLINGING, strip_edges):
        return []
    if local[0] == local[-1] == '"' and len(local) > 1:
        detail = "without its quotes it would be another local part"
        return [Repair(Grade.REFUSED, None, detail)] if _needs_quotes(local) else []
    return _read_forbidden(local, domain)


def read_plainly(texts: pa.Array) -> Told:
    """Say of many texts what `read_inside` proposes, where a space in the local part, or a comma
    for the only dot of the domain, is all that is wrong."""
    brief = pc.less_equal(pc.binary_length(texts), FAST_OCTETS)
    if not is_as_tested():
        brief = pc.and_(brief, False)
    after, detail = texts, repeat("", len(texts))
    known = np.zeros(len(texts), dtype=bool)
    for pattern, sign, meant, how in _SLIPS:
        here = pc.and_(brief, pc.match_substring_regex(texts, pattern))
        known |= here.to_numpy(zero_copy_only=False)
        after = pc.if_else(here, pc.replace_substring(after, sign, meant), after)
        detail = pc.if_else(here, f"{_describe([sign])} {how}", detail)
    known[known] = _are_registrable(after.filter(pa.array(known)))
    after, detail = (one.filter(pa.array(known)) for one in (after, detail))
    return Told(known, np.flatnonzero(known), Grade.PROPOSED, after, detail)


def _are_registrable(addresses: pa.Array) -> npt.NDArray[np.bool_]:
    """Say of plain addresses whether their domains are somebody's."""
    coded = pc.replace_substring_regex(addresses, r"\A[^@]*@", "").dictionary_encode()
    found = np.array([is_registrable(one) for one in coded.dictionary.to_pylist()], dtype=bool)
    return np.asarray(found[coded.indices.to_numpy()])


def _needs_quotes(local: str) -> bool:
    return not re.fullmatch(rf"[{ATEXT}.]+", local[1:-1])


def _read_words(text: str) -> list[Repair]:
    """Read `ann (at) example (dot) com`, the form that hides an address from harvesters."""
    if len(_WORD_AT.findall(text)) != 1:
        return []
    after = _WORD_DOT.sub(".", _WORD_AT.sub(AT[0], text))
    if after.isascii() and is_complete(after):
        return [Repair(Grade.PROPOSED, after, "the at-sign is written in words")]
    return []


def _read_doubled(text: str) -> list[Repair]:
    """Read a text whose at-sign was typed twice, or once more at the end."""
    after = _SIGNS.sub(AT[0], text)
    if after.endswith(AT[0]):
        after = after[:-1]
    if count_at(after) == 1 and is_complete(after):
        return [Repair(Grade.PROPOSED, after, "one at-sign too many")]
    if text[0] in AT and count_at(after) == 2:
        return [Repair(Grade.REFUSED, None, "it looks like a handle of a social network")]
    return []


def _read_look_alikes(text: str) -> list[Repair]:
    """Read an address whose dash, apostrophe or dot is another sign that looks like it."""
    if text.isascii():
        return []
    after = text.translate(_LOOK_ALIKES)
    if "," in after:
        local, domain = split_at(text)
        return _read_forbidden(local, domain) if any(one in local for one in COMMAS) else []
    if after != text and after.isascii() and reads(after) and judge_one(text).address != after:
        return [Repair(Grade.PROPOSED, after, "a sign that only looks like an ASCII one")]
    return []


def _read_forbidden(local: str, domain: str) -> list[Repair]:
    found = _forbidden(local, domain)
    if not found:
        return _read_dots(local, domain)
    place = next((one.start() for one in _NO_DOMAIN.finditer(domain) if not _is_domain(one[0])), 0)
    if any(_kind(sign) == "other" for sign in found):
        proposals = _read_notes(local, domain)
    else:
        proposals = _proposals(local, domain, place, found)
    if proposals:
        return proposals
    if place and is_complete(f"a@{domain[:place].rstrip('.')}"):
        detail = "what follows the address would become part of its domain"
    else:
        detail = f"forbidden: {_describe(found)}"
    return [Repair(Grade.REFUSED, None, detail)]


def _read_dots(local: str, domain: str) -> list[Repair]:
    """Read a domain with a dot too many; in the local part of carriers two dots are real."""
    single = re.sub(r"\.{2,}", ".", domain).lstrip(".")
    after = f"{local}@{single}"
    if single != domain and is_complete(after):
        return [Repair(Grade.PROPOSED, after, "one dot too many in the domain")]
    return []


def _read_notes(local: str, domain: str) -> list[Repair]:
    """Read a comment inside as RFC 5322 3.2.2 does, which drops it, else as if only its signs."""
    text = f"{local}@{domain}"
    if not _NOTE.search(text):
        return []
    dropped = (_NOTE.sub("", text), "comment taken out")
    kept = (re.sub(r"[()]", "", text), "brackets removed")
    return [
        Repair(Grade.PROPOSED, after, detail)
        for after, detail in (dropped, kept)
        if count_at(after) == 1 and is_complete(after)
    ]


def _proposals(local: str, domain: str, place: int, found: Sequence[str]) -> list[Repair]:
    """Return the readings that the public suffix list supports, best first.

    place: where the first forbidden sign of the domain stands. found: all of them.
    """
    before, behind = _as_dots(local, COMMAS), _as_dots(domain, f"{_DOT_LIKE} ")
    bare, plain = _removed(local), _removed(domain)
    readings = [(f"{bare}@{plain}", "removed"), (f"{before or bare}@{behind or plain}", _AS_DOT)]
    if before and behind:
        readings += [(f"{bare}@{behind}", _AS_DOT)]
    whole = place > 0 and is_complete(f"a@{domain[:place].rstrip('.')}")
    supported = [
        (after, how)
        for after, how in dict(reversed(readings)).items()
        if count_at(after) == 1 and is_complete(after) and not (whole and not spans(after, place))
    ]
    # The removal that the help page asks for goes first, unless the dot completes a public suffix.
    if len(supported) > 1:
        supported.sort(key=lambda one: (-_labels(one[0]), one[1] != "removed"))
    named = _describe(found)
    return [Repair(Grade.PROPOSED, after, f"{named} {how}") for after, how in supported]


def _labels(text: str) -> int:
    return public_suffix(judge_one(text).ascii_domain).count(".")


def _removed(part: str) -> str:
    """Take out what the help page asks to delete, and what nobody sees; the rest stays."""
    return _DROPPED.sub("", part)


def _as_dots(part: str, like: str) -> str:
    """Read commas and their like as dots, or return '' where there are none."""
    spaced = _SPACE.sub(" " if " " in like else "", part)
    dotted = _around(like).sub(".", spaced)
    if dotted == spaced:
        return ""
    kept = _removed(dotted)
    return kept if ".." not in kept else ""


@functools.cache
def _around(signs: str) -> re.Pattern[str]:
    return re.compile(f" *[{re.escape(signs)}] *")


def _forbidden(local: str, domain: str) -> list[str]:
    found = [sign for sign in _NO_LOCAL.findall(local) if not _is_local(sign)]
    return found + [sign for sign in _NO_DOMAIN.findall(domain) if not _is_domain(sign)]


def _kind(sign: str) -> str:
    if sign in COMMAS:
        return "comma"
    if sign in _QUOTES:
        return "quote"
    if _SPACE.match(sign):
        return "space"
    if _UNSEEN.match(sign):
        return "unseen"
    return "stop" if sign in _DOT_LIKE else "other"


def _is_local(sign: str) -> bool:
    if sign.isascii():
        return not _NO_LOCAL.match(sign)
    return not _is_forbidden(sign)


def _is_domain(sign: str) -> bool:
    if sign.isascii():
        return not _NO_DOMAIN.match(sign)
    return not _is_forbidden(sign) and unicodedata.category(sign)[0] in "LMN"


def _is_forbidden(sign: str) -> bool:
    """Say whether a character beyond ASCII cannot be part of an address, whichever."""
    return sign in COMMAS or sign in _QUOTES or unicodedata.category(sign)[0] in "ZC"


def _describe(signs: Iterable[str]) -> str:
    """Name signs for a detail, each once."""
    return " ".join(dict.fromkeys(name_of(sign) for sign in signs))
