"""Consent: what the cells of consent, opt-out and source columns say."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from .dates import AMBIGUOUS, OK, read_dates
from .headers import normalise
from .model.listing import TEXT

YES, NO, BLANK, UNKNOWN = "yes", "no", "blank", "unknown"


def read_consent(texts: pd.Series) -> pd.Series:
    """Say of each cell of a consent column whether it allows mail: "yes", "no", "blank", "unknown".

    A date is a yes (the day of consent). "pending" and the like are unknown.
    """
    return _by_distinct(texts, _consent)


def read_opt_out(texts: pd.Series) -> pd.Series:
    """Say of each cell of an opt-out column whether the person opted out (the inverse of consent).

    "yes" = opted out: a yes, the day of it (UNSUB_TIME), or a state such as 配信停止; "no" = a no
    or a state such as "subscribed"; "blank" counts as not opted out; "unknown" = cannot be read.
    """
    return _by_distinct(texts, _opt_out)


def doubtful_source(texts: pd.Series) -> pd.Series:
    """Return for each cell of a source column what makes it doubtful, '' where nothing does.

    "bought", "rented", "collected" or "unknown": never the cell's own words, which may be personal.
    """
    return _by_distinct(texts, _doubt)


def _by_distinct(texts: pd.Series, judge: Callable[[pd.Series], list[str]]) -> pd.Series:
    """Judge the distinct texts only; a missing cell is judged as an empty one."""
    codes, distinct = pd.factorize(texts.fillna(""))
    judged = pd.array(judge(pd.Series(distinct, dtype=TEXT)), dtype=TEXT)
    return pd.Series(judged.take(codes), index=texts.index, name=texts.name)


def _consent(distinct: pd.Series) -> list[str]:
    known = _meanings()
    told = [known.get(normalise(text), UNKNOWN) for text in distinct]
    return _with_dates(distinct, [_CONSENT.get(meaning, meaning) for meaning in told])


def _opt_out(distinct: pd.Series) -> list[str]:
    known = _meanings()
    told = [known.get(normalise(text), UNKNOWN) for text in distinct]
    told = [_OPT_OUT.get(meaning, meaning) for meaning in told]
    told = [
        YES if meaning == UNKNOWN and _says_out(text) else meaning
        for meaning, text in zip(told, distinct, strict=True)
    ]
    return _with_dates(distinct, told)


_CONSENT = {"may": YES, "may_not": NO}
_OPT_OUT = {"may": NO, "may_not": YES}


def _says_out(text: str) -> bool:
    plain = normalise(text)
    return any(phrase in plain for phrase in _opted_out_phrases())


def _with_dates(distinct: pd.Series, told: list[str]) -> list[str]:
    """A date where a yes or no belongs is the day on which the answer became yes."""
    unknown = np.flatnonzero(np.array(told, dtype=object) == UNKNOWN)
    if not len(unknown):
        return told
    # The year bounds two-digit years only; which day it is does not matter here.
    states = read_dates(distinct.iloc[unknown], None, pd.Timestamp(2100, 1, 1))[1]
    for place, state in zip(unknown, states, strict=True):
        if state in (OK, AMBIGUOUS):
            told[int(place)] = YES
    return told


def _doubt(distinct: pd.Series) -> list[str]:
    words, phrases = _doubts()
    found = []
    for text in distinct:
        plain = normalise(text)
        kind = words.get(plain) or next((k for p, k in phrases.items() if p in plain), "")
        found.append(kind)
    return found


@cache
def _document() -> Mapping[str, Any]:
    file = resources.files("listhygiene") / "data" / "consent_words.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def _meanings() -> Mapping[str, str]:
    """Normal form -> "yes", "no", "may", "may_not", "unknown" or "blank"."""
    document = _document()
    lists = {**document["states"], **document["answers"]}
    lists.pop("source")
    return {normalise(word): meaning for meaning, words in lists.items() for word in words}


@cache
def _opted_out_phrases() -> tuple[str, ...]:
    return tuple(normalise(phrase) for phrase in _document()["opted_out"]["phrases"])


@cache
def _doubts() -> tuple[Mapping[str, str], Mapping[str, str]]:
    groups = _document()["doubtful"]
    return tuple(  # type: ignore[return-value]
        {normalise(word): group["kind"] for group in groups for word in group[key]}
        for key in ("words", "phrases")
    )
