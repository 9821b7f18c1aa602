"""Gathering: the evidence that all pieces share, asked for as soon as they tell what they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..data.typos import suggest
from ..gathering import ask_domains, data_folder, learn_rates
from ..model.errors import ListHygieneError
from ..model.evidence import Sieving
from ..model.listing import TEXT
from ..pipeline import Run
from ..texts import LARGE, to_arrow
from . import work
from .engines import Engine
from .work import Known, Summary


def hear(told: Iterable[Summary], run: Run) -> tuple[list[Summary], pd.DataFrame | None]:
    """Take the pieces' summaries as they come, and ask DNS of their domains meanwhile.

    The first piece names most of the domains; later ones are asked about once as many are new as
    were asked, so that the questions stay few. What is left is asked by `gather`.
    """
    summaries: list[Summary] = []
    heard, asked, answers = pa.array([], LARGE), 0, None
    for one in told:
        summaries.append(one)
        names = pa.concat_arrays([to_arrow(one.domains["domain"]), pa.array(one.proposed, LARGE)])
        fresh = names.filter(pc.invert(pc.is_in(names, value_set=heard)))
        heard = pa.concat_arrays([heard, fresh])
        if len(heard) > 2 * asked and "answers" not in run.missing:
            asked, answers = len(heard), ask_domains([heard.to_pylist()], run, answers)
    return summaries, answers


def gather(summaries: Sequence[Summary], answers: pd.DataFrame | None, run: Run, out: str) -> Known:
    """Put together what all pieces must know; answers: what `hear` was told already."""
    whole = pd.concat([one.domains for one in summaries], ignore_index=True)
    grouped = whole.groupby("domain", sort=False, observed=True)
    domains = pd.DataFrame(
        {"unicode": grouped["unicode"].first(), "contacts": grouped["contacts"].sum()}
    ).reset_index()
    domains = domains.astype({"domain": TEXT, "unicode": TEXT})[["domain", "unicode", "contacts"]]
    allowed = (*run.policy.domains.allow, *run.policy.domains.treat_as_real)
    suggestions = suggest(domains, allowed, data_folder(run.policy))
    if "answers" not in run.missing:
        proposed = [one.proposed for one in summaries]
        wanted: list[Iterable[object]] = [domains["domain"], *_suggested(suggestions), *proposed]
        answers = ask_domains(wanted, run, answers)
    return Known(
        policy=run.policy,
        domains=domains,
        suggestions=suggestions,
        answers=answers,
        rates=learn_rates(run),
        missing=dict(run.missing),
        out=out,
    )


def _suggested(suggestions: pd.DataFrame) -> list[pd.Series]:
    return [suggestions[name].replace("", None).dropna() for name in ("suggestion", "suggestion2")]


def ask_blocklist(engine: Engine, folded: list[Any], rows: int, run: Run) -> list[Any]:
    """Ask the blocklist of each piece's addresses in turn, here, where it can be opened.

    Only those that its sieve, which every worker gets, does not hold back come here at all.
    """
    if run.blocks is None:
        run.missing.setdefault("blocks", "there is no blocklist")
        return [None] * len(folded)
    try:
        sieve = run.blocks.sieve(rows) if isinstance(run.blocks, Sieving) else None
        shared = [engine.share(sieve) if sieve is not None else None] * len(folded)
        return [
            run.blocks.look_up(asked["address"], run.as_of, asked["canonical"])
            for asked in engine.run(work.addresses, folded, shared)
        ]
    except ListHygieneError as error:
        run.troubles["blocks"] = run.missing["blocks"] = str(error)
        return [None] * len(folded)
