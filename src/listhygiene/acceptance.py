"""A run held against a baseline: what was accepted does not weigh, what is new does."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from . import __version__
from .baseline import (
    RANK,
    SAMPLE,
    AcceptedList,
    Baseline,
    Key,
    Marks,
    accepts,
    load_key,
    read_baseline,
    without,
    write_baseline,
)
from .gate import judge
from .model.errors import UsageError
from .model.evidence import Evidence
from .model.report import ListReport, SenderReport
from .model.rule import Severity
from .projection import project

if TYPE_CHECKING:
    from .pipeline import Run

NEVER = frozenset({"D404"})
"""Rules whose findings cannot be accepted: what stayed unanswered is unknown, not accepted."""

SAME = 0.5
"""Share of a baseline's sample that a list with another header must hold to be the same list."""


@dataclass(frozen=True)
class Acceptance:
    """What a run is asked about baselines: judge by one, write one, drop what is stale in it."""

    key: Key
    path: str = ""
    baseline: Baseline | None = None
    write: str = ""
    prune: bool = False


def open_acceptance(
    path: str | None, write: str | None = None, prune: bool = False
) -> Acceptance | None:
    """Find the key and read the baseline, before anything else is done; None where none is asked.

    Raises UsageError: no key, no baseline, another key's, a newer version's.
    """
    if prune and not path:
        raise UsageError("--prune-baseline needs a baseline", remedy="Name it with --baseline.")
    if not path and not write:
        return None
    key = load_key(make=bool(write and not path))
    baseline = read_baseline(path, key) if path else None
    return Acceptance(key, path or "", baseline, write or "", prune)


def settle(
    reports: Sequence[ListReport],
    senders: Sequence[SenderReport],
    evidence: Sequence[Evidence],
    skipped: Sequence[Mapping[str, str]],
    run: Run,
) -> tuple[tuple[ListReport, ...], tuple[SenderReport, ...]]:
    """Take the weight from accepted findings and write what is to be written.

    skipped: the rules that were not asked of a list; what was not asked is not stale. Without a
    baseline to judge by, the state that is written counts. Raises UsageError where the baseline is
    of another list.
    """
    acceptance = run.acceptance
    assert acceptance is not None
    key = acceptance.key
    samples = acceptance.baseline.lists if acceptance.baseline else ()
    wanted = frozenset(mark for one in samples for mark in one.sample)
    pairs = [_pairs(one, key) for one in reports]
    states = [take_state(one, own, key, wanted) for one, own in zip(reports, pairs, strict=True)]
    now = Baseline(key.check, tuple(one for one, _ in states), _sender_marks(senders, key))
    known = acceptance.baseline or now
    places = list(range(len(reports)))
    if acceptance.baseline:
        places = [
            _find_place(state, held, known, one)
            for (state, held), one in zip(states, reports, strict=True)
        ]
    judged = tuple(
        _judge_again(one, own, known.lists[place].accepted, proof)
        for one, own, place, proof in zip(reports, pairs, places, evidence, strict=True)
    )
    marked = tuple(_mark_sender(one, known.senders, key) for one in senders)
    left_out = {code for one in skipped for code in one}
    stale = [
        {pair for pair in part if run.policy.asks(pair[0]) and pair[0] not in left_out}
        for part in _find_gone(known, now, places, bool(senders))
    ]
    run.sources["baseline"] = {
        "file": acceptance.path or acceptance.write,
        "accepted": sum(int(one["accepted"].sum()) for one in _findings(judged, marked)),
        "stale": sum(len(one) for one in stale),
        "stale_rules": sorted({code for one in stale for code, _ in one}),
        **_write(acceptance, now, _pruned(known, stale), run),
    }
    return judged, marked


def _findings(lists: Sequence[ListReport], senders: Sequence[SenderReport]) -> list[pd.DataFrame]:
    return [*(one.findings for one in lists), *(one.findings for one in senders)]


