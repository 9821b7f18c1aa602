"""The bounce rate: what was sent, what came back, and which cause to see to first."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from . import __version__
from .blocks import open_blocks, remedy, title
from .model.bounce_report import BounceReport
from .model.errors import UsageError
from .model.listing import TEXT
from .pipeline import Run, fold_list, gather, inspect, read_list, with_today
from .policy import Policy

if TYPE_CHECKING:
    from .model.contacts import Contacts

LINE = 0.05
"""The help page: over 5 % warns (不達率 5 %)."""

CODES = "listhygiene_codes"
"""The column that `clean` appends: what was found when the list was made, DNS included."""


def bounce_report(
    policy: Policy,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    campaigns: Sequence[str] = (),
) -> BounceReport:
    """Work out the rates of a period (until: not included); raises BlocklistError, UsageError.

    The line is the policy's `gate.bounce_floor`, which a platform's published limit replaces.
    """
    from .data.providers import operator

    line, source = _line(policy)
    with open_blocks(policy, write=False) as blocks:
        found = blocks.rates(
            since=since, until=until, line=line, providers=operator, only=tuple(campaigns)
        )
        name = blocks.name
    missing = [one for one in campaigns if one not in set(found.campaigns["campaign"])]
    if missing:
        raise UsageError(
            f"there is no campaign {missing[0]!r} in this period",
            place="--campaign",
            remedy="listhygiene bounces report names those there are.",
        )
    lang = policy.lang or "en"
    causes = found.causes.assign(
        title=found.causes["cause"].map(lambda code: title(str(code), lang)).astype(TEXT),
        remedy=found.causes["cause"].map(lambda code: remedy(str(code), policy)).astype(TEXT),
    )
    return BounceReport(
        line=line,
        source=source,
        blocklist=name,
        since=since,
        until=until,
        asked=tuple(campaigns),
        total=found.total,
        campaigns=found.campaigns,
        months=found.months,
        causes=causes,
        types=found.types,
        domains=found.domains,
        providers=_by_provider(found.domains),
        offenders=found.offenders,
        unknown=found.unknown,
        version=__version__,
    )


def _line(policy: Policy) -> tuple[float, str]:
    """Return the line, and the key of the policy or the platform that draws it."""
    share = policy.gate.bounce_floor.share
    if share is None:
        return LINE, "default"
    return share, str(policy.origins.get("gate.bounce_floor", "default"))


def _by_provider(domains: pd.DataFrame) -> pd.DataFrame:
    """Sum up domains by provider; one that nobody is known to run stands for itself."""
    named = domains["provider"].where(domains["provider"].ne(""), domains["domain"])
    inside = (domains["rate"] * domains["sent"].astype("Float64")).fillna(0)
    groups = domains.assign(provider=named, inside=inside).groupby("provider", sort=False)
    table = groups[["bounced", "permanent", "temporary", "share", "inside"]].sum().reset_index()
    table["sent"] = groups["sent"].sum(min_count=1).astype("Int64").to_numpy()
    table["sent"] = table["sent"].astype("Int64")
    rate = table["inside"].astype("Float64") / table["sent"].astype("Float64")
    order = ["provider", "sent", "bounced", "permanent", "temporary", "share", "rate"]
    table = table.assign(rate=rate.astype("Float64"))[order]
    return table.sort_values("bounced", ascending=False, kind="stable", ignore_index=True)


def enter_sent(
    campaign: str,
    policy: Policy,
    *,
    count: int | None = None,
    path: str | None = None,
    at: datetime | None = None,
) -> int:
    """Enter how many a campaign was sent to, or to whom; return how many are known now.

    path: the list that was sent; the addresses of its main e-mail column count, repaired as
    `clean` repairs them. What was to be found at them then is kept too: from it the history's rates
    are learnt (see `projection`). at: when; else the day that is known already, else today. Raises
    UnreadableList, BlocklistError, UsageError.
    """
    recipients = codes = None
    policy = with_today(policy)
    listing = read_list(path, policy, policy.lang or "en") if path is not None else None
    with open_blocks(policy, write=True) as blocks:
        when = at or blocks.sent_at(campaign) or _midnight(policy)
        if listing is not None:
            day = pd.Timestamp(when).tz_localize(None).normalize()
            policy = dataclasses.replace(policy, as_of=day)
            recipients, codes = _recipients(fold_list(listing, policy), policy)
        return blocks.sent(campaign, count=count, recipients=recipients, codes=codes, at=when)


def _midnight(policy: Policy) -> datetime:
    """Return the day of the policy as a moment."""
    day: datetime = pd.Timestamp(str(policy.as_of)).tz_localize("UTC").to_pydatetime()
    return day


def _recipients(contacts: Contacts, policy: Policy) -> tuple[pd.Series, pd.Series]:
    """Return the mailed address of each contact that has one, once, with its findings' codes."""
    ids = contacts.contacts["address"]
    ids = ids[(ids >= 0).to_numpy()].drop_duplicates()
    if not len(ids):
        raise UsageError(
            "the list holds no addresses",
            file=contacts.listing.path,
            remedy="Name the e-mail column with --email-column.",
        )
    found = contacts.addresses["address"].reindex(ids.to_numpy()).astype(TEXT)
    recipients = pd.Series(found.to_numpy(), index=ids.index, dtype=TEXT)
    header = list(contacts.listing.header)
    if CODES in header:
        codes = contacts.listing.frame.iloc[:, header.index(CODES)]
    else:
        codes = _codes(contacts, policy)
    return recipients, codes.reindex(ids.index).astype(TEXT)


def _codes(contacts: Contacts, policy: Policy) -> pd.Series:
    """Return the codes of each contact's findings, as far as the list alone tells them.

    What DNS and the blocklist say today may be what this very campaign brought about.
    """
    from .annotation import join_codes

    found = inspect(contacts, gather([contacts], Run(policy=policy))[0], policy)[0].findings
    return join_codes(found[found["weighs"].to_numpy(dtype=bool)], len(contacts.contacts))
