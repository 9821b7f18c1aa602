"""The numbers behind the pictures of a report: causes, worst domains, months, the bounce rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..model.bounce import CAUSE_NAMES, Type
from ..model.contacts import Role
from ..model.listing import TEXT
from ..model.report import ListReport, Verdict, unaccepted

MONTHS = 24
"""Months back that the histogram of last mailings shows singly; what is older is one bar."""


@dataclass(frozen=True)
class DomainShare:
    """How the contacts of one domain fared."""

    domain: str
    contacts: int
    hold: int
    review: int


@dataclass(frozen=True)
class Month:
    """The contacts last mailed in one month; label "2026-05", "" for all that is older."""

    label: str
    fresh: int
    stale: int

    @property
    def count(self) -> int:
        return self.fresh + self.stale


@dataclass(frozen=True)
class Months:
    """When the contacts were last mailed; newest month first, the last bar is all that is older.

    unknown: contacts whose day of the last mailing is not known. limit: the day up to which a
    contact is stale.
    """

    bars: tuple[Month, ...]
    unknown: int
    limit: pd.Timestamp


def causes(one: ListReport) -> list[tuple[str, int, str]]:
    """Count the blocked contacts by cause, the commonest first: name, count, type of the block."""
    found = unaccepted(one.findings)
    blocked = found[found["rule"].isin(("A331", "A332")).to_numpy() & found["weighs"].to_numpy()]
    types = blocked["rule"].astype(str).map({"A331": Type.PERMANENT, "A332": Type.TEMPORARY})
    told = blocked["detail"].str.extract(r"^([\w-]+)", expand=False)
    named = told.where(told.isin(list(CAUSE_NAMES.values())), "unknown cause")
    counts = pd.DataFrame({"name": named, "type": types.astype(str)}).value_counts().reset_index()
    return [
        (str(name), int(count), str(kind))
        for name, kind, count in zip(counts["name"], counts["type"], counts["count"], strict=True)
    ]


def worst_domains(one: ListReport, most: int = 10) -> list[DomainShare]:
    """Return the domains with the most contacts on hold, then for review."""
    contacts = one.contacts
    domain = np.append(contacts.addresses["domain"].to_numpy(), -1)
    here = domain[contacts.contacts["address"].to_numpy()]
    known = here >= 0
    table = pd.DataFrame(
        {
            "domain": here[known],
            "hold": (one.verdicts == Verdict.HOLD).to_numpy()[known],
            "review": (one.verdicts == Verdict.REVIEW).to_numpy()[known],
        }
    )
    sums = table.groupby("domain").agg(
        hold=("hold", "sum"), review=("review", "sum"), contacts=("hold", "size")
    )
    sums = sums[((sums["hold"] > 0) | (sums["review"] > 0)).to_numpy()]
    worst = sums.sort_values(["hold", "review"], ascending=False, kind="stable").head(most)
    names = contacts.domains["unicode"].where(
        contacts.domains["unicode"].fillna("") != "", contacts.domains["domain"]
    )
    rows: Any = worst.itertuples()
    return [
        DomainShare(str(name), int(row.contacts), int(row.hold), int(row.review))
        for name, row in zip(names.reindex(worst.index), rows, strict=True)
    ]


def months(one: ListReport, as_of: pd.Timestamp, stale_months: int) -> Months | None:
    """Count the contacts by the month of their last mailing; None where no column says it."""
    if Role.LAST_MAILED not in set(one.contacts.headers["role"]):
        return None
    days = one.contacts.contacts["last_mailed"]
    limit = as_of - pd.DateOffset(months=stale_months)
    known = days[days.notna().to_numpy()]
    ago = (as_of.year - known.dt.year) * 12 + as_of.month - known.dt.month
    ago = ago.clip(lower=0)
    shown = int(min(max(int(ago.max()) if len(ago) else 0, 11), MONTHS - 1)) + 1
    place = ago.clip(upper=shown).to_numpy(dtype=np.int64)
    stale = (known <= limit).to_numpy()
    old = np.bincount(place[stale], minlength=shown + 1)
    new = np.bincount(place[~stale], minlength=shown + 1)
    labels = [f"{as_of - pd.DateOffset(months=back):%Y-%m}" for back in range(shown)] + [""]
    bars = [Month(label, int(new[n]), int(old[n])) for n, label in enumerate(labels)]
    if not bars[-1].count:
        bars.pop()
    return Months(tuple(bars), int(days.isna().sum()), limit)


def rows_with_findings(one: ListReport, most: int) -> tuple[pd.DataFrame, int]:
    """Return the findings of the rows to look at first, and how many rows have findings.

    The worst verdict comes first. Result: the findings (as in `ListReport`) of at most `most`
    rows, in the order to show them.
    """
    found = unaccepted(one.findings)
    found = found[(found["row"] >= 0).to_numpy()]
    rows = np.unique(found["row"].to_numpy())
    rank = one.verdicts.cat.codes.to_numpy()[rows]
    order = rows[np.lexsort((rows, -rank))][:most]
    place = pd.Series(np.arange(len(order)), index=order)
    kept = found[found["row"].isin(order).to_numpy()]
    kept = kept.assign(place=kept["row"].map(place)).sort_values("place", kind="stable")
    return kept, len(rows)


def mailed_texts(one: ListReport) -> pd.Series:
    """Return of each row the address that the campaign mails, '' where there is none."""
    addresses = [*one.contacts.addresses["address"].tolist(), ""]
    ids = one.contacts.contacts["address"].to_numpy()
    return pd.Series(pd.array(addresses, dtype=TEXT).take(ids), index=one.contacts.contacts.index)