def _write(acceptance: Acceptance, now: Baseline, pruned: Baseline, run: Run) -> dict[str, object]:
    """Write the state, or the baseline without its stale part; not after a run with gaps."""
    targets = {acceptance.write: now} if acceptance.write else {}
    if acceptance.prune and acceptance.path not in targets:
        targets[acceptance.path] = pruned
    if run.troubles and targets:
        return {"not_written": "the run had gaps: " + "; ".join(run.troubles.values())}
    for path, state in targets.items():
        write_baseline(path, state, __version__)
    return {"written": {path: state.count for path, state in targets.items()}}


def take_state(
    one: ListReport, pairs: pd.DataFrame, key: Key, wanted: frozenset[str] = frozenset()
) -> tuple[AcceptedList, frozenset[str]]:
    """Return everything that could be accepted of a list now, and what tells the list.

    The second result are those of the wanted marks of addresses that the list holds.
    """
    heaviest = pairs.assign(rank=pairs["severity"].map(RANK)).sort_values("rank", kind="stable")
    accepted: dict[str, dict[str, str]] = {}
    for code, found in heaviest.groupby("rule", sort=True):
        accepted[str(code)] = dict(zip(found["mark"], found["severity"], strict=True))
    header = key.mark("header", *sorted(one.contacts.listing.header))
    all_marks = [key.mark("address", str(text)) for text in one.contacts.addresses["address"]]
    sample = tuple(heapq.nsmallest(SAMPLE, all_marks))
    return AcceptedList(header, sample, accepted), wanted.intersection(all_marks)


def _pairs(one: ListReport, key: Key) -> pd.DataFrame:
    """Return rule, mark and severity of the findings that may be accepted, on their index.

    Those are what weighs, and the headers' own; an equal pair of rule and subject is marked once.
    """
    whole = one.findings
    counts = whole["weighs"].to_numpy() | (whole["row"] < 0).to_numpy()
    counts &= (whole["severity"] != Severity.INFO).to_numpy()
    counts &= ~whole["rule"].isin(NEVER).to_numpy()
    found = whole[counts]
    subjects = _subjects(one, found)
    marks = np.empty(len(found), dtype=object)
    for rule, places in found.groupby("rule", observed=True).indices.items():
        codes, distinct = pd.factorize(subjects[places])
        made = np.array([key.mark(str(rule), str(subject)) for subject in distinct], object)
        marks[places] = made[codes]
    return pd.DataFrame(
        {
            "rule": found["rule"].astype(str).to_numpy(object),
            "mark": marks,
            "severity": found["severity"].astype(str).to_numpy(object),
        },
        index=found.index,
    )


def _subjects(one: ListReport, found: pd.DataFrame) -> Any:
    """Say whom or what each finding speaks of, whatever row it stands in.

    A header by its name, a cell by its address (or its cleaned text where that is none), a row by
    the address that is mailed, or, where it has none, by its cells.
    """
    contacts = one.contacts
    addresses = np.array([*("a:" + contacts.addresses["address"].astype(object)), ""], object)
    texts = ("t:" + contacts.texts["cleaned"].astype(object)).to_numpy()
    of_text = contacts.texts["address"].to_numpy()
    of_text = np.append(np.where(of_text >= 0, addresses[of_text], texts), "")
    of_row = np.append(addresses[contacts.contacts["address"].to_numpy()], "")
    row, text = found["row"].to_numpy(), found["text_id"].to_numpy()
    subjects = np.where(text >= 0, of_text[text], of_row[row])
    header = (*contacts.listing.header, "")
    for place in np.flatnonzero((subjects == "") | (row < 0)):
        if row[place] < 0:
            subjects[place] = f"h:{header[int(found['column'].iloc[place])]}"
        else:
            subjects[place] = "r:" + "\x1f".join(
                contacts.listing.frame.iloc[row[place]].astype(str)
            )
    return subjects


def _find_place(state: AcceptedList, held: frozenset[str], known: Baseline, one: ListReport) -> int:
    """Find a list in the baseline: by its header and some of its addresses, or by most of them."""
    shares = [_share(state, held, other) for other in known.lists]
    best = max(range(len(shares)), key=shares.__getitem__, default=-1)
    if best < 0 or shares[best] <= 0:
        raise UsageError(
            "the baseline is of another list",
            file=one.contacts.listing.path,
            remedy="Name this list's own baseline, or write it: --write-baseline FILE.",
        )
    return best


