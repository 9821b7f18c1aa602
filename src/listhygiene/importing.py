"""Importing: what the columns of a list are for, and what a platform's import makes of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from .headers import standard_name
from .intake import Taken, own_files, read_taken, take_in
from .model.contacts import Role
from .model.errors import ListHygieneError
from .model.listing import TEXT, Listing
from .pipeline import assign_headers, with_today
from .platforms import ImportProblem, Platform, import_check, platform, rename_plan
from .policy import Policy


@dataclass(frozen=True)
class Columns:
    """The columns of one list.

    headers: the headers table of `Contacts`, with `standard`: the header that we suggest for the
    column's role, or for what its cells look like, in the language of the list's own. renames:
    column -> the header that the platform expects. problems: what its import would refuse, skip or
    change. files: how many files its row limit makes of the list.
    """

    listing: Listing
    headers: pd.DataFrame
    platform: Platform | None = None
    renames: dict[int, str] = field(default_factory=dict)
    problems: tuple[ImportProblem, ...] = ()
    files: int = 1


@dataclass(frozen=True)
class Mapping:
    """The columns of all lists. troubles, skipped: file -> why there is nothing to show of it."""

    lists: tuple[Columns, ...]
    troubles: dict[str, str]
    skipped: dict[str, str]


def map_columns(lists: str | Sequence[str], policy: Policy | None = None) -> Mapping:
    """Say what each column of the lists is for and, where the policy names a platform, what its
    import expects.

    lists: paths; folders, patterns and zip archives stand for the lists in them. Nothing is asked
    of DNS or the blocklist. A list that cannot be read is in `troubles`. Raises UsageError.
    """
    from .policy import load_policy

    policy = with_today(policy or load_policy())
    target = platform(policy.platform) if policy.platform else None
    given = [lists] if isinstance(lists, str) else list(lists)
    mapped = []
    with take_in(given, own_files(policy), policy) as intake:
        troubles = dict(intake.troubles)
        for one in intake.lists:
            try:
                mapped.append(_map(one, policy, target))
            except ListHygieneError as error:
                if error.exit_code == 2:
                    raise
                troubles[one.shown] = str(error)
    return Mapping(tuple(mapped), troubles, dict(intake.skipped))


def _map(one: Taken, policy: Policy, target: Platform | None) -> Columns:
    listing = read_taken(one, policy)
    headers = assign_headers(listing, policy)
    japanese = any(re.search(r"[ぁ-んァ-ヶ一-龥]", one) for one in headers["header"])
    lang = "ja" if japanese else "en"
    headers = headers.assign(standard=_standards(headers, lang))
    if target is None:
        return Columns(listing, headers)
    problems = import_check(headers, listing, target, os.path.getsize(one.path))
    limit = target.row_limit(listing.format)
    files = 1 if limit is None else max(1, -(-len(listing.frame) // limit))
    renames = rename_plan(headers, target) if listing.header_line is not None else {}
    return Columns(listing, headers, target, renames, tuple(problems), files)


def is_import(policy: Policy) -> bool:
    """Tell whether a result is for a platform's import, which takes headers and contacts alone:
    the headers in the first line, and a totals row would become a contact."""
    return bool(policy.platform and platform(policy.platform).rules)


def import_notes(headers: pd.DataFrame, listing: Listing, goal: Platform) -> Iterator[str]:
    """Say what a platform's import will still refuse or change of a list as `clean` writes it."""
    renamed = rename_plan(headers, goal)
    names = [renamed.get(at, name) for at, name in enumerate(headers["header"])]
    shown = headers.assign(header=pd.Series(names, index=headers.index, dtype=TEXT))
    if listing.header_line is not None:
        listing = replace(listing, preamble=0)  # no line above the header is written
    for problem in import_check(shown, listing, goal):
        if problem.fact not in ("rows", "rows_workbook", "headers"):
            yield f"{listing.path}: {goal.title}: {problem}."


def _standards(headers: pd.DataFrame, lang: str) -> list[str]:
    """Suggest a header for each column: of its role, else of its content where no column has that
    role, else ''."""
    taken = set(headers["role"])
    suggested = []
    for role, content in zip(headers["role"], headers["content_role"], strict=True):
        named = role
        if not named and content == Role.EMAIL and content in taken:
            named = Role.SECONDARY_EMAIL
        elif not named and content not in taken:
            named = content
        suggested.append(standard_name(str(named), lang))
    return suggested


def document(mapping: Mapping) -> dict[str, Any]:
    """Return the mapping as JSON holds it."""
    return {
        "schema": 1,
        "lists": [_document(one) for one in mapping.lists],
        "troubles": mapping.troubles,
        "skipped": mapping.skipped,
    }


def _document(one: Columns) -> dict[str, Any]:
    listing = one.listing
    told: dict[str, Any] = {
        "path": listing.path,
        "format": listing.format,
        "sheet": listing.sheet,
        "encoding": listing.encoding,
        "delimiter": listing.delimiter,
        "header_line": listing.header_line,
        "preamble": listing.preamble,
        "rows": len(listing.frame),
        "notes": list(listing.notes),
        "columns": [
            {
                "position": int(str(place)),
                "header": row["header"],
                "role": row["role"],
                "by": row["by"],
                "content_role": row["content_role"],
                "filled": int(row["filled"]),
                "order": row["order"],
                "standard": row["standard"],
                "renamed": one.renames.get(int(str(place)), ""),
            }
            for place, row in one.headers.iterrows()
        ],
    }
    if one.platform is not None:
        told["platform"] = {
            "name": one.platform.name,
            "title": one.platform.title,
            "row_limit": one.platform.row_limit(listing.format),
            "files": one.files,
            "problems": [
                {
                    "severity": str(it.severity),
                    "column": it.column,
                    "fact": it.fact,
                    "text": str(it),
                    "note": one.platform.notes.get(it.fact, ""),
                    "source": it.source,
                }
                for it in one.problems
            ],
        }
    return told
