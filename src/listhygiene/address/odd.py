"""Odd texts, which are no plain addresses: repaired by the T-rules, then judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ..model.listing import TEXT
from ..model.rule import Grade, Rule
from ..texts import are_empty, from_arrow, put, to_arrow
from .plain import is_plain, match_plain
from .repair import REMEMBERED, remembered
from .syntax import judge

AT_ONCE = REMEMBERED
"""So many odd texts go through the repairs together; what was said of them is remembered."""

ROUNDS = 4
"""How often the safe repairs are tried again on their own result; wrappings rarely nest deeply."""

REPAIR_COLUMNS = ["text", "rule", "grade", "after", "detail"]

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Odd:
    """What is said of the texts that are not plain addresses, in their order.

    found: the T-rules' long rows, text = place among these. cleaned: the texts with their safe
    repairs made; missing: which stand for no address. judged: what `judge` says of the cleaned.
    """

    found: pd.DataFrame
    cleaned: pa.Array
    missing: Marks
    judged: pd.DataFrame


def read_odd(
    texts: pa.Array, rules: Sequence[Rule], policy: Any, accepted: Mapping[str, str]
) -> Odd:
    """Repair texts that are not plain addresses, and judge what comes of them.

    rules: the T-rules, in the order in which they are tried. accepted: text -> the proposal that a
    person accepted for it.
    """
    series = from_arrow(texts)
    found = repair(series, rules, policy, np.zeros(len(texts), dtype=bool))
    cleaned, missing = _cleaned(series, found, accepted)
    return Odd(found, to_arrow(cleaned), missing, judge(cleaned))


def repair(
    texts: pd.Series, rules: Sequence[Rule], policy: Any, plain: Marks | None = None
) -> pd.DataFrame:
    """Ask the T-rules of the distinct texts: first the safe repairs, then what they left.

    Returns long rows: text (id), rule, grade, after, detail; the `after` of a safe repair is the
    text as `clean` writes it. Plain addresses, on which no T-rule can find anything, are not asked;
    plain: which texts these are, where that is known.
    """
    odd = _odd(texts) if plain is None else texts[~plain]
    parts = [
        _repair_odd(odd.iloc[start : start + AT_ONCE], rules, policy)
        for start in range(0, max(1, len(odd)), AT_ONCE)
    ]
    found = _settled(pd.concat(parts, ignore_index=True), rules, policy)
    remembered.cache_clear()
    return found


def _settled(found: pd.DataFrame, rules: Sequence[Rule], policy: Any) -> pd.DataFrame:
    """Give what is proposed as `clean` would write it: with its own safe repairs made."""
    proposed = found["after"].notna() & (found["grade"] == Grade.PROPOSED)
    afters = found.loc[proposed, "after"]
    odd = _odd(afters.drop_duplicates().astype(TEXT).reset_index(drop=True))
    if not len(odd):
        return found
    made = _repair_odd(odd, rules, policy)
    made = made[(made["grade"] == Grade.SAFE).to_numpy()].drop_duplicates("text")
    written = dict(zip(odd.loc[made["text"]], made["after"], strict=True))
    return found.assign(after=found["after"].replace(written))


def _repair_odd(odd: pd.Series, rules: Sequence[Rule], policy: Any) -> pd.DataFrame:
    """Apply the safe repairs one after the other until they find nothing more.

    What is proposed or refused is so of the repaired text: what a rule said in the round in which
    nothing of that text was repaired.
    """
    now, labels = to_arrow(odd), odd.index.to_numpy()
    asked, texts = np.arange(len(odd)), now
    safe: list[pd.DataFrame] = []
    rest: list[pd.DataFrame] = []
    for turn in range(ROUNDS + 1):
        said = []
        mended = np.zeros(len(asked), dtype=bool)
        for one in rules:
            found = one.judge(pd.DataFrame({"text": from_arrow(texts)}), policy)
            certain = (found["grade"] == Grade.SAFE).to_numpy()
            said.append(found[~certain].assign(rule=one.code))
            if certain.any() and turn < ROUNDS:
                found = found[certain]
                safe.append(found.assign(rule=one.code, text=labels[asked[_places(found)]]))
                texts, here = _apply(texts, found)
                mended |= here
        for one in said:
            left = one[~mended[_places(one)]]
            rest.append(left.assign(text=labels[asked[_places(left)]]))
        now = put(now, _marks(len(now), asked[mended]), texts.filter(pa.array(mended)))
        still = np.flatnonzero(mended)
        still = still[~match_plain(texts.take(pa.array(still)))]
        if not len(still):
            break
        asked, texts = asked[still], texts.take(pa.array(still))
    return _rows(from_arrow(now, odd.index), safe, rest)


def _apply(texts: pa.Array, found: pd.DataFrame) -> tuple[pa.Array, Marks]:
    """Make the repairs that a rule found, and tell which texts these are."""
    last = found.drop_duplicates("text", keep="last")
    marks = _marks(len(texts), _places(last))
    return put(texts, marks, to_arrow(last["after"].astype(TEXT))), marks


def _places(found: pd.DataFrame) -> npt.NDArray[np.int64]:
    return found["text"].to_numpy(dtype=np.int64)


def _marks(count: int, places: npt.NDArray[np.intp]) -> Marks:
    marks = np.zeros(count, dtype=bool)
    marks[places] = True
    return marks


def _rows(
    cleaned: pd.Series, safe: Sequence[pd.DataFrame], rest: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Put the long rows together: the safe repairs as they were made, the others by their rules."""
    others = [one for one in rest if len(one)]
    rows = [pd.concat(safe).drop_duplicates(["text", "rule"])] if safe else []
    rows += [pd.concat(others).sort_values(["rule", "text"], kind="stable")] if others else []
    if not rows:
        return pd.DataFrame(columns=REPAIR_COLUMNS).astype({"after": TEXT, "detail": TEXT})
    long = pd.concat(rows, ignore_index=True).astype({"after": TEXT, "detail": TEXT})
    certain = (long["grade"] == Grade.SAFE).to_numpy()
    long.loc[certain, "after"] = cleaned.loc[long.loc[certain, "text"]].to_numpy()
    return long[REPAIR_COLUMNS]


def _odd(texts: pd.Series) -> pd.Series:
    return texts[~is_plain(texts).to_numpy()]


def _cleaned(
    texts: pd.Series, found: pd.DataFrame, accepted: Mapping[str, str]
) -> tuple[pd.Series, Marks]:
    """Apply the safe repairs, and the proposals that a person accepted."""
    safe = found[(found["grade"] == Grade.SAFE).to_numpy()]
    safe = safe.drop_duplicates("text").sort_values("text")
    mask = np.zeros(len(texts), dtype=bool)
    mask[safe["text"].to_numpy(dtype=np.int64)] = True
    cleaned = from_arrow(put(to_arrow(texts), mask, to_arrow(safe["after"].astype(TEXT))))
    cleaned = with_accepted(texts, cleaned, accepted)
    missing = np.zeros(len(texts), dtype=bool)
    absent = found.loc[(found["grade"] == Grade.MISSING).to_numpy(), "text"].astype(int)
    missing[absent.to_numpy()] = True
    return cleaned, missing | are_empty(to_arrow(cleaned))


def with_accepted(texts: pd.Series, cleaned: pd.Series, accepted: Mapping[str, str]) -> pd.Series:
    """Put what a person accepted in the place of the safe repairs."""
    if accepted:
        cleaned = cleaned.copy()
        chosen = texts[texts.isin(list(accepted))]
        cleaned.loc[chosen.index] = [accepted[one] for one in chosen]
    return cleaned
