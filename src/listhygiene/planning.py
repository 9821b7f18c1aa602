"""A sending plan: the contacts that may be mailed, spread over days, the freshest first."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from .data.providers import operator
from .data.suffixes import registrable
from .files import make_folder, writing
from .model.answer import Lookup
from .model.contacts import Contacts
from .model.errors import ListHygieneError, UsageError
from .model.evidence import Blocks, Evidence
from .model.listing import TEXT, Edits
from .model.report import Gate, Report, Verdict
from .pipeline import Progress, data_folder, read_list, with_today
from .policy import Policy
from .repairing import Repaired, repair_all
from .rules.stale import last_activity

MOST_DAYS = 400
"""A plan of more days than this is a slip in a number, and would write as many files."""


VALUES_ONLY = frozenset({".xls", ".xlsb", ".ods"})
"""Kinds of workbooks that are read, and written as XLSX."""


@dataclass(frozen=True)
class Batch:
    """What is to be mailed on one day.

    day: 1, 2, ... date: that day, the send's day first. rows: rows of the list, freshest first.
    providers: receiving provider -> how many, the largest first. oldest: the day of the last
    mailing of the least fresh contact, None where it is unknown. file: what was written.
    """

    day: int
    date: pd.Timestamp
    rows: npt.NDArray[np.int64]
    providers: dict[str, int]
    oldest: pd.Timestamp | None
    file: str = ""


@dataclass(frozen=True)
class Plan:
    """The batches of a list; left_out: how many contacts are for review or on hold."""

    report: Report
    batches: tuple[Batch, ...]
    per_day: int
    per_provider: int
    left_out: dict[str, int]
    repaired: int = 0

    @property
    def contacts(self) -> int:
        """How many contacts the plan mails."""
        return sum(len(one.rows) for one in self.batches)


def plan(
    path: str,
    per_day: int = 0,
    per_provider: int = 0,
    folder: str | None = None,
    policy: Policy | None = None,
    *,
    lookup: Lookup | None = None,
    blocks: Blocks | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Split the contacts that may be mailed into days, and write a list a day.

    The help page asks not to send much in a short time. per_day: at most so many a day (0: the
    policy's sender.per_day). per_provider: at most so many a day to one receiving provider (0: no
    limit). folder: where the batches are written, in the list's own format, safe repairs applied;
    None writes none. Raises UsageError, UnreadableList, UnwritableList, and ListHygieneError where
    the evidence that the policy requires could not be had.
    """
    from .policy import load_policy
    from .sources import open_run

    policy = with_today(policy or load_policy())
    per_day = per_day or policy.sender.per_day
    if not per_day:
        raise UsageError(
            "it is not said how many are to be mailed a day",
            remedy="Say --per-day N, or set sender.per_day in the policy.",
        )
    with open_run(policy, lookup, blocks, progress) as run:
        listing = read_list(path, policy, policy.lang or "en")
        repaired, report = repair_all([listing], [path], run)
    _refuse_undecided(report)
    one = repaired[0]
    days = _spread(one, policy, per_day, per_provider)
    batches, cells = _write(one, days, folder)
    counts = one.report.verdicts.value_counts()
    left = {name: int(counts.get(name, 0)) for name in (str(Verdict.REVIEW), str(Verdict.HOLD))}
    return Plan(report, batches, per_day, per_provider, left, cells)


def _refuse_undecided(report: Report) -> None:
    """Without the evidence that the policy requires nobody knows who may be mailed."""
    for reason in report.decision.reasons:
        if reason.decision == Gate.UNDECIDED:
            raise ListHygieneError(f"no plan can be made: {reason.measure}", remedy=reason.remedy)


def _spread(one: Repaired, policy: Policy, per_day: int, per_provider: int) -> tuple[Batch, ...]:
    """Order the contacts, give each its day, and describe the days."""
    contacts = one.contacts
    mailed = last_activity(contacts.contacts, policy)
    addressed = (contacts.contacts["address"] >= 0).to_numpy()
    may = (one.report.verdicts == Verdict.SEND).to_numpy() & addressed
    order = mailed[may].sort_values(ascending=False, na_position="last", kind="stable").index
    rows = order.to_numpy(dtype=np.int64)
    names = receiving_providers(contacts, one.evidence, policy).to_numpy()[rows]
    codes, _ = pd.factorize(names)
    days = assign_days(codes, per_day, per_provider)
    last = int(days.max()) if len(days) else 0
    if last > MOST_DAYS:
        raise UsageError(
            f"this plan would take {last} days, more than {MOST_DAYS}",
            remedy="Mail more a day, or split the list first.",
        )
    assert policy.as_of is not None
    return tuple(
        _describe(day, rows[days == day], names[days == day], mailed, policy.as_of)
        for day in range(1, last + 1)
    )


