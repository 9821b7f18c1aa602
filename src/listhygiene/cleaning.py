"""The same list back: safe repairs applied, annotated, and every change written down."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from .annotation import annotate
from .changelog import Change, log_path, sha256, write_log
from .files import same_file
from .model.answer import Lookup
from .model.contacts import Contacts
from .model.errors import UsageError
from .model.evidence import Blocks, Evidence
from .model.listing import Edits, Listing
from .model.report import ListReport, Report, Verdict
from .model.rule import Grade
from .pipeline import (
    Progress,
    Run,
    assemble,
    fold_list,
    gather,
    inspect,
    read_list,
    with_today,
)
from .policy import Policy
from .proposals import rank_proposals
from .rules import catalogue
from .wording import speaker


@dataclass(frozen=True)
class Cleaning:
    """What `clean` is asked to do beside the safe repairs.

    accept: rules whose proposals are applied where the evidence supports exactly one reading.
    only: verdicts to keep (("send",)), or () for all. split: one file a verdict instead of one.
    in_place: the output may be the input. formulas: "keep", "escape" or "refuse" (CSV only).
    quarantine: file for the raw rows that are out of balance. rename: headers of the platform.
    """

    accept: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    split: bool = False
    in_place: bool = False
    formulas: str = "keep"
    quarantine: str | None = None
    rename: bool = False


@dataclass(frozen=True)
class Cleaned:
    """What was written: the report, the files with their rows, and the changes made."""

    report: Report
    files: dict[str, int]
    changes: tuple[Change, ...]
    logs: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def clean(
    path: str,
    out: str,
    policy: Policy | None = None,
    how: Cleaning | None = None,
    *,
    lookup: Lookup | None = None,
    blocks: Blocks | None = None,
    progress: Progress | None = None,
) -> Cleaned:
    """Judge a list, apply its safe repairs and give it back, annotated, as `out`.

    Nothing else in the file changes. A change log is written beside the output, from which
    `undo` gives the original back. Raises UnreadableList, UnwritableList, or UsageError where the
    output is the input.
    """
    from .policy import load_policy
    from .sources import open_run

    how = how or Cleaning()
    policy = with_today(policy or load_policy())
    _refuse_input(path, out, how)
    with open_run(policy, lookup, blocks, progress) as run:
        listing = read_list(path, policy, policy.lang or "en")
        contacts, evidence = _fold_accepted(listing, run, how.accept)
        one, skipped = inspect(contacts, evidence, policy)
        report = assemble((one,), (), [skipped], run)
    return _write(one, evidence, report, Path(out), how, policy)


def _refuse_input(path: str, out: str, how: Cleaning) -> None:
    if same_file(path, out) and not how.in_place:
        raise UsageError(
            "the output is the input",
            file=out,
            remedy="Name another file, or say --in-place to have it replaced.",
        )


def _fold_accepted(listing: Listing, run: Run, accept: Sequence[str]) -> tuple[Contacts, Evidence]:
    """Fold, gather evidence, and fold again with the proposals that were accepted."""
    contacts = fold_list(listing, run.policy)
    evidence = gather([contacts], run)[0]
    accepted = rank_proposals(contacts, evidence, accept) if accept else {}
    if accepted:
        contacts = fold_list(listing, run.policy, accepted)
        evidence = gather([contacts], run)[0]
    return contacts, evidence


def applied_repairs(contacts: Contacts) -> list[Change]:
    """List every cell that a repair changes, with the rules that changed it."""
    texts = contacts.texts
    differs = ((texts["cleaned"] != texts["text"]) & ~texts["missing"]).to_numpy()
    safe = contacts.repairs[contacts.repairs["grade"].isin([Grade.SAFE, Grade.PROPOSED]).to_numpy()]
    rules = safe.groupby("text")["rule"].agg(lambda one: " ".join(sorted(set(one)))).to_dict()
    changes = []
    lookup = np.append(differs, False)
    for column, places in contacts.places.items():
        for row in np.flatnonzero(lookup[places]):
            text = int(places[row])
            changes.append(
                Change(
                    row=int(row),
                    line=int(contacts.listing.lines[row]),
                    column=int(column),
                    header=contacts.listing.header[column],
                    before=str(texts["text"].iloc[text]),
                    after=str(texts["cleaned"].iloc[text]),
                    rule=str(rules.get(text, "")),
                )
            )
    return sorted(changes, key=lambda one: (one.row, one.column))


def _write(
    one: ListReport,
    evidence: Evidence,
    report: Report,
    out: Path,
    how: Cleaning,
    policy: Policy,
) -> Cleaned:
    listing = one.contacts.listing
    changes = [it for it in applied_repairs(one.contacts) if it.row not in listing.unbalanced]
    say = speaker(policy.lang or "en")
    edits = Edits(
        cells={(it.row, it.column): it.after for it in changes},
        columns=annotate(one, catalogue(), evidence, say),
        headers=_renamed(one, how, policy),
        formulas=how.formulas,
    )
    original = sha256(listing.path)
    files: dict[str, int] = {}
    logs: list[str] = []
    for target, keep in _targets(one, out, how):
        part = dataclasses.replace(edits, keep=keep)
        log = _write_one(listing, part, target, changes, original)
        files[str(target)] = len(one.verdicts) if keep is None else int(keep.sum())
        logs.append(str(log))
    if how.quarantine:
        from .writers import quarantine

        quarantine(listing, Path(how.quarantine))
    return Cleaned(report, files, tuple(changes), tuple(logs))


def _renamed(one: ListReport, how: Cleaning, policy: Policy) -> dict[int, str]:
    if not (how.rename and policy.platform):
        return {}
    from .platforms import platform, rename_plan

    return rename_plan(one.contacts.headers, platform(policy.platform))


def _targets(one: ListReport, out: Path, how: Cleaning) -> list[tuple[Path, np.ndarray | None]]:
    """Name the files to write, each with the rows it keeps (None = all)."""
    verdicts: pd.Series = one.verdicts
    if how.split:
        return [
            (
                out.with_name(f"{out.stem}.{verdict}{out.suffix}"),
                (verdicts == verdict).to_numpy(),
            )
            for verdict in map(str, Verdict)
        ]
    return [(out, verdicts.isin(how.only).to_numpy() if how.only else None)]


def _write_one(
    listing: Listing,
    edits: Edits,
    target: Path,
    changes: Sequence[Change],
    original: str,
) -> Path:
    from .writers import write

    restoring = write(listing, edits, target)
    kept = [it for it in changes if edits.keep is None or edits.keep[it.row]]
    return write_log(log_path(target), listing, target, kept, restoring, original)
