"""Sheets: which ones of a workbook are the lists of a run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .model.errors import ListHygieneError, UnreadableList, UsageError
from .model.listing import ALL_SHEETS, ReadOptions
from .policy import Policy

if TYPE_CHECKING:
    from .intake import Taken


def names_several(policy: Policy) -> bool:
    """Tell whether a policy may mean several sheets of one workbook."""
    return len(policy.list.sheet) > 1 or policy.list.sheet == (ALL_SHEETS,)


def one_sheet(policy: Policy) -> str | None:
    """Return the sheet that a policy names, None for none; UsageError where it names several."""
    if names_several(policy):
        raise UsageError(
            "this command reads one sheet of a workbook",
            place="--sheet",
            remedy="Name one sheet.",
        )
    return next(iter(policy.list.sheet), None)


def reading_one(policy: Policy, sheet: str | None = None) -> Policy:
    """Return a policy that names this sheet, or none."""
    named = () if sheet is None else (sheet,)
    return dataclasses.replace(policy, list=dataclasses.replace(policy.list, sheet=named))


def spread(one: Taken, policy: Policy, options: ReadOptions) -> Iterator[Taken]:
    """Yield a workbook once for each of its sheets that a policy names; another file as it is."""
    from .readers import sheets_of

    try:
        names = sheets_of(one.path, options, policy.list.sheet)
    except UnreadableList:
        names = ()  # reading it will tell
    except ListHygieneError as error:
        error.file = one.shown
        raise
    for name in names:
        yield dataclasses.replace(one, sheet=name, beside=names)
    if not names:
        yield one
