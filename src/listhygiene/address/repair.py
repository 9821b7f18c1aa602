"""One way to repair a text, and the long rows in which the T-rules tell of them."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..model.listing import TEXT
from ..model.rule import Grade
from ..texts import LARGE, from_arrow, to_arrow
from .characters import narrow
from .plain import is_plain
from .suffix import is_registrable, public_suffix
from .syntax import judge_one

REMEMBERED = 1 << 15
"""So many texts' repairs are remembered a rule: the chain asks of the same text again."""

LONGEST = 4096
"""Longer texts are left alone: they hold no single address, and a person must look at them."""


class Repair(NamedTuple):
    """One reading of a text: the text as it would be, or None where there is none."""

    grade: Grade
    after: str | None
    detail: str


class Told(NamedTuple):
    """What is said of many texts at once.

    known: of which texts this is all; the others must be asked. of: for each row the place of its
    text, in their order. after, detail: (large) texts, as in `Repair`.
    """

    known: npt.NDArray[np.bool_]
    of: npt.NDArray[np.intp]
    grade: Grade
    after: pa.Array
    detail: pa.Array

    @classmethod
    def alike(cls, known: pa.Array, after: pa.Array, detail: str, grade: Grade) -> Told:
        """Say of each known text the same, but for the text as it would be."""
        marks = known.to_numpy(zero_copy_only=False)
        return cls(marks, np.flatnonzero(marks), grade, after, repeat(detail, len(after)))


_VALUES = {one: one.value for one in Grade}

Find = Callable[[str], Sequence[Repair]]
Plainly = Callable[[pa.Array], Told]
"""Of (large) Arrow texts: what `Find` would say of them, as far as that takes no asking."""


@functools.cache
def remembered(find: Find) -> Find:
    """Return a way of repair that remembers what it said of the last texts."""
    return functools.lru_cache(maxsize=REMEMBERED)(find)


@functools.cache
def _pattern(candidates: str) -> re.Pattern[str]:
    return re.compile(candidates.replace(r"\z", r"\Z"))


def has_repairs(text: str, candidates: str, find: Find) -> bool:
    """Say whether one text has repairs of a kind; what it said of the last texts is remembered."""
    return bool(_pattern(candidates).search(text) and remembered(find)(text))


def find_repairs(
    texts: pd.DataFrame, candidates: str, find: Find, plainly: Plainly | None = None
) -> pd.DataFrame:
    """Ask of each text how it may be repaired, and return the rule's long rows.

    texts: column text. candidates: an RE2 pattern that every text with a finding matches.
    plainly: says of many texts at once what `find` would, where that takes no asking.
    Result: columns text (the label in `texts`), grade, after (missing where refused), detail.
    """
    asked = pc.match_substring_regex(to_arrow(texts["text"]), candidates)
    chosen = texts["text"][pc.fill_null(asked, False).to_numpy(zero_copy_only=False)]
    if chosen.empty:
        return make_rows([])
    brief = pc.less_equal(pc.utf8_length(to_arrow(chosen)), LONGEST).to_numpy(zero_copy_only=False)
    chosen = chosen[brief & ~is_plain(chosen).to_numpy()]
    if plainly is None or not len(chosen):
        return _ask(chosen, find)
    told = plainly(to_arrow(chosen))
    rows = pd.DataFrame(
        {
            "text": chosen.index.to_numpy()[told.of],
            "grade": from_arrow(repeat(told.grade.value, len(told.of))),
            "after": from_arrow(told.after),
            "detail": from_arrow(told.detail),
        }
    )
    left = chosen[~told.known]
    if not len(left):
        return rows
    asked = _ask(left, find)
    where = left.index.get_indexer(asked["text"].to_numpy())
    order = np.concatenate([told.of, np.flatnonzero(~told.known)[where]])
    both = pd.concat([rows, asked], ignore_index=True)
    return both.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def repeat(text: str, count: int) -> pa.Array:
    """Return a text so many times."""
    return pa.repeat(pa.scalar(text, LARGE), count)


def _ask(texts: pd.Series, find: Find) -> pd.DataFrame:
    """Ask of one text after the other."""
    ask = remembered(find)
    pairs = zip(texts.index.tolist(), to_arrow(texts).to_pylist(), strict=True)
    return make_rows([(label, one) for label, text in pairs for one in ask(text)])


def make_rows(found: Sequence[tuple[object, Repair]]) -> pd.DataFrame:
    """Make the long rows of a T-rule from (label, repair) pairs."""
    return _rows_of(found) if found else _no_rows().copy()


@functools.cache
def _no_rows() -> pd.DataFrame:
    return _rows_of([])


def _rows_of(found: Sequence[tuple[object, Repair]]) -> pd.DataFrame:
    labels = [label for label, _ in found]
    return pd.DataFrame(
        {
            "text": pd.Series(labels, dtype="int64" if not labels else None),
            "grade": pd.Series([_VALUES[one.grade] for _, one in found], dtype=TEXT),
            "after": pd.Series([one.after for _, one in found], dtype=TEXT),
            "detail": pd.Series([one.detail for _, one in found], dtype=TEXT),
        }
    )


def reads(text: str) -> bool:
    """Say whether a text, full-width forms aside, is an address."""
    return judge_one(narrow(text)).syntax != "refused"


def is_complete(text: str) -> bool:
    """Say whether a text is an address at a domain that somebody can have registered."""
    found = judge_one(narrow(text))
    return found.syntax != "refused" and is_registrable(found.ascii_domain)


def spans(text: str, place: int) -> bool:
    """Say whether the public suffix of an address begins before a place of its domain.

    A suffix in the middle of which two pieces meet ("co" + "jp") is what joins them; pieces that
    meet before it (`a@x.com` + `b`) may as well be two things.
    """
    domain = judge_one(text).ascii_domain
    return len(domain) - len(public_suffix(domain)) < place
