"""Repairing: lists judged together as found, their repairs chosen, and judged again as repaired."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .changelog import Change
from .fold import fold
from .formulas import escape_formula, find_escapable
from .model.contacts import CODES, Contacts
from .model.evidence import Evidence
from .model.listing import TEXT, Edits, Listing
from .model.report import ListReport, Report
from .model.rule import Grade
from .pipeline import Run, assemble, fold_list, gather, inspect, text_rules
from .proposals import rank_proposals
from .rowkeys import find_key


@dataclass(frozen=True)
class Repaired:
    """A list with its repairs.

    listing: as read. contacts, evidence, report: of the list as it will be written, since that is
    what the appended columns speak of. changes: the cells that change. refused: cells whose repair
    the format does not allow, with the reason.
    """

    listing: Listing
    contacts: Contacts
    evidence: Evidence
    report: ListReport
    changes: tuple[Change, ...]
    refused: Mapping[tuple[int, int], str]


def repair_all(
    listings: Sequence[Listing],
    names: Sequence[str],
    run: Run,
    accept: Sequence[str] = (),
    formulas: str = "keep",
) -> tuple[list[Repaired], Report]:
    """Judge lists together, choose their repairs, and judge them as repaired.

    names: what the lists are called in each other's findings. accept: rules whose proposals are
    taken where the evidence supports exactly one reading. formulas: "escape" where cells of a CSV
    will be escaped. The report is of the lists as found.
    """
    found = [fold_list(one, run.policy) for one in listings]
    evidence = gather(found, run, names=names)
    inspected = [inspect(*it, run.policy) for it in zip(found, evidence, strict=True)]
    report = assemble(tuple(one for one, _ in inspected), (), [one for _, one in inspected], run)
    chosen = [_choose(*it, run, accept) for it in zip(found, evidence, strict=True)]
    escape = formulas == "escape"
    changed = [_repaired_contacts(*it, run, escape) for it in zip(found, chosen, strict=True)]
    if any(one is not two for one, two in zip(found, changed, strict=True)):
        evidence = gather(changed, run, names=names, answers=evidence[0].answers)
    repaired = []
    for first, choice, one, proof in zip(found, chosen, changed, evidence, strict=True):
        judged, _ = inspect(one, proof, run.policy)
        changes = tuple(choice.changes)
        repaired.append(Repaired(first.listing, one, proof, judged, changes, choice.refused))
    return repaired, report


@dataclass(frozen=True)
class _Choice:
    """What is to be changed in one list.

    refused: cells that the format leaves alone, and why. awaiting: rows whose mailed address is an
    accepted proposal.
    """

    changes: Sequence[Change]
    refused: Mapping[tuple[int, int], str]
    awaiting: Sequence[int]


def _choose(contacts: Contacts, evidence: Evidence, run: Run, accept: Sequence[str]) -> _Choice:
    """Choose a list's repairs: the safe ones, and of the accepted rules those that are sure."""
    from .writers import refused_cells

    accepted = rank_proposals(contacts, evidence, accept) if accept else {}
    if accepted:
        contacts = fold_list(contacts.listing, run.policy, accepted)
    listing = contacts.listing
    changes = [it for it in applied_repairs(contacts) if it.row not in listing.unbalanced]
    refused = refused_cells(listing, Edits({(it.row, it.column): it.after for it in changes}))
    left = [it for it in changes if (it.row, it.column) not in refused]
    mailed = contacts.contacts["column"].to_numpy()
    awaiting = [it.row for it in left if it.before in accepted and mailed[it.row] == it.column]
    return _Choice(left, refused, awaiting)


def _repaired_contacts(contacts: Contacts, chosen: _Choice, run: Run, escape: bool) -> Contacts:
    """Fold a list again with its repairs made, and as its cells will be escaped."""
    escaped = _escaped_columns(contacts, chosen.changes) if escape else []
    if not (chosen.changes or escaped):
        return contacts
    frame = contacts.listing.frame.copy(deep=False)
    for column in sorted({it.column for it in chosen.changes}):
        texts = frame[column].to_numpy(dtype=object).copy()
        for it in chosen.changes:
            if it.column == column:
                texts[it.row] = it.after
        frame[column] = texts
        frame[column] = frame[column].astype(TEXT)
    for column in escaped:
        live = find_escapable(frame[column])
        frame[column] = frame[column].mask(live, frame[column][live].map(escape_formula))
    listing = dataclasses.replace(contacts.listing, frame=frame)
    repaired = fold(listing, contacts.headers, text_rules(run.policy), run.policy)
    awaiting = repaired.contacts["awaiting"].to_numpy(copy=True)
    awaiting[list(chosen.awaiting)] = True
    return dataclasses.replace(repaired, contacts=repaired.contacts.assign(awaiting=awaiting))


def _escaped_columns(contacts: Contacts, changes: Sequence[Change]) -> list[int]:
    """Return the columns that mean something and may hold cells that will be escaped."""
    listing, headers = contacts.listing, contacts.headers
    if listing.format != "csv" or CODES in listing.header:
        return []
    places = [int(place) for place in headers.index[(headers["role"] != "").to_numpy()]]
    changed = {it.column for it in changes}
    return [
        place for place in places if place in changed or find_escapable(listing.frame[place]).any()
    ]


def applied_repairs(contacts: Contacts) -> list[Change]:
    """List every cell that a repair changes, with the rules that changed it, by row and column."""
    texts = contacts.texts
    differs = ((texts["cleaned"] != texts["text"]) & ~texts["missing"]).to_numpy()
    rules = _rules(contacts)
    listing, lookup = contacts.listing, np.append(differs, False)
    at = find_key(listing) if differs.any() else None
    keys = None if at is None else listing.frame.iloc[:, at]
    before, after = texts["text"].to_numpy(object), texts["cleaned"].to_numpy(object)
    changes = []
    for column, places in contacts.places.items():
        for row in np.flatnonzero(lookup[places]).tolist():
            text = int(places[row])
            changes.append(
                Change(
                    row=row,
                    line=int(listing.lines[row]),
                    column=int(column),
                    header=listing.header[column],
                    before=str(before[text]),
                    after=str(after[text]),
                    rule=rules.get(text, ""),
                    key="" if keys is None else str(keys.iat[row]),
                )
            )
    return sorted(changes, key=lambda one: (one.row, one.column))


def _rules(contacts: Contacts) -> dict[int, str]:
    """Name for each text id the rules whose repair it got: the safe ones, or the accepted one."""
    repairs = contacts.repairs
    grade = repairs["grade"].to_numpy()
    taken = repairs["after"].to_numpy(object) == contacts.texts["cleaned"].reindex(
        repairs["text"]
    ).to_numpy(object)
    made = repairs[(grade == Grade.SAFE) | ((grade == Grade.PROPOSED) & taken)]
    joined = made.groupby("text")["rule"].agg(lambda one: " ".join(sorted(set(one))))
    return {int(text): str(rule) for text, rule in joined.items()}
