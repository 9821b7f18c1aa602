"""Repairing: lists judged together as found, their repairs chosen, and judged again as repaired."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .changes import Changes
from .combinations import join_names
from .cores import begun
from .earlier import COLUMNS
from .fold import fold
from .formulas import escape_formula, find_escapable
from .model.contacts import CODES, Contacts
from .model.evidence import Evidence
from .model.listing import Edits, Listing
from .model.report import ListReport, Report
from .model.rule import Grade
from .pipeline import Run, assemble, fold_list, gather, inspect, text_rules
from .policy import Policy
from .proposals import rank_proposals
from .rejudging import at_rest, rejudge
from .rowkeys import find_key
from .texts import LARGE, from_arrow, give_back, to_arrow


@dataclass(frozen=True)
class Repaired:
    """A list with its repairs.

    listing: as read. contacts, evidence, report: what the appended columns speak of, the list as
    it will be written; where nothing but findings about texts comes out otherwise, the contacts are
    those that were read. changes: the cells that change. refused: cells whose repair the format
    does not allow, with the reason. key: the column that names the rows, if there is one.
    """

    listing: Listing
    contacts: Contacts
    evidence: Evidence
    report: ListReport
    changes: Changes
    refused: Mapping[tuple[int, int], str]
    key: int | None = None


@dataclass(frozen=True)
class Sparing:
    """How cells are let go as soon as they are folded.

    remember: takes the place of a list and the list; returns it as its writer can do without the
    cells, None where it cannot. again: reads the list at a place once more.
    """

    remember: Callable[[int, Listing], Listing | None]
    again: Callable[[int], Listing]


def repair_all(
    listings: Sequence[Listing],
    names: Sequence[str],
    run: Run,
    accept: Sequence[str] = (),
    formulas: str = "keep",
    sparing: Sparing | None = None,
) -> tuple[list[Repaired], Report]:
    """Judge lists together, choose their repairs, and judge them as repaired.

    names: what the lists are called in each other's findings. accept: rules whose proposals are
    taken where the evidence supports exactly one reading. formulas: "escape" where cells of a CSV
    will be escaped. sparing: lets cells go that are not likely to be asked for again. The report
    is of the lists as found.
    """
    keys = [find_key(one) for one in listings]
    if formulas != "keep" or accept or run.policy.platform:
        sparing = None
    found = [
        _fold(place, one, keys[place], run.policy, sparing) for place, one in enumerate(listings)
    ]
    give_back()  # what folding needed
    evidence = gather(found, run, names=names)
    give_back()  # what gathering needed
    with begun(
        lambda: [_choose(*it, run, accept) for it in zip(found, evidence, keys, strict=True)]
    ) as choosing:
        inspected = [inspect(*it, run.policy) for it in zip(found, evidence, strict=True)]
        chosen = choosing.result()
    give_back()  # what judging needed
    report = assemble(tuple(one for one, _ in inspected), (), [one for _, one in inspected], run)
    settled = [
        None if formulas == "escape" or not it.at_rest else rejudge(one, it.changes)
        for (one, _), it in zip(inspected, chosen, strict=True)
    ]
    if any(one is None for one in settled):
        found = _with_cells(found, sparing)
        settled, evidence = _judge_again(found, chosen, evidence, run, names, formulas == "escape")
    repaired = [
        Repaired(first.listing, one.contacts, proof, one, choice.changes, choice.refused, key)
        for first, choice, one, proof, key in zip(
            found, chosen, settled, evidence, keys, strict=True
        )
        if one is not None
    ]
    return repaired, report


def _fold(
    place: int, listing: Listing, key: int | None, policy: Policy, sparing: Sparing | None
) -> Contacts:
    """Fold a list; where that is spared, without its cells but those that name the rows."""
    ours = listing.header_line is None or not set(COLUMNS).isdisjoint(listing.header)
    spared = None if sparing is None or ours else sparing.remember(place, listing)
    if spared is None:
        return fold_list(listing, policy)
    named = None if key is None else listing.frame[key]
    contacts = fold_list(spared, policy, spare=True)
    if key is not None:
        spared.frame[key] = named
    return contacts


def _with_cells(found: Sequence[Contacts], sparing: Sparing | None) -> list[Contacts]:
    """Give the lists whose cells were let go their cells back."""
    if sparing is None:
        return list(found)
    whole = [one.listing.frame.shape[1] == len(one.listing.header) for one in found]
    return [
        one if whole[place] else dataclasses.replace(one, listing=sparing.again(place))
        for place, one in enumerate(found)
    ]


@dataclass(frozen=True)
class _Choice:
    """What is to be changed in one list.

    refused: cells that the format leaves alone, and why. at_rest: whether there are safe repairs
    only, which no repair changes again. awaiting: rows whose mailed address is a proposal.
    """

    changes: Changes
    refused: Mapping[tuple[int, int], str]
    at_rest: bool
    awaiting: npt.NDArray[np.int64]


def _choose(
    contacts: Contacts, evidence: Evidence, key: int | None, run: Run, accept: Sequence[str]
) -> _Choice:
    """Choose a list's repairs: the safe ones, and of the accepted rules those that are sure."""
    from .writers import refused_cells

    accepted = rank_proposals(contacts, evidence, accept) if accept else {}
    if accepted:
        contacts = fold_list(contacts.listing, run.policy, accepted)
    listing = contacts.listing
    changes = applied_repairs(contacts, key)
    unbalanced = np.isin(changes.rows, sorted(listing.unbalanced))
    changes = changes.take(np.flatnonzero(~unbalanced)) if unbalanced.any() else changes
    refused = refused_cells(listing, Edits(changes.cells()))
    if refused:
        cells = zip(changes.rows.tolist(), changes.columns.tolist(), strict=True)
        left = [place for place, cell in enumerate(cells) if cell not in refused]
        changes = changes.take(np.array(left, dtype=np.int64))
    chosen = pc.is_in(changes.before, value_set=pa.array(list(accepted), LARGE))
    mailed = contacts.contacts["column"].to_numpy()[changes.rows] == changes.columns
    awaiting = changes.rows[chosen.to_numpy(zero_copy_only=False) & mailed]
    rests = not accepted and at_rest(changes, run.policy)
    return _Choice(changes, refused, rests, awaiting)


