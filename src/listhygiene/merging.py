"""Merging: the accepted repairs of a change log made on a newer copy of the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .changelog import Log, read_log
from .changes import Change
from .files import same_file
from .handback import hand_back
from .intake import Taken, read_taken
from .model.errors import UsageError
from .model.listing import Edits, Listing
from .pipeline import read_options
from .policy import Policy
from .rowkeys import find_column, find_key
from .sheets import names_several, reading_one, spread


@dataclass(frozen=True)
class Misfit:
    """A repair that no longer fits.

    change: as the log has it. why: a sentence's end ("no row holds that text any more"). line: of
    the newer copy, where there is one to look at.
    """

    change: Change
    why: str
    line: int | None = None


@dataclass(frozen=True)
class Merged:
    """What came of a merge.

    out: the file written. changes: the cells that were changed. done: how many repairs were there
    already. misfits: those that no longer fit. log: the change log of this merge, None where
    nothing was to be changed in place.
    """

    out: str
    changes: tuple[Change, ...]
    done: int
    misfits: tuple[Misfit, ...]
    log: str | None
    notes: tuple[str, ...] = ()


def merge(
    log: str,
    to: str,
    out: str | None = None,
    policy: Policy | None = None,
    *,
    in_place: bool = False,
) -> Merged:
    """Make the repairs of a change log on another copy of its list.

    A cell is found by its column's header and by what stood there before the repair: all cells
    that hold that text get it. Where the log knows a column that names each row (an id), only the
    row of the same id does. Nothing else changes; the result has a change log of its own, from
    which `undo` gives `to` back. Raises UnreadableList, UnwritableList, UsageError.
    """
    from .policy import load_policy

    policy = policy or load_policy()
    target = _target(to, out, in_place)
    record = read_log(log)
    policy = _naming(policy, record.head)
    searches = [_searched(one, record, policy) for one in _sheets(to, policy)]
    read = {one.listing.sheet for one in searches}
    strays = [it for it in record.changes if it.sheet and it.sheet not in read]
    found = [(one, one.settle()) for one in searches]
    lists = [
        (one.listing, Edits(cells={(it.row, it.column): it.after for it in changes}))
        for one, changes in found
    ]
    changes = [it for _, each in found for it in each]
    written = hand_back(lists, to, target, changes, [find_key(one) for one, _ in lists]).log
    return Merged(
        out=str(target),
        changes=tuple(changes),
        done=sum(one.done for one in searches),
        misfits=(
            *(it for one in searches for it in one.misfits),
            *(Misfit(it, "its sheet is not read") for it in strays),
        ),
        log=None if written is None else str(written),
        notes=tuple(it for one in searches for it in one.notes),
    )


def _naming(policy: Policy, head: Mapping[str, Any]) -> Policy:
    """Name the sheets of the log where the policy names none."""
    known = tuple(str(one["sheet"]) for one in head.get("sheets", ()))
    if policy.list.sheet or not known:
        return policy
    return replace(policy, list=replace(policy.list, sheet=known))


def _sheets(to: str, policy: Policy) -> Iterator[Taken]:
    one = Taken(to, to, Path(to).name)
    if names_several(policy):
        yield from spread(one, policy, read_options(reading_one(policy)))
    else:
        yield one


def _searched(taken: Taken, record: Log, policy: Policy) -> _Search:
    """Read a list, and look for the cells of the repairs that were made on it."""
    listing = read_taken(taken, policy)
    heads = record.head.get("sheets", [record.head])
    head = next((one for one in heads if one.get("sheet") == listing.sheet), heads[0])
    search = _Search(listing, str(head.get("key") or ""), taken.sheet or "")
    changes = (it for it in record.changes if it.sheet in ("", listing.sheet))
    wanted = dict.fromkeys(one for one in map(_essence, changes) if one.row >= 0)
    search.find_all(list(wanted))
    return search


def _target(to: str, out: str | None, in_place: bool) -> Path:
    if in_place and out is not None:
        raise UsageError("--in-place and -o exclude each other", remedy="Leave one out.")
    if out is None and not in_place:
        raise UsageError("there is no output", remedy="Name it with -o OUT, or say --in-place.")
    if out is not None and same_file(to, out):
        raise UsageError(
            "the output is the input", file=out, remedy="Name another one, or say --in-place."
        )
    return Path(out or to)


def _essence(one: Change) -> Change:
    """Return a repair without its place, where its text alone says what it is of."""
    return one if one.key or one.row < 0 else Change(0, one.line, 0, one.header, *_texts(one))


def _texts(one: Change) -> tuple[str, str, str]:
    return one.before, one.after, one.rule


class _Search:
    """The cells of a list by their texts and their rows' keys."""

    def __init__(self, listing: Listing, key: str, sheet: str = "") -> None:
        self.listing, self.sheet = listing, sheet
        self.done = 0
        self.misfits: list[Misfit] = []
        self.notes: list[str] = []
        self._found: dict[tuple[int, int], Change] = {}
        self._texts: dict[int, Sequence[str]] = {}
        self._rows: dict[int, Mapping[str, list[int]]] = {}
        self._key = find_column(listing, key) if key else None
        if key and self._key is None:
            self.notes.append(f"There is no column {key} any more: cells are found by their text.")

    def find_all(self, changes: Sequence[Change]) -> None:
        """Find the cells of all repairs; what does not fit is noted."""
        meant: dict[tuple[str, str, str], set[str]] = {}
        for one in changes:
            meant.setdefault((one.header, one.before, self._key_of(one)), set()).add(one.after)
        seen: set[tuple[str, str, str]] = set()
        for one in changes:
            name = (one.header, one.before, self._key_of(one))
            if name in seen:
                continue
            seen.add(name)
            if len(meant[name]) > 1:
                self._miss(one, "the log has several repairs for that text")
            else:
                self._find(one)

    def settle(self) -> list[Change]:
        """Return the changes to make, without those that the list's format refuses."""
        from .writers import refused_cells

        edits = Edits(cells={at: one.after for at, one in self._found.items()})
        for at, why in refused_cells(self.listing, edits).items():
            self._miss(self._found.pop(at), why, at[0])
        return sorted(self._found.values(), key=lambda one: (one.row, one.column))

    def _key_of(self, one: Change) -> str:
        return one.key if self._key is not None else ""

    def _find(self, one: Change) -> None:
        column = find_column(self.listing, one.header)
        if column is None:
            self._miss(one, "there is no such column, or several")
            return
        texts = self._column(column)
        key = self._key_of(one)
        if key and self._key is not None:
            rows = self._rows_of(self._key).get(key, [])
            why = "the row of that key is gone"
        else:
            rows = self._rows_of(column).get(one.before, [])
            rows = rows or self._rows_of(column).get(one.after, [])
            why = "no row holds that text any more"
        if not rows:
            self._miss(one, why)
        for row in rows:
            self._take(one, row, column, texts[row])

    def _take(self, one: Change, row: int, column: int, text: str) -> None:
        if text == one.after:
            self.done += 1
        elif text != one.before:
            self._miss(one, "the cell was changed meanwhile", row)
        elif row in self.listing.unbalanced:
            self._miss(one, "the row is out of balance", row)
        else:
            self._found[row, column] = Change(
                row=row,
                line=int(self.listing.lines[row]),
                column=column,
                header=self.listing.header[column],
                before=one.before,
                after=one.after,
                rule=one.rule,
                key=one.key,
                sheet=self.sheet,
            )

    def _miss(self, one: Change, why: str, row: int | None = None) -> None:
        line = None if row is None else int(self.listing.lines[row])
        self.misfits.append(Misfit(one, why, line))

    def _column(self, column: int) -> Sequence[str]:
        if column not in self._texts:
            self._texts[column] = self.listing.frame.iloc[:, column].tolist()
        return self._texts[column]

    def _rows_of(self, column: int) -> Mapping[str, list[int]]:
        if column not in self._rows:
            rows: dict[str, list[int]] = {}
            for row, text in enumerate(self._column(column)):
                rows.setdefault(text, []).append(row)
            self._rows[column] = rows
        return self._rows[column]


def misfit_lines(merged: Merged) -> Iterator[tuple[str, str]]:
    """Yield for each misfit where it is, and the text it was of."""
    for one in merged.misfits:
        where = f"line {one.line}, " if one.line is not None else ""
        yield f"{where}column {one.change.header}: {one.why}", one.change.before
