"""The evidence of a run: gathered once for all lists, each domain asked once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .cores import begun
from .data.typos import suggest
from .evidence import answers_frame, find_first_rows, spread_answers
from .model.answer import Alike, Lookup
from .model.contacts import Contacts
from .model.errors import ListHygieneError
from .model.evidence import Evidence, History
from .model.listing import TEXT
from .policy import Policy
from .proposals import proposed_domains
from .texts import LARGE, to_arrow

if TYPE_CHECKING:
    from .pipeline import Run


def gather(
    lists: Sequence[Contacts],
    run: Run,
    names: Sequence[str] | None = None,
    answers: pd.DataFrame | None = None,
) -> list[Evidence]:
    """Gather the evidence for all lists at once: each domain is asked once, whoever holds it.

    names: what the lists are called in each other's findings, else their paths. answers: what DNS
    said before, and is not asked again.
    """
    known = (*run.policy.domains.allow, *run.policy.domains.treat_as_real)
    with begun(find_first_rows, lists, names) as first_rows:
        suggestions = [suggest(one.domains, known, data_folder(run.policy)) for one in lists]
        answers = _ask_dns(lists, suggestions, run, answers)
    rates = learn_rates(run)
    return [
        Evidence(
            answers=answers,
            suggestions=suggestions[place],
            blocks=_ask_blocklist(one.addresses, run),
            first_rows=first_rows.result()[place],
            rates=rates,
            missing=dict(run.missing),
        )
        for place, one in enumerate(lists)
    ]


def _ask_dns(
    lists: Sequence[Contacts],
    suggestions: Sequence[pd.DataFrame],
    run: Run,
    known: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    wanted: list[Iterable[object]] = [one.domains["domain"] for one in lists]
    for one in suggestions:
        wanted += [one[name].replace("", None).dropna() for name in ("suggestion", "suggestion2")]
    wanted += map(proposed_domains, lists)
    return ask_domains(wanted, run, known)


def ask_domains(
    wanted: Iterable[Iterable[object]], run: Run, known: pd.DataFrame | None = None
) -> pd.DataFrame | None:
    """Ask DNS once of each domain that stands in any of the parts; None where it cannot be had.

    known: what DNS said before, and is not asked again.
    """
    if run.lookup is None:
        run.missing.setdefault("answers", "DNS was not asked (--dns off)")
        return None
    parts = [
        to_arrow(one if isinstance(one, pd.Series) else pd.Series(one, dtype=TEXT))
        for one in wanted
    ]
    names = pc.unique(pa.chunked_array(parts, LARGE))
    if known is not None:
        heard = to_arrow(known.index.to_series())
        names = names.filter(pc.invert(pc.is_in(names, value_set=heard)))
        if not len(names):
            return known
    try:
        told = _told(names, run.lookup, run.tell("dns"))
    except ListHygieneError as error:
        run.troubles["answers"] = run.missing["answers"] = str(error)
        return None
    failed = run.lookup.failed()
    if failed:
        run.troubles["answers"] = failed
    return told if known is None else pd.concat([known, told])


def _told(
    names: pa.Array, lookup: Lookup, progress: Callable[[int, int], None] | None
) -> pd.DataFrame:
    """Ask of each name, or of one name of each kind where the source tells that beforehand."""
    alike = lookup.alike(names) if isinstance(lookup, Alike) else None
    if alike is None:
        return answers_frame(lookup.mail(names.to_pylist(), progress))
    firsts = names.take(pa.array(np.unique(alike)))
    told = answers_frame(lookup.mail(firsts.to_pylist(), progress))
    return spread_answers(told, names, alike)


def data_folder(policy: Policy) -> Path | None:
    """Return the folder of newer lists of domains that the policy names."""
    return Path(policy.place("domains.data_dir")) if policy.domains.data_dir else None


def _ask_blocklist(known: pd.DataFrame, run: Run) -> pd.DataFrame | None:
    if run.blocks is None:
        run.missing.setdefault("blocks", "there is no blocklist")
        return None
    try:
        return run.blocks.look_up(known["address"], run.as_of, known["canonical"])
    except ListHygieneError as error:
        run.troubles["blocks"] = run.missing["blocks"] = str(error)
        return None


def learn_rates(run: Run) -> Mapping[str, float]:
    """Ask the blocklist how often contacts with a finding bounced; without it nobody knows."""
    if not isinstance(run.blocks, History):
        return {}
    try:
        return run.blocks.history_rates()
    except ListHygieneError as error:
        run.troubles["blocks"] = str(error)
        return {}
