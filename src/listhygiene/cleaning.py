"""The same list back: safe repairs applied, annotated, and every change written down."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .annotation import annotate
from .changelog import Change
from .files import same_file
from .handback import hand_back, hand_back_archive
from .intake import Intake, Taken, own_files, read_taken, take_in
from .model.answer import Lookup
from .model.errors import UnreadableList, UnwritableList, UsageError
from .model.evidence import Blocks
from .model.listing import TEXT, Edits, Listing
from .model.quantity import quantity
from .model.report import Report, Verdict
from .outputs import Output, divide, find_targets
from .overwriting import refuse_overwriting
from .pipeline import Progress, Run, with_today
from .platforms import Platform, import_check, platform, rename_plan
from .policy import Policy
from .repairing import Repaired, repair_all
from .rowkeys import find_key
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
    changes: tuple[Change, ...]
    logs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()


@dataclass
class _Made:
    """What has been written so far."""

    files: dict[str, int]
    changes: list[Change]
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
) -> Cleaned:
    """Judge lists together, apply their safe repairs and give each back, annotated.

    lists: a path, or several; folders, patterns and zip archives stand for the lists in them. out:
    the file to write, for several lists the folder; None with `how.in_place`. Nothing else in the
    files changes. A change log is written beside each output, from which `undo` gives the original
    back. Raises UnreadableList, UnwritableList, or UsageError where an output is an input.
    """
    from .policy import load_policy
    from .sources import open_run

    how = how or Cleaning()
    policy = with_today(policy or load_policy())
    given = [lists] if isinstance(lists, str) else list(lists)
    if how.in_place and out is not None and len(given) == 1 and same_file(given[0], out):
        out = None
    leave = own_files(policy) | ({} if out is None else _output_folder(out))
    with open_run(policy, lookup, blocks, progress) as run, take_in(given, leave) as intake:
        _refuse_troubles(intake)
        targets = find_targets(intake, out, how.in_place)
        _refuse_options(intake, how)
        _refuse_overwriting(intake, targets, how, policy)
        listings = [read_taken(one, policy) for one in intake.lists]
        repaired, report = repair_all(listings, intake.names(), run, how.accept, how.formulas)
        made = _Made({}, [], [], [])
        for group in _groups(intake.lists):
            jobs = [(intake.lists[one], targets[one], repaired[one]) for one in group]
            _write(jobs, made, how, run)
    return Cleaned(
        report,
        made.files,
        tuple(made.changes),
        tuple(made.logs),
        tuple(made.notes),
        tuple(intake.skipped.items()),
    )


_Job = tuple[Taken, Path, Repaired]


def _output_folder(out: str) -> dict[str, str]:
    """A folder of results is no list, wherever it lies."""
    real = Path(out).resolve()
    return {str(real): "is the output"} if real.is_dir() else {}


def _refuse_troubles(intake: Intake) -> None:
    if intake.troubles:
        raise UnreadableList(" ".join(intake.troubles.values()).rstrip("."))
    if not intake.lists:
        raise UnreadableList("there is no list in what was given", remedy="Name a list.")


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


def _groups(lists: Sequence[Taken]) -> Iterator[list[int]]:
    """Group the lists that are written together: the members of an archive, else each by itself."""
    packs: dict[str, list[int]] = {}
    for place, one in enumerate(lists):
        packs.setdefault(one.pack.path if one.pack else f"\0{place}", []).append(place)
    yield from packs.values()


def _write(jobs: Sequence[_Job], made: _Made, how: Cleaning, run: Run) -> None:
    """Write one list, or all lists of an archive."""
    if jobs[0][0].pack is not None:
        _write_archive(jobs, made, how, run)
        return
    taken, target, one = jobs[0]
    edits, changes = _edits(one, how, run, made)
    outputs = _outputs(one, target, how, run, made)
    if how.in_place and [it.path for it in outputs] != [target]:
        raise UnwritableList(
            "more rows than the platform takes in one file cannot be written in its place",
            file=taken.shown,
            remedy="Name an output with -o.",
        )
    if not how.in_place:
        refuse_overwriting([it.path for it in outputs], [taken.path], run.policy)
    if how.quarantine:
        from .writers import quarantine

        found = quarantine(dataclasses.replace(one.listing, path=taken.path), Path(how.quarantine))
        made.notes.append(f"{quantity(found, 'row')} out of balance went to {how.quarantine}.")
    key = find_key(one.listing)
    for output in outputs:
        output.path.parent.mkdir(parents=True, exist_ok=True)
        part = dataclasses.replace(edits, keep=output.keep)
        kept = [it for it in changes if it.row < 0 or output.keep is None or output.keep[it.row]]
        log, undoable = hand_back(
            one.listing,
            taken.path,
            part,
            output.path,
            kept,
            key="" if key is None else one.listing.header[key],
        )
        _note(made, one.listing, output, log, undoable)
    made.changes += changes


def _write_archive(jobs: Sequence[_Job], made: _Made, how: Cleaning, run: Run) -> None:
    taken, target, _ = jobs[0]
    assert taken.pack is not None
    target.parent.mkdir(parents=True, exist_ok=True)
    members, changes = [], []
    for one, _, repaired in jobs:
        edits, found = _edits(repaired, how, run, made)
        outputs = _outputs(repaired, Path(one.member), how, run, made)
        if len(outputs) > 1:
            raise UnwritableList(
                "has more rows than the platform takes in one file",
                file=one.shown,
                remedy="Unpack the archive and clean the folder.",
            )
        part = dataclasses.replace(edits, keep=outputs[0].keep)
        members.append((one, repaired.listing, part))
        changes += [dataclasses.replace(it, list=one.member) for it in found]
        made.files[one.shown] = _rows(repaired.listing, outputs[0])
    log, left = hand_back_archive(taken.pack, members, target, changes)
    made.changes += changes
    made.notes += left
    made.logs += [str(log)] if log else []
    if log is None:
        made.notes.append(f"{target} is as it was: there is nothing to change.")


def _edits(one: Repaired, how: Cleaning, run: Run, made: _Made) -> tuple[Edits, list[Change]]:
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
        cells={(it.row, it.column): it.after for it in one.changes},
        columns=annotate(one.report, catalogue(), one.evidence, speaker(policy.lang or "en")),
        headers=renamed,
        formulas=how.formulas,
        values_only=how.values_only,
    )
    headers = [
        Change(
            -1,
            listing.header_line or 1,
            at,
            listing.header[at],
            listing.header[at],
            new,
            "platform",
        )
        for at, new in renamed.items()
    ]
    return edits, [*headers, *one.changes]


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
        made.notes += _import_notes(one, goal)
        if limit and len(outputs) > (len(Verdict) if how.split else 1):
            made.notes.append(f"{goal.title} takes {limit:,} rows a file.")
    return outputs


def _import_notes(one: Repaired, goal: Platform) -> Iterator[str]:
    """Say what the platform's import will still refuse or change."""
    headers = one.contacts.headers
    renamed = rename_plan(headers, goal)
    names = [renamed.get(at, name) for at, name in enumerate(headers["header"])]
    shown = headers.assign(header=pd.Series(names, index=headers.index, dtype=TEXT))
    for problem in import_check(shown, one.listing, goal):
        if problem.fact not in ("rows", "rows_workbook", "headers"):
            yield f"{one.listing.path}: {goal.title}: {problem}."


def _note(made: _Made, listing: Listing, output: Output, log: Path | None, undoable: bool) -> None:
    name = str(output.path)
    if log is None:
        made.notes.append(f"{name} is as it was: there is nothing to change.")
        return
    made.files[name] = _rows(listing, output)
    if undoable:
        made.logs.append(str(log))
    else:
        made.notes.append(
            f"{name} is a new file of values, without the formulas, formats and other sheets of "
            f"{listing.path}, which stays as it is."
        )


def _rows(listing: Listing, output: Output) -> int:
    return len(listing.frame) if output.keep is None else int(output.keep.sum())
