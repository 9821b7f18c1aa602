"""Checking a list in parts: what is of the whole is decided once, the rest piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..columns import decide_roles
from ..content import Counts, Sample, conclude, evenly
from ..dates import column_order
from ..evidence import join_evidence
from ..files import make_folder, writing
from ..lint import lint
from ..model.contacts import Contacts
from ..model.errors import UnreadableList
from ..model.evidence import Evidence
from ..model.listing import TEXT, Listing
from ..model.report import ListReport, ProjectedBounce, Report, Verdict
from ..pipeline import Run, assemble, with_today
from ..policy import Policy
from ..progress import counted
from ..rules import catalogue
from ..senders import judge_senders
from . import work
from .engines import Engine
from .gathering import ask_blocklist, gather, hear
from .pieces import Piece
from .work import Judged, Known, Surveyed


@dataclass(frozen=True)
class Parted:
    """What came out: the report, and where the findings and the annotated rows were written."""

    report: Report
    rows: int
    pieces: int
    out: str = ""


def check_parts(
    pieces: Sequence[Piece],
    engine: Engine,
    policy: Policy,
    out: str = "",
    **sources: Any,
) -> Parted:
    """Judge a list that is cut into pieces as `check` judges it whole, with the same findings.

    out: folder (or URL) for findings/ and contacts/ as Parquet, '' for none. sources: lookup,
    blocks and progress as of `check`. The report carries every finding, but for its texts, which
    are in the Parquet files alone.
    """
    from ..sources import open_run

    policy = with_today(policy)
    if out and "://" not in out:
        with writing(out):
            for kind in ("findings", "contacts"):
                make_folder(Path(out) / kind)
    try:
        begun = engine.start(work.survey, pieces)  # workers need not wait for what is opened here
        with open_run(policy, **sources) as run:
            return _check(pieces, begun, engine, run, out)
    finally:
        engine.close()


def _check(pieces: Sequence[Piece], begun: list[Any], engine: Engine, run: Run, out: str) -> Parted:
    surveyed = engine.fetch(begun)
    header = _one_header(surveyed, pieces)
    sizes = [one.rows for one in surveyed]
    starts = [0, *np.cumsum(sizes).tolist()][:-1]
    headers = _decide(pieces, surveyed, header, engine, run.policy)
    every = len(pieces)
    folded = engine.start(
        work.fold_piece,
        pieces,
        starts,
        [headers] * every,
        [run.policy] * every,
    )
    keyed = engine.start(work.keys, folded, starts)
    told = counted(engine.run(work.summarise, folded), sizes, run.tell("fold"))
    summaries, answers = hear(told, run)
    held = engine.exchange(keyed)
    blocks = ask_blocklist(engine, folded, sum(sizes), run)
    known = gather(summaries, answers, run, out)
    shared = [engine.share(known)] * every
    numbers = list(range(every))
    done = engine.run(work.judge_piece, pieces, folded, numbers, starts, held, blocks, shared)
    judged = list(counted(done, sizes, run.tell("judge")))
    executable = np.sum([one.executable for one in summaries], axis=0)
    report, skipped = _merge(judged, header, headers, executable, known, pieces[0])
    senders = judge_senders(run, (report,))
    whole = assemble((report,), senders, [*(one.skipped for one in judged), skipped], run)
    return Parted(whole, sum(sizes), len(pieces), out)


def _one_header(surveyed: Sequence[Surveyed], pieces: Sequence[Piece]) -> tuple[str, ...]:
    header = surveyed[0].header
    for one, piece in zip(surveyed, pieces, strict=True):
        if one.header != header:
            raise UnreadableList(
                "its columns are not those of the other parts",
                file=piece.path or piece.shown,
                remedy="Write all parts of a list with the same columns.",
            )
    return header


def _decide(
    pieces: Sequence[Piece],
    surveyed: Sequence[Surveyed],
    header: tuple[str, ...],
    engine: Engine,
    policy: Policy,
) -> pd.DataFrame:
    """Decide roles and date orders on the whole list, from counts, a sample and distinct days."""
    as_of = policy.as_of
    assert as_of is not None
    counts = [
        Counts(*(sum(part) for part in zip(*(one.counts[place] for one in surveyed), strict=True)))
        for place in range(len(header))
    ]
    samples = _sample(pieces, surveyed, counts, engine)
    looks = conclude(counts, samples, as_of)

    def order_of(place: int) -> str:
        texts = engine.run(work.distinct, pieces, [place] * len(pieces))
        distinct = dict.fromkeys(text for part in texts for text in part)
        return column_order(pd.Series(list(distinct), dtype=TEXT), as_of)

    section = policy.list
    return decide_roles(
        header,
        looks,
        order_of,
        section.email_columns,
        section.last_mailed_column,
        section.date_order,
    )


def _sample(
    pieces: Sequence[Piece],
    surveyed: Sequence[Surveyed],
    counts: Sequence[Counts],
    engine: Engine,
) -> list[Sample]:
    """Take the very cells that would be taken of the whole list."""
    asked: list[list[tuple[Any, Any]]] = [[] for _ in pieces]
    for column, count in enumerate(counts):
        at = _by_piece(evenly(count.at), [one.counts[column].at for one in surveyed])
        filled = _by_piece(evenly(count.filled), [one.counts[column].filled for one in surveyed])
        for piece, pair in enumerate(zip(at, filled, strict=True)):
            asked[piece].append(pair)
    parts = list(engine.run(work.sample, pieces, asked))
    return [
        Sample(
            [text for part in parts for text in part[column].at],
            [text for part in parts for text in part[column].filled],
        )
        for column in range(len(counts))
    ]


def _by_piece(places: Any, sizes: Sequence[int]) -> list[Any]:
    """Divide places in the whole by pieces of given sizes; each counts from its own start."""
    bounds = np.concatenate([[0], np.cumsum(sizes)])
    cuts = np.searchsorted(places, bounds)
    return [places[cuts[i] : cuts[i + 1]] - bounds[i] for i in range(len(sizes))]


def _merge(
    judged: Sequence[Judged],
    header: tuple[str, ...],
    headers: pd.DataFrame,
    executable: Any,
    known: Known,
    piece: Piece,
) -> tuple[ListReport, dict[str, str]]:
    """Put the pieces' judgements together, and judge the headers of the whole list."""
    lines = np.concatenate([one.lines for one in judged]).astype(np.int64)
    contacts = _whole(judged, header, headers, executable, known, piece, lines)
    rules = [one for one in catalogue().values() if one.table == "headers"]
    tables = join_evidence(contacts, Evidence())
    found, skipped = lint(contacts, tables, rules, known.policy, {})
    parts = [found[(found["row"] < 0).to_numpy()], *(one.findings for one in judged)]
    categories = pd.CategoricalDtype([code for code in catalogue() if known.policy.asks(code)])
    frames = [
        one.assign(rule=one["rule"].astype(categories), text_id=np.int32(-1)) for one in parts
    ]
    findings = pd.concat(frames, ignore_index=True)
    findings["detail"] = findings["detail"].fillna("").astype(TEXT)
    verdicts = pd.concat([one.verdicts for one in judged], ignore_index=True)
    report = ListReport(
        contacts,
        findings,
        verdicts,
        _project(judged),
        sum(one.unanswered for one in judged),
        tuple(row for one in judged for row in one.unasked),
    )
    return report, skipped


