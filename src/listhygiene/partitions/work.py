"""Work: what is done with one piece of a list, in whichever process; pure but for its output."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..annotation import annotate
from ..content import Counts, Sample, count, take
from ..evidence import count_executable
from ..fold import fold
from ..folding import text_rules, with_told
from ..holders import Keys, keys_of, rows_behind
from ..model.contacts import Contacts
from ..model.evidence import Evidence, Sieve
from ..model.listing import TEXT
from ..model.report import ProjectedBounce
from ..pipeline import inspect
from ..policy import Policy
from ..proposals import proposed_domains
from ..rules import catalogue
from ..texts import to_arrow
from ..wording import speaker
from .pieces import Piece, load


@dataclass(frozen=True)
class Surveyed:
    """What a piece says of its columns."""

    header: tuple[str, ...]
    rows: int
    counts: list[Counts]


@dataclass(frozen=True)
class Summary:
    """What the whole list must know of a piece: its domains, and cells that execute."""

    domains: pd.DataFrame
    proposed: list[str]
    executable: Any


@dataclass(frozen=True)
class Known:
    """The evidence that all pieces share.

    domains: a row a domain of the whole list, as in `Contacts`. suggestions: by their place.
    headers: of the whole list.
    """

    policy: Policy
    domains: pd.DataFrame
    suggestions: pd.DataFrame
    answers: pd.DataFrame | None
    rates: Mapping[str, float]
    missing: Mapping[str, str]
    out: str = ""


@dataclass(frozen=True)
class Judged:
    """A piece's findings without their texts, and what the gate must know of it.

    domain: of each contact's mailed address the place in the whole list's domains, -1 = it has an
    address without a domain, -2 = none. unasked: rows of the piece. lines: of its rows (int32).
    """

    findings: pd.DataFrame
    verdicts: pd.Series
    domain: Any
    projected: ProjectedBounce
    unanswered: int
    unasked: tuple[int, ...]
    skipped: dict[str, str]
    lines: Any


def survey(piece: Piece) -> Surveyed:
    """Count what tells the columns' roles."""
    listing = load(piece)
    frame = listing.frame
    counts = [count(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return Surveyed(listing.header, len(frame), counts)


def sample(piece: Piece, places: Sequence[tuple[Any, Any]]) -> list[Sample]:
    """Take the cells that a sample of the whole list needs of this piece, a pair a column."""
    frame = load(piece).frame
    return [take(frame.iloc[:, at], *one) for at, one in enumerate(places)]


def distinct(piece: Piece, place: int) -> list[str]:
    """Return the distinct texts of a column."""
    texts: list[str] = pc.unique(to_arrow(load(piece).frame.iloc[:, place])).to_pylist()
    return texts


def fold_piece(piece: Piece, start: int, headers: pd.DataFrame, policy: Policy) -> Contacts:
    """Fold a piece under the roles of the whole list, and let its cells go."""
    listing = with_told(load(piece, start))
    counted = count_executable(listing)
    counted = counted if len(counted) == len(headers) else np.zeros(len(headers), np.int64)
    folded = fold(listing, headers.assign(executable=counted), text_rules(policy), policy)
    bare = dataclasses.replace(listing, frame=pd.DataFrame(index=listing.frame.index))
    return dataclasses.replace(folded, listing=bare)


def summarise(contacts: Contacts) -> Summary:
    """Return what the whole list must know of a folded piece."""
    executable = contacts.headers["executable"].to_numpy()
    return Summary(contacts.domains, list(proposed_domains(contacts)), executable)


def keys(contacts: Contacts, start: int) -> Keys:
    """Return the keys by which the first holders of addresses are found."""
    return keys_of(contacts, start)


def addresses(contacts: Contacts, sieve: Sieve | None) -> pd.DataFrame:
    """Return the distinct addresses that the blocklist may know, with their mailboxes' keys."""
    known = contacts.addresses[["address", "canonical"]]
    if sieve is None:
        return known
    return known.loc[sieve.sift(known["address"], known["canonical"]).index]


def judge_piece(
    piece: Piece,
    contacts: Contacts,
    number: int,
    start: int,
    held: pd.DataFrame,
    blocks: pd.DataFrame | None,
    known: Known,
) -> Judged:
    """Judge a folded piece by the evidence of the whole list; write it where `known.out` says.

    The same piece is written under the same name, so a worker that did it before and was lost
    changes nothing.
    """
    contacts, evidence = _with_evidence(contacts, start, held, blocks, known)
    report, skipped = inspect(contacts, evidence, known.policy)
    found = report.findings[(report.findings["row"] >= 0).to_numpy()]
    lines = contacts.contacts["line"].to_numpy()
    if known.out:
        say = speaker(known.policy.lang or "en")
        columns = annotate(dataclasses.replace(report, findings=found), catalogue(), evidence, say)
        annotated = _annotated(load(piece).frame, contacts.listing.header, columns)
        _write(known.out, number, _told(found, start, lines), annotated)
    compact = found.drop(columns=["detail", "text_id"]).assign(row=found["row"] + start)
    domain = np.append(contacts.addresses["domain"].to_numpy(), -2)
    here = domain[contacts.contacts["address"].to_numpy()]
    place = np.append(_places(contacts, known), [-2, -1])  # for -2 and -1
    return Judged(
        findings=compact,
        verdicts=report.verdicts,
        domain=place[here].astype(np.int32),
        projected=report.projected,
        unanswered=report.unanswered,
        unasked=tuple(row + start for row in report.unasked),
        skipped=skipped,
        lines=lines.astype(np.int32),
    )


def _with_evidence(
    contacts: Contacts,
    start: int,
    held: pd.DataFrame,
    blocks: pd.DataFrame | None,
    known: Known,
) -> tuple[Contacts, Evidence]:
    place = _places(contacts, known)
    counts = known.domains["contacts"].to_numpy()[place]
    contacts = dataclasses.replace(contacts, domains=contacts.domains.assign(contacts=counts))
    suggested = known.suggestions.reindex(place)
    suggested.index = contacts.domains.index
    here = np.isin(place, known.suggestions.index.to_numpy())
    evidence = Evidence(
        answers=known.answers,
        suggestions=suggested[here].astype(known.suggestions.dtypes.to_dict()),
        blocks=blocks,
        first_rows=rows_behind(contacts, start, held),
        rates=known.rates,
        missing=known.missing,
    )
    return contacts, evidence


def _places(contacts: Contacts, known: Known) -> Any:
    """Return the places of a piece's domains in those of the whole list."""
    return pd.Index(known.domains["domain"]).get_indexer(contacts.domains["domain"])


def _told(found: pd.DataFrame, start: int, lines: Any) -> pa.Table:
    rows = found["row"].to_numpy()
    told = found.drop(columns=["text_id"]).astype({"rule": TEXT, "severity": TEXT})
    return pa.Table.from_pandas(
        told.assign(row=rows + start, line=lines[rows]), preserve_index=False
    )


def _annotated(
    cells: pd.DataFrame, header: Sequence[str], columns: Mapping[str, pd.Series]
) -> pa.Table:
    kept = [place for place, name in enumerate(header) if name not in columns]
    arrays = [to_arrow(cells.iloc[:, place]) for place in kept]
    names = [header[place] for place in kept]
    return pa.Table.from_arrays(
        [*arrays, *(to_arrow(one) for one in columns.values())], names=[*names, *columns]
    )


def _write(out: str, number: int, findings: pa.Table, annotated: pa.Table) -> None:
    """Write a piece's findings and its annotated rows, each whole or not at all."""
    import pyarrow.parquet as pq

    for kind, table in (("findings", findings), ("contacts", annotated)):
        name = f"part-{number:06d}.parquet"
        if "://" in out:
            import fsspec

            with fsspec.open(f"{out.rstrip('/')}/{kind}/{name}", "wb") as stream:
                pq.write_table(table, stream, compression="zstd")
            continue
        from ..files import replacing

        with replacing(PurePosixPath(out) / kind / name) as stream:
            pq.write_table(table, stream, compression="zstd")
