"""The same list back: safe repairs applied, annotated, and every change written down."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .annotation import annotate
from .changes import Change, in_member, joined, of_headers, of_rows
from .cores import begun
from .files import make_folder, same_file
from .handback import Edited, hand_back, hand_back_archive
from .importing import import_notes, is_import
from .intake import Intake, Taken, own_files, read_taken, take_in
from .model.answer import Lookup
from .model.errors import UnwritableList, UsageError
from .model.evidence import Blocks
from .model.listing import Edits
from .model.quantity import quantity
from .model.report import Report, Verdict
from .outputs import (
    Output,
    divide,
    find_targets,
    holds_types,
    output_folder,
    refuse_troubles,
    surplus_notes,
    together,
)
from .overwriting import refuse_overwriting
from .pipeline import Progress, Run, with_today
from .platforms import platform, rename_plan
from .policy import Policy
from .repairing import Repaired, Sparing, repair_all
from .rules import catalogue
from .wording import speaker


@dataclass(frozen=True)
class Cleaning:
    """What `clean` is asked to do beside the safe repairs.

    accept: rules whose proposals are applied where the evidence supports exactly one reading.
    only: verdicts to keep (("send",)), or () for all. split: one file a verdict instead of one.
    in_place: the output is the input. formulas: "keep", "escape" or "refuse" (CSV only).
    quarantine: file to which the rows out of balance go, raw, instead of the output.
    rename: headers and rows a file as the policy's platform expects. values_only: see `Edits`.
    """

    accept: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    split: bool = False
    in_place: bool = False
    formulas: str = "keep"
    quarantine: str | None = None
    rename: bool = False
    values_only: bool = False


@dataclass(frozen=True)
class Cleaned:
    """What was written.

    report: the lists as they were found. files: file -> rows. changes: the cells changed. logs:
    the change logs from which `undo` gives an original back. notes: what else a person should
    know. skipped: file -> why it is no list.
    """

    report: Report
    files: dict[str, int]
    changes: Sequence[Change]
    logs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass
class _Made:
    """What has been written so far."""

    files: dict[str, int]
    changes: list[Sequence[Change]]
    logs: list[str]
    notes: list[str]


def clean(
    lists: str | Sequence[str],
    out: str | None = None,
    policy: Policy | None = None,
    how: Cleaning | None = None,
    *,
    lookup: Lookup | None = None,
    blocks: Blocks | None = None,
    progress: Progress | None = None,
    spare: bool = False,
) -> Cleaned:
    """Judge lists together, apply their safe repairs and give each back, annotated.

    lists: a path, or several; folders, patterns and zip archives stand for the lists in them. out:
    the file to write, for several lists the folder; None with `how.in_place`. Nothing else in the
    files changes. A change log is written beside each output, from which `undo` gives the original
    back. spare: let cells go once they are folded; reports need none. Raises UnreadableList,
    UnwritableList, or UsageError where an output is an input.
    """
    from .policy import load_policy
    from .sources import open_run

    how = how or Cleaning()
    policy = with_today(policy or load_policy())
    given = [lists] if isinstance(lists, str) else list(lists)
    if how.in_place and out is not None and len(given) == 1 and same_file(given[0], out):
        out = None
    leave = own_files(policy) | ({} if out is None else output_folder(out))
    with contextlib.ExitStack() as stack:
        intake = stack.enter_context(take_in(given, leave, policy))
        refuse_troubles(intake)
        targets = find_targets(intake, out, how.in_place)
        _refuse_options(intake, how)
        _refuse_overwriting(intake, targets, how, policy)
        keep = len(intake.lists) == 1  # of many lists, one is written and in memory at a time
        reading = stack.enter_context(
            begun(lambda: [read_taken(one, policy, keep) for one in intake.lists])
        )
        run = stack.enter_context(open_run(policy, lookup, blocks, progress))
        listings = reading.result()
        formulas = "keep" if all(map(holds_types, targets)) else how.formulas
        sparing = _sparing(intake, targets, policy) if spare else None
        repaired, report = repair_all(listings, intake.names(), run, how.accept, formulas, sparing)
        made = _Made({}, [], [], [])
        for group in together(intake.lists):
            jobs = [(intake.lists[one], targets[one], repaired[one]) for one in group]
            _write(jobs, made, how, run)
    return Cleaned(
        report,
        made.files,
        joined(made.changes),
        tuple(made.logs),
        tuple(made.notes),
        tuple(intake.skipped.items()),
    )


def _sparing(intake: Intake, targets: Sequence[Path], policy: Policy) -> Sparing:
    from .writers import remember

    return Sparing(
        lambda place, listing: remember(listing, targets[place]),
        lambda place: read_taken(intake.lists[place], policy),
    )


_Job = tuple[Taken, Path, Repaired]


def _refuse_options(intake: Intake, how: Cleaning) -> None:
    packed = any(one.pack for one in intake.lists)
    wrong = {
        "--split and --only exclude each other": how.split and how.only,
        "--split and --in-place exclude each other": how.split and how.in_place,
        "an archive cannot be split": how.split and packed,
        "--quarantine takes one list": how.quarantine and len(intake.lists) > 1,
    }
    for problem, found in wrong.items():
        if found:
            raise UsageError(problem, remedy="Leave one out.")


def _refuse_overwriting(
    intake: Intake, targets: Sequence[Path], how: Cleaning, policy: Policy
) -> None:
    """What is written beside the lists may replace no list, nor a list what the policy reads."""
    lists = [one.pack.path if one.pack else one.path for one in intake.lists]
    aside = [how.quarantine] if how.quarantine else []
    refuse_overwriting(aside, lists, policy)
    refuse_overwriting([] if how.in_place else targets, lists, policy)
    if any(same_file(one, target) for one in aside for target in targets):
        raise UsageError("the output and the quarantine are one file", remedy="Name another one.")


def _write(jobs: Sequence[_Job], made: _Made, how: Cleaning, run: Run) -> None:
    """Write one list, or all lists of a workbook or an archive."""
    if jobs[0][0].pack is not None:
        _write_archive(jobs, made, how, run)
        return
    taken, target, one = jobs[0]
    edited = [_edits(*job, how, run, made) for job in jobs]
    outputs = _outputs_together(jobs, how, run, made)
    if how.in_place and [it[0].path for it in outputs] != [target]:
        raise UnwritableList(
            "more rows than the platform takes in one file cannot be written in its place",
            file=taken.shown,
            remedy="Name an output with -o.",
        )
    if not how.in_place:
        refuse_overwriting([it[0].path for it in outputs], [taken.path], run.policy)
    if how.quarantine:
        from .writers import quarantine

        found = quarantine(dataclasses.replace(one.listing, path=taken.path), Path(how.quarantine))
        made.notes.append(f"{quantity(found, 'row')} out of balance went to {how.quarantine}.")
    for parts in outputs:
        make_folder(parts[0].path.parent)
        lists, kept = [], []
        for (_, _, it), (edits, changes), part in zip(jobs, edited, parts, strict=True):
            lists.append((it.listing, dataclasses.replace(edits, keep=part.keep)))
            kept.append(of_rows(changes, part.keep))
        written = hand_back(
            lists, taken.path, parts[0].path, joined(kept), [one.key for _, _, one in jobs]
        )
        made.notes += written.closing_words(taken.shown, str(parts[0].path), lists)
        if written.log is not None:
            rows = (part.count(it.listing) for (_, _, it), part in zip(jobs, parts, strict=True))
            made.files[str(parts[0].path)] = sum(rows)
            made.logs += [str(written.log)] if written.undoable else []
        if not written.undoable:
            made.notes += surplus_notes([it for it, _ in lists], parts)
    made.changes += [changes for _, changes in edited]


def _write_archive(jobs: Sequence[_Job], made: _Made, how: Cleaning, run: Run) -> None:
    taken, target, _ = jobs[0]
    assert taken.pack is not None
    make_folder(target.parent)
    members: dict[str, tuple[Taken, list[Edited]]] = {}
    changes = []
    for one, _, repaired in jobs:
        edits, found = _edits(one, target, repaired, how, run, made)
        outputs = _outputs(repaired, Path(one.member), how, run, made)
        if len(outputs) > 1:
            raise UnwritableList(
                "has more rows than the platform takes in one file",
                file=one.shown,
                remedy="Unpack the archive and clean the folder.",
            )
        part = dataclasses.replace(edits, keep=outputs[0].keep)
        members.setdefault(one.member, (one, []))[1].append((repaired.listing, part))
        changes.append(in_member(found, one.member))
        rows = outputs[0].count(repaired.listing)
        made.files[one.shown] = made.files.get(one.shown, 0) + rows
    log, left = hand_back_archive(taken.pack, list(members.values()), target, joined(changes))
    made.changes += changes
    made.notes += left
    made.logs += [str(log)] if log else []
    if log is None:
        made.notes.append(f"{target} is as it was: there is nothing to change.")


def _edits(
    taken: Taken, _: Path, one: Repaired, how: Cleaning, run: Run, made: _Made
) -> tuple[Edits, Sequence[Change]]:
    """Collect what is to be changed in a list, and the entries of its log."""
    listing, policy = one.listing, run.policy
    renamed: dict[int, str] = {}
    if how.rename and policy.platform and listing.header_line is not None:
        renamed = rename_plan(one.contacts.headers, platform(policy.platform))
    if one.refused:
        made.notes.append(
            f"{listing.path}: formulas or errors, left alone: {quantity(len(one.refused), 'cell')}."
        )
    edits = Edits(
        cells=one.changes.cells(),
        columns=annotate(one.report, catalogue(), one.evidence, speaker(policy.lang or "en")),
        headers=renamed,
        formulas=how.formulas,
        values_only=how.values_only,
        contacts_only=how.rename and is_import(policy),
    )
    headers = of_headers(listing, renamed, taken.sheet or "")
    changes = dataclasses.replace(one.changes, sheet=taken.sheet or "")
    return edits, [*headers, *changes] if headers else changes


def _outputs_together(
    jobs: Sequence[_Job], how: Cleaning, run: Run, made: _Made
) -> list[tuple[Output, ...]]:
    """Say of each file to write what it keeps of each of the lists that go into it."""
    each = [_outputs(one, target, how, run, made) for _, target, one in jobs]
    if any([it.path for it in one] != [it.path for it in each[0]] for one in each):
        raise UnwritableList(
            "has more rows than the platform takes in one file",
            file=jobs[0][0].shown,
            remedy="Clean its sheets one by one, with --sheet.",
        )
    return list(zip(*each, strict=True))


def _outputs(one: Repaired, target: Path, how: Cleaning, run: Run, made: _Made) -> list[Output]:
    goal = platform(run.policy.platform) if how.rename and run.policy.platform else None
    workbook = one.listing.format != "csv" or target.suffix.lower() == ".xlsx"
    limit = goal.row_limit("xlsx" if workbook else "csv") if goal else None
    outputs = divide(
        target,
        one.report.verdicts,
        only=how.only,
        split=how.split,
        leave=sorted(one.listing.unbalanced) if how.quarantine else (),
        limit=limit,
    )
    if goal:
        made.notes += import_notes(one.contacts.headers, one.listing, goal)
        if limit and len(outputs) > (len(Verdict) if how.split else 1):
            made.notes.append(f"{goal.title} takes {limit:,} rows a file.")
    return outputs