def _judge_again(
    found: Sequence[Contacts],
    chosen: Sequence[_Choice],
    evidence: list[Evidence],
    run: Run,
    names: Sequence[str],
    escape: bool,
) -> tuple[list[ListReport | None], list[Evidence]]:
    """Judge lists as repaired, from their cells on."""
    changed = [_repaired_contacts(*it, run, escape) for it in zip(found, chosen, strict=True)]
    if any(one is not two for one, two in zip(found, changed, strict=True)):
        evidence = gather(changed, run, names=names, answers=evidence[0].answers)
    return [inspect(*it, run.policy)[0] for it in zip(changed, evidence, strict=True)], evidence


def _repaired_contacts(contacts: Contacts, chosen: _Choice, run: Run, escape: bool) -> Contacts:
    """Fold a list again with its repairs made, and as its cells will be escaped."""
    changes = chosen.changes
    escaped = _escaped_columns(contacts, changes) if escape else []
    if not (changes or escaped):
        return contacts
    frame = contacts.listing.frame.copy(deep=False)
    for column in np.unique(changes.columns).tolist():
        here = np.flatnonzero(changes.columns == column)
        mask = np.zeros(len(frame), dtype=bool)
        mask[changes.rows[here]] = True  # by row, as the changes are
        after = changes.after.take(pa.array(here))
        frame[column] = from_arrow(
            pc.replace_with_mask(to_arrow(frame[column]), pa.array(mask), after), frame.index
        )
    for column in escaped:
        live = find_escapable(frame[column]) & ~frame.index.isin(contacts.listing.unbalanced)
        frame[column] = frame[column].mask(live, frame[column][live].map(escape_formula))
    listing = dataclasses.replace(contacts.listing, frame=frame)
    repaired = fold(listing, contacts.headers, text_rules(run.policy), run.policy)
    awaiting = repaired.contacts["awaiting"].to_numpy(copy=True)
    awaiting[chosen.awaiting] = True
    return dataclasses.replace(repaired, contacts=repaired.contacts.assign(awaiting=awaiting))


def _escaped_columns(contacts: Contacts, changes: Changes) -> list[int]:
    """Return the columns that mean something and may hold cells that will be escaped."""
    listing, headers = contacts.listing, contacts.headers
    if listing.format != "csv" or CODES in listing.header:
        return []
    places = [int(place) for place in headers.index[(headers["role"] != "").to_numpy()]]
    changed = set(changes.columns.tolist())
    return [
        place for place in places if place in changed or find_escapable(listing.frame[place]).any()
    ]


def applied_repairs(contacts: Contacts, key: int | None) -> Changes:
    """List every cell that a repair changes, with the rules that changed it, by row and column.

    key: the column that names the rows, if there is one.
    """
    texts, listing = contacts.texts, contacts.listing
    differs = ((texts["cleaned"] != texts["text"]) & ~texts["missing"]).to_numpy()
    lookup = np.append(differs, False)
    found = [
        (rows, np.full(len(rows), column), places[rows])
        for column, places in contacts.places.items()
        for rows in (np.flatnonzero(lookup[places]),)
    ]
    none = np.empty(0, dtype=np.int64)
    rows, columns, ids = (np.concatenate(one) for one in zip((none, none, none), *found))  # noqa: B905
    order = np.lexsort((columns, rows))
    rows, columns, ids = rows[order], columns[order], pa.array(ids[order])
    nothing = pa.array([""] * len(rows), LARGE)
    return Changes(
        rows=rows,
        lines=np.asarray(listing.lines)[rows],
        columns=columns,
        headers=listing.header,
        before=to_arrow(texts["text"]).take(ids),
        after=to_arrow(texts["cleaned"]).take(ids),
        rules=_rules(contacts, differs).take(ids),
        keys=nothing if key is None else to_arrow(listing.frame[key]).take(pa.array(rows)),
    )


def _rules(contacts: Contacts, differs: npt.NDArray[np.bool_]) -> pa.Array:
    """Name for each text id the rules whose repair it got: the safe ones, or the accepted one."""
    repairs, texts = contacts.repairs, contacts.texts
    repairs = repairs[differs[repairs["text"].to_numpy(dtype=np.int64)]]
    cleaned = texts["cleaned"].iloc[repairs["text"].to_numpy(dtype=np.int64)].to_numpy(object)
    grade = repairs["grade"].to_numpy()
    taken = (grade == Grade.PROPOSED) & (repairs["after"].to_numpy(object) == cleaned)
    made = repairs[(grade == Grade.SAFE) | taken]
    codes, names = pd.factorize(made["rule"], sort=True)
    found, which = join_names(made["text"].to_numpy(dtype=np.int64), codes, list(names), len(texts))
    return found.take(pa.array(which))