def _whole(
    judged: Sequence[Judged],
    header: tuple[str, ...],
    headers: pd.DataFrame,
    executable: Any,
    known: Known,
    piece: Piece,
    lines: Any,
) -> Contacts:
    """Return the list as a whole without its texts: an address stands for all at its domain."""
    listing = Listing(
        path=piece.shown or piece.path,
        format=piece.format,
        header=header,
        frame=pd.DataFrame(index=pd.RangeIndex(len(lines))),
        lines=lines,
    )
    if (head := piece.head) is not None:
        listing = replace(head, header=header, frame=listing.frame, lines=lines)
    domain = np.concatenate([one.domain for one in judged])
    size = len(known.domains)
    nothing = pd.Series("", index=pd.RangeIndex(size + 1), dtype=TEXT)
    at = np.append(np.arange(size), -1).astype(np.int32)
    addresses = pd.DataFrame({"address": nothing, "local": nothing, "domain": at})
    address = np.where(domain == -1, size, np.where(domain == -2, -1, domain)).astype(np.int32)
    rows = pd.DataFrame({"line": lines, "address": address, "column": np.int16(-1)})
    texts = pd.DataFrame({"text": nothing[:0], "cleaned": nothing[:0], "address": at[:0]})
    columns = ["text", "rule", "grade", "after", "detail"]
    return Contacts(
        listing=listing,
        headers=headers.assign(executable=executable),
        texts=texts,
        addresses=addresses,
        domains=known.domains,
        contacts=rows,
        repairs=pd.DataFrame(columns=columns, dtype=object),
        places={},
        mailed=(),
    )


def _project(judged: Sequence[Judged]) -> ProjectedBounce:
    """Weigh the pieces' shares by their contacts."""
    mailed = np.array([int((one.domain > -2).sum()) for one in judged])
    send = np.array(
        [
            int(((one.domain > -2) & (one.verdicts == Verdict.SEND).to_numpy()).sum())
            for one in judged
        ]
    )

    def share(name: str, weights: Any) -> float:
        shares = np.array([getattr(one.projected, name) for one in judged])
        return float((shares * weights).sum() / weights.sum()) if weights.sum() else 0.0

    return ProjectedBounce(
        floor=share("floor", mailed),
        ceiling=share("ceiling", mailed),
        send_floor=share("send_floor", send),
        send_ceiling=share("send_ceiling", send),
        bound=any(one.projected.bound for one in judged),
    )
