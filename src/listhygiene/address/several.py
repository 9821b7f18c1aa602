"""More than one address in a cell (T205)."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..model.rule import Grade
from .characters import (
    AT,
    COMMAS,
    SEMICOLONS,
    SINGLE_QUOTES,
    SPACE,
    count_at,
    narrow,
    trim,
    without_formatting,
)
from .library import is_as_tested
from .plain import DOMAIN, WORDS
from .repair import Repair, Told, reads, repeat
from .syntax import FAST_OCTETS, judge_one

_BETWEEN = re.compile(
    rf"[{SPACE}{COMMAS}{SEMICOLONS}:：<>＜＞()（）\[\]［］【】「」『』\"“”｜・]+|(?i:mailto):|(?i:[?&](?:to|cc|bcc)=)"
)
"""What cannot stand inside an address."""

_GLUED = re.compile(r"([^@]+@[A-Za-z0-9.-]*[A-Za-z0-9])([/|&+=~#*_!?$%^{}'`])\2*(?=[^@]+@)")
"""A sign that can begin a local part, and here seems to separate two addresses."""

_WITHIN = re.compile(rf"[^{AT}{SPACE}][{AT}]+(?=[^{AT}{SPACE}])")
"""An at-sign with something on both sides."""

_TWO = rf"\A(?P<first>{WORDS}@{DOMAIN})[ ,;]+(?P<second>{WORDS}@{DOMAIN})\z"

_AFTER = re.compile(r"[^\w@]+\Z")


def split_several(text: str) -> list[Repair]:
    """Find the addresses of a text that holds more than one at-sign (T205).

    One proposal an address, in their order: which of them is meant nobody but a person can say.
    The same address more than once, and nothing else, has one reading: safe.
    """
    plain = narrow_all(text)
    if len(_WITHIN.findall(plain)) < 2:
        return []
    pieces, glued = _pieces(plain)
    holders = [piece for piece in pieces if count_at(piece)]
    keys = [_key(piece) for piece in holders]
    known = zip(reversed(keys), reversed(holders), strict=True)
    found = {key: piece for key, piece in known if reads(piece)}
    if len(found) != len({*keys}):
        return [Repair(Grade.REFUSED, None, "several at-signs, and not all belong to addresses")]
    if len(found) == 1:
        only = next(iter(found.values()))
        if len(holders) < 2:
            return []
        linked = "%" in only and "mailto:" in plain.lower()  # there it may be a code
        certain = len(pieces) == len(holders) and not glued and not linked
        grade = Grade.SAFE if certain else Grade.PROPOSED
        return [Repair(grade, only, "the same address more than once")]
    ordered = list(dict.fromkeys(keys))
    return [
        Repair(Grade.PROPOSED, found[key], f"address {place} of {len(ordered)}")
        for place, key in enumerate(ordered, start=1)
    ]


def split_plainly(texts: pa.Array) -> Told:
    """Say of many texts what `split_several` proposes, where they are two plain addresses that
    differ, with commas, semicolons or spaces between."""
    found = pc.extract_regex(texts, _TWO)
    pair = [pc.struct_field(found, name) for name in ("first", "second")]
    known = pc.not_equal(*map(pc.ascii_lower, pair))  # else it is perhaps one address
    for one in pair:
        known = pc.and_(known, pc.less_equal(pc.binary_length(one), FAST_OCTETS))
    known = pc.fill_null(known, False) if is_as_tested() else pa.array([False] * len(texts))
    marks = known.to_numpy(zero_copy_only=False)
    both = pa.concat_arrays([one.filter(known) for one in pair])
    count = len(both) // 2
    turns = pa.array(np.arange(2 * count).reshape(2, count).T.ravel())
    details = pa.concat_arrays([repeat(f"address {place} of 2", count) for place in (1, 2)])
    of = np.repeat(np.flatnonzero(marks), 2)
    return Told(marks, of, Grade.PROPOSED, both.take(turns), details.take(turns))


def narrow_all(text: str) -> str:
    """Fold full-width forms in the whole text, and take invisible characters out."""
    return trim(without_formatting(narrow(text)))


def _pieces(text: str) -> tuple[list[str], bool]:
    """Cut a text at whatever cannot be inside an address, then at what only separates two.

    The second value says whether a cut of the second kind, which might be wrong, was made.
    """
    pieces: list[str] = []
    glued = False
    for piece in _BETWEEN.split(text):
        cut = _GLUED.sub("\\1 ", piece) if count_at(piece) > 1 else piece
        glued = glued or cut != piece
        pieces += [_without_marks(part) for part in cut.split()]
    return [piece for piece in pieces if piece], glued


def _without_marks(piece: str) -> str:
    """Take off what clings to the end of a domain, and a quotation mark that begins there too."""
    bare = _AFTER.sub("", piece)
    if bare != piece and piece[0] in SINGLE_QUOTES and piece[-1] in SINGLE_QUOTES:
        return bare[1:]
    return bare


def _key(text: str) -> str:
    """Return the normal form, or the text itself where it is no address."""
    return judge_one(text).address