def _share(state: AcceptedList, held: frozenset[str], other: AcceptedList) -> float:
    """Estimate how much of a baseline's list is in this list; 0 where it is another one."""
    same_header = state.header == other.header
    if not other.sample or not state.sample:
        return 1.0 if same_header else 0.0
    share = sum(mark in held for mark in other.sample) / len(other.sample)
    return share if share >= SAME or same_header else 0.0


def _judge_again(
    one: ListReport, pairs: pd.DataFrame, marks: Marks, evidence: Evidence
) -> ListReport:
    """Return the report with the accepted findings marked and without their weight.

    The projected bounce rate stays what it is, since accepting a finding makes no mail arrive;
    `new_floor` is the part of it that was not accepted, which the gate judges.
    """
    found = one.findings
    accepted = [
        accepts(marks, code, mark, severity)
        for code, mark, severity in zip(
            pairs["rule"], pairs["mark"], pairs["severity"], strict=True
        )
    ]
    hit = np.zeros(len(found), dtype=bool)
    hit[found.index.get_indexer(pairs.index[np.array(accepted, dtype=bool)])] = True
    fresh = found.assign(weighs=found["weighs"].to_numpy() & ~hit, accepted=hit)
    verdicts = judge(fresh, len(one.verdicts))
    blocks = evidence.blocks
    if blocks is not None and len(blocks):
        rows = found.loc[hit & (found["rule"] == "A331").to_numpy(), "text_id"]
        taken = one.contacts.texts["address"].reindex(rows[rows >= 0].unique())
        blocks = blocks[~blocks.index.isin(taken)]
    return replace(
        one,
        findings=fresh,
        verdicts=verdicts,
        projected=project(
            one.contacts, found, verdicts, evidence.blocks, evidence.rates, one.unasked
        ),
        new_floor=project(one.contacts, fresh, verdicts, blocks, unasked=one.unasked).floor,
    )


def _sender_marks(senders: Sequence[SenderReport], key: Key) -> Marks:
    marks: dict[str, dict[str, str]] = {}
    for one in senders:
        for code, severity in zip(one.findings["rule"], one.findings["severity"], strict=True):
            if severity != Severity.INFO:
                mark = key.mark(str(code), f"s:{one.address}")
                marks.setdefault(str(code), {})[mark] = str(severity)
    return marks


def _mark_sender(one: SenderReport, marks: Marks, key: Key) -> SenderReport:
    hit = [
        accepts(marks, str(code), key.mark(str(code), f"s:{one.address}"), str(severity))
        for code, severity in zip(one.findings["rule"], one.findings["severity"], strict=True)
    ]
    return replace(one, findings=one.findings.assign(accepted=np.array(hit, dtype=bool)))


def _find_gone(
    known: Baseline, now: Baseline, places: Sequence[int], with_senders: bool
) -> list[set[tuple[str, str]]]:
    """Return, of each part of the baseline, what is accepted and no longer there."""
    present: list[set[tuple[str, str]]] = [set() for _ in known.parts()]
    for place, one in zip(places, now.lists, strict=True):
        present[place] |= _flat(one.accepted)
    present[-1] |= _flat(now.senders)
    judged = [*(place in places for place in range(len(known.lists))), with_senders]
    return [
        _flat(part) - here if seen else set()
        for part, here, seen in zip(known.parts(), present, judged, strict=True)
    ]


def _flat(marks: Marks) -> set[tuple[str, str]]:
    return {(code, mark) for code, found in marks.items() for mark in found}


def _pruned(known: Baseline, stale: Sequence[set[tuple[str, str]]]) -> Baseline:
    lists = tuple(
        replace(one, accepted=without(one.accepted, gone))
        for one, gone in zip(known.lists, stale[:-1], strict=True)
    )
    return Baseline(known.key, lists, without(known.senders, stale[-1]))
