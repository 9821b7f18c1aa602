"""D413: a domain that is likely a misspelling; the evidence decides how sure that is."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..data.facts import facts
from ..data.names import find_any, names_of
from ..model.answer import Answer
from ..model.listing import TEXT
from ..model.rule import Severity, rule
from .newer_lists import is_exempt

PARKING = "parking_hosts.csv"

CANNOT_EXIST = "{why}; probably meant: {meant} (high confidence)"
CANNOT_EXIST_UNNAMED = "{why} (high confidence)"
RECEIVES_NOTHING = "it receives no mail; probably meant: {meant} (high confidence)"
RECEIVES_NOTHING_UNPROVED = (
    "it receives no mail; probably meant: {meant} (medium confidence: DNS did not confirm that one)"
)
TRAP = "it collects misspelt mail; probably meant: {meant} (medium confidence)"
POSSIBLE = "possibly meant: {meant} (low confidence: DNS gave no answer)"

TAKES_MAIL = (str(Answer.MX), str(Answer.IMPLICIT_MX))
TAKES_NONE = (str(Answer.NXDOMAIN), str(Answer.NO_HOST), str(Answer.NULL_MX))
SQUAT = 1.0
"""At most so far from a tier-0 provider, a domain that takes mail may be a squatter's."""

Flags = npt.NDArray[np.bool_]


@rule("D413", "misspelt-domain", Severity.WARNING)
def misspelt_domain(domains: pd.DataFrame, policy: Any) -> pd.Series:
    """The domain is probably misspelt.

    Why: a misspelt domain bounces, or belongs to someone who collects such mail. A domain that
    takes mail and is no known trap is never reported, however near it is to a provider's.
    Example: ann@gmai.com
    Remedy: ask the contact, or look at where the address came from. The address itself is never
    changed: another person may have the likely one. If the domain is right, add it to
    domains.allow.
    """
    found = pd.Series(None, index=domains.index, dtype=TEXT)
    if "impossible" not in domains:
        return found
    rows = domains[domains["impossible"].notna()]
    rows = rows[~is_exempt(rows["domain"], policy.domains.allow)]
    if len(rows):
        found.loc[rows.index] = _judge(rows)
    return found


def _judge(rows: pd.DataFrame) -> list[str | None]:
    """Return the detail of each suspicious domain, None where the evidence clears it."""
    alive, dead = _evidence(rows)
    suggested = _column(rows, "suggestion_answer")
    named = rows["suggestion"].notna().to_numpy() & ~_is(suggested, TAKES_NONE)
    cannot = rows["impossible"].ne("").to_numpy(bool) & ~alive
    unknown = ~alive & ~dead
    near = rows["cost"].le(SQUAT).to_numpy(bool) & rows["tier"].eq(0).to_numpy(bool)
    trap = (rows["trap"].eq(True).to_numpy(bool) | (alive & _parked(rows))) & near
    templates = np.select(
        [
            cannot & named,
            cannot,
            dead & named & _is(suggested, TAKES_MAIL),
            dead & named,
            trap & ~dead & named,
            unknown & named,
        ],
        [
            CANNOT_EXIST,
            CANNOT_EXIST_UNNAMED,
            RECEIVES_NOTHING,
            RECEIVES_NOTHING_UNPROVED,
            TRAP,
            POSSIBLE,
        ],
        "",
    )
    meant = rows["suggestion"].fillna("").str.cat(rows["suggestion2"].fillna(""), sep=" / ")
    return [
        template.format(why=why, meant=name.removesuffix(" / ")) if template else None
        for template, why, name in zip(templates.tolist(), rows["impossible"], meant, strict=True)
    ]


def _evidence(rows: pd.DataFrame) -> tuple[Flags, Flags]:
    """Return which domains take mail, and which provably take none."""
    answer = _column(rows, "answer")
    unroutable = _column(rows, "unroutable").eq(True).fillna(False).to_numpy(bool)
    return _is(answer, TAKES_MAIL) & ~unroutable, _is(answer, TAKES_NONE) | unroutable


def _parked(rows: pd.DataFrame) -> Flags:
    """Tell which domains have their first mail server among hosts for parked and squatted names."""
    hosts = names_of(row["host"] for row in facts(PARKING))
    first = _column(rows, "hosts").astype(TEXT).fillna("").str.split(" ").str[0]
    return find_any(first.astype(TEXT), hosts)


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return a column of evidence, all missing where it was not gathered."""
    return rows[name] if name in rows else pd.Series(pd.NA, index=rows.index, dtype=object)


def _is(answers: pd.Series, wanted: tuple[str, ...]) -> Flags:
    return np.asarray(answers.isin(wanted).to_numpy(bool))
