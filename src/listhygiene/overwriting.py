"""Files that a run reads, and that nothing it writes may take the place of."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from .files import same_file
from .model.errors import UsageError
from .policy import Policy


def refuse_overwriting(
    targets: Iterable[str | os.PathLike[str]], lists: Sequence[str], policy: Policy | None = None
) -> None:
    """Raise UsageError where a file to be written is one that the run reads.

    lists: as they were given: a folder or a pattern stands for the files below it. policy: its
    blocklist, recorded answers and its own file are read too. Names, links and hard links count.
    """
    own = {} if policy is None else policy_files(policy)
    for one in targets:
        target = os.fspath(one)
        if not os.path.lexists(target):
            continue
        what = next((why for path, why in own.items() if same_file(path, target)), "")
        if not what and any(_stands_for(given, target) for given in lists):
            what = "a list that is read"
        if what:
            raise UsageError(
                f"this file is {what} and is not written over",
                file=target,
                remedy="Name another file.",
            )


def _stands_for(given: str, target: str) -> bool:
    """Say whether a list that was given is an existing file, or finds it."""
    from .intake import SUFFIXES

    if os.path.isdir(given):
        inside = Path(target).resolve().is_relative_to(Path(given).resolve())
        return inside and Path(target).suffix.lower() in SUFFIXES | {".zip"}
    if same_file(given, target):
        return True
    return glob.has_magic(given) and any(
        same_file(one, target) for one in glob.iglob(given, recursive=True)
    )


def policy_files(policy: Policy) -> dict[str, str]:
    """Return the files that a policy has a run read: path -> what it is."""
    from .sources import blocklist_url

    found = {policy.place("dns.source"): "the recorded answers"}
    found[blocklist_url(policy)[0].removeprefix("sqlite:///")] = "the blocklist"
    for origin in policy.origins.values():
        found[origin.partition(", line ")[0]] = "the policy"
    return {path: what for path, what in found.items() if os.path.isfile(path)}