def _describe(
    day: int,
    rows: npt.NDArray[np.int64],
    names: npt.NDArray[np.object_],
    mailed: pd.Series,
    as_of: pd.Timestamp,
) -> Batch:
    counts = pd.Series(names).value_counts(sort=False).sort_values(ascending=False, kind="stable")
    days = mailed.iloc[rows]
    return Batch(
        day=day,
        date=as_of + pd.Timedelta(days=day - 1),
        rows=rows,
        providers={str(name): int(number) for name, number in counts.items()},
        oldest=None if days.isna().any() else days.min(),
    )


def receiving_providers(contacts: Contacts, evidence: Evidence, policy: Policy) -> pd.Series:
    """Return of each row who receives its mail: the registrable domain of the best MX host.

    Where DNS was not asked or said nothing, the provider list's operator of the address's domain,
    else that domain itself; '' where there is no address.
    """
    domains = contacts.domains["domain"]
    named = operator(domains).where(operator(domains) != "", domains)
    if evidence.answers is not None:
        hosts = evidence.answers["hosts"].reindex(domains).fillna("").astype(TEXT)
        best = hosts.str.split(" ", n=1).str[0].fillna("")
        own = registrable(best, data_folder(policy))
        own = own.where((own != "").to_numpy(), best.str.extract(r"([^.]+\.[^.]+)$", expand=False))
        own.index = domains.index
        named = own.where(own.fillna("") != "", named)
    by_domain = np.array([*named.astype(object), ""], dtype=object)
    by_address = by_domain[np.append(contacts.addresses["domain"].to_numpy(), -1)]
    return pd.Series(
        by_address[contacts.contacts["address"].to_numpy()], index=contacts.contacts.index
    )


def assign_days(
    providers: Sequence[int] | npt.NDArray[np.int64], per_day: int, per_provider: int
) -> npt.NDArray[np.int64]:
    """Give each contact, in order, the first day with room: 1, 2, ...

    providers: the place of each contact's provider. A day has room for `per_day` contacts, and for
    `per_provider` of one provider (0: no limit).
    """
    if not per_provider:
        return np.arange(len(providers), dtype=np.int64) // per_day + 1
    filled = [0]
    first_free = 0
    latest: dict[int, tuple[int, int]] = {}  # provider -> its latest day, how many it has there
    days = np.zeros(len(providers), dtype=np.int64)
    for number, provider in enumerate(providers):
        day, here = latest.get(int(provider), (0, 0))
        if here >= per_provider:
            day, here = day + 1, 0
        if day < first_free:
            day, here = first_free, 0
        while filled[day] >= per_day:
            day, here = day + 1, 0
        filled[day] += 1
        latest[int(provider)] = (day, here + 1)
        days[number] = day + 1
        filled += [0] * (day + 2 - len(filled))
        while filled[first_free] >= per_day:
            first_free += 1
    return days


def _write(
    one: Repaired, batches: Sequence[Batch], folder: str | None
) -> tuple[tuple[Batch, ...], int]:
    """Write a list a day beside each other: all of them or none."""
    if folder is None:
        return tuple(batches), 0
    from .writers import write

    cells = {(it.row, it.column): it.after for it in one.changes}
    files = _name_files(Path(one.listing.path), Path(folder), len(batches))
    written: list[Batch] = []
    try:
        for batch, file in zip(batches, files, strict=True):
            keep = np.zeros(len(one.listing.lines), dtype=bool)
            keep[batch.rows] = True
            write(one.listing, Edits(cells=cells, keep=keep), file)
            written.append(replace(batch, file=str(file)))
    except BaseException:
        for done in written:
            with contextlib.suppress(OSError):
                Path(done.file).unlink()
        raise
    planned = {row for batch in batches for row in batch.rows.tolist()}
    return tuple(written), sum(it.row in planned for it in one.changes)


def _name_files(path: Path, folder: Path, days: int) -> list[Path]:
    """Name the batches after the list; UsageError where one is there already."""
    digits = max(2, len(str(days)))
    suffix = ".xlsx" if path.suffix.lower() in VALUES_ONLY else path.suffix
    files = [folder / f"{path.stem}.day-{day:0{digits}d}{suffix}" for day in range(1, days + 1)]
    make_folder(folder)
    with writing(folder):
        there = sorted(folder.glob(f"{_literal(path.stem)}.day-*"))
    if there:
        raise UsageError(
            "an earlier plan stands there",
            file=str(there[0]),
            remedy="Name another folder, or empty this one: days of two plans must not mix.",
        )
    return files


def _literal(text: str) -> str:
    return "".join(f"[{one}]" if one in "*?[" else one for one in text)
