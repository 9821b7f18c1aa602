"""The bounce rate: of a campaign's recipients, the share whom the mail did not reach."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, select, true

from ..model.listing import TEXT
from .clock import DAY, moments, seconds
from .engine import Database
from .fold import OUT_OF_OFFICE
from .keys import domains_of
from .schema import addresses, campaigns, events, sends
from .sends import sent_counts

WINDOW = 14 * DAY
"""A bounce that names no campaign belongs to the last one that was sent to the address, as far as
recipients are known, if that was so long before at most."""


@dataclass(frozen=True)
class Rates:
    """The bounce rates of a period, each frame ready to be shown.

    A recipient who bounced several times in a campaign counts once, by the last notice, and not at
    all where a delivery followed. `sent` and `rate` are missing where nobody said how many were
    sent: they are asked for, never guessed. `over` says whether the rate is over the line.

    total: one row; sent, bounced, permanent, temporary, unnamed (bounced, but in no campaign known:
        not in the rate), recipients (distinct), rate, over.
    campaigns: campaign ('' = the notices name none), at, sent, bounced, permanent, temporary, rate,
        over, change (from the campaign before, in shares); by time.
    months: month ("2026-11"), and the same columns from sent on.
    causes: cause, type, bounced, share (of all bounced), rate (where all that was sent is known);
        in the order of effect.
    domains: domain, provider, sent, bounced, permanent, temporary, share, rate; by effect.
    offenders: address, bounced (in how many campaigns or notices), first, last, type, cause.
    unknown: the campaigns whose number of recipients is to be asked for.
    """

    line: float
    total: pd.DataFrame
    campaigns: pd.DataFrame
    months: pd.DataFrame
    causes: pd.DataFrame
    types: pd.DataFrame
    domains: pd.DataFrame
    offenders: pd.DataFrame
    unknown: tuple[str, ...]


def rates(
    database: Database,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    line: float = 0.05,
    providers: Callable[[pd.Series], pd.Series] | None = None,
    only: Collection[str] = (),
) -> Rates:
    """Work out the rates of a period (until: not included), by all that the page asks for.

    A campaign belongs to the period by when it was sent, or else by its first bounce.
    providers: domains -> the provider's name, '' where there is none. only: these campaigns.
    """
    with database.read() as connection:
        notices = load_notices(connection)
        known = sent_counts(connection)
        listed = _listed_domains(connection)
    named = notices["campaign"].ne("")
    bounced = reduce_notices(notices[named | _within(notices["at"], since, until)])
    table = _by_campaign(bounced, known)
    table = table[_within(table["at"], since, until)].reset_index(drop=True)
    if only:
        table = table[table["campaign"].isin(list(only))].reset_index(drop=True)
    bounced = bounced[bounced["campaign"].isin(table["campaign"])]
    table = _rated(_counted(table, bounced, "campaign"), line)
    table = table.sort_values("at", kind="stable", ignore_index=True)
    sent = table.loc[table["campaign"].ne(""), "sent"].sum(skipna=False) if len(table) else pd.NA
    return Rates(
        line=line,
        total=_total(bounced, sent, line),
        campaigns=_with_change(table).assign(at=moments(table["at"])),
        months=_by_month(table[table["campaign"].ne("")], line),
        causes=_by(bounced, ["cause", "type"], sent),
        types=_by(bounced, ["type"], sent),
        domains=_by_domain(bounced, listed[listed["campaign"].isin(table["campaign"])], providers),
        offenders=_offenders(bounced),
        unknown=tuple(table.loc[table["sent"].isna() & table["campaign"].ne(""), "campaign"]),
    )


def load_notices(connection: Connection, concerned: Select[Any] | None = None) -> pd.DataFrame:
    """Load bounces, and the deliveries that take one back; the order of receipt breaks ties.

    concerned: selects the ids of addresses; those of all otherwise.
    """
    only = events.c.address_id.in_(concerned) if concerned is not None else true()
    rows = connection.execute(
        select(
            events.c.id, events.c.kind, events.c.campaign, events.c.at, events.c.type,
            events.c.cause, events.c.address_id, addresses.c.address,
        )
        .join(addresses, addresses.c.id == events.c.address_id)
        .where(
            ((events.c.kind == "bounce") & (events.c.cause != OUT_OF_OFFICE))
            | ((events.c.kind == "delivery") & (events.c.campaign != ""))
        )
        .where(only)
        .order_by(events.c.at, events.c.id)
    ).all()  # fmt: skip
    names = ["id", "kind", "campaign", "at", "type", "cause", "address_id", "address"]
    frame = pd.DataFrame(rows, columns=names)
    texts = ["kind", "campaign", "type", "cause", "address"]
    frame = frame.astype({**dict.fromkeys(texts, TEXT), "at": "int64", "address_id": "int64"})
    frame["domain"] = domains_of(frame["address"])
    return _attributed(connection, frame)


def _attributed(connection: Connection, notices: pd.DataFrame) -> pd.DataFrame:
    """Give bounces that name no campaign to the one that was sent to the address just before."""
    loose = notices[notices["campaign"].eq("")]
    rows = connection.execute(
        select(sends.c.address_id, campaigns.c.at, campaigns.c.name)
        .join(campaigns, campaigns.c.id == sends.c.campaign_id)
        .where(campaigns.c.at.is_not(None))
        .order_by(campaigns.c.at)
    ).all()
    if loose.empty or not rows:
        return notices
    sent = pd.DataFrame(rows, columns=["address_id", "at", "found"]).astype({"at": "int64"})
    left = loose[["address_id", "at"]].reset_index()
    pairs = pd.merge_asof(left, sent, on="at", by="address_id", tolerance=WINDOW)
    found = pairs.set_index("index")["found"].dropna().astype(TEXT)
    return notices.assign(campaign=found.reindex(notices.index).fillna(notices["campaign"]))


def reduce_notices(notices: pd.DataFrame) -> pd.DataFrame:
    """Return one row a campaign and recipient whom it did not reach; `notices` says how often."""
    pair = ["campaign", "address_id"]
    last = notices.drop_duplicates(pair, keep="last")
    count = notices[notices["kind"].eq("bounce")].groupby(pair).size().rename("notices")
    first = notices.groupby(pair)["at"].min().rename("first")
    return last[last["kind"].eq("bounce")].join(count, on=pair).join(first, on=pair)


def _by_campaign(bounced: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """List the campaigns that were sent or bounced: campaign, at (seconds), sent."""
    first = bounced.groupby("campaign")["first"].min().rename("first").reset_index()
    table = known[["campaign", "at", "sent"]].merge(first, on="campaign", how="outer")
    table["at"] = table["at"].fillna(table["first"].astype("Int64")).astype("Int64")
    return table[["campaign", "at", "sent"]].astype({"campaign": TEXT, "sent": "Int64"})


def _within(at: pd.Series, since: datetime | None, until: datetime | None) -> pd.Series:
    keep = pd.Series(True, index=at.index)
    if since:
        keep &= at.ge(seconds(since)).fillna(False).astype(bool)
    if until:
        keep &= at.lt(seconds(until)).fillna(False).astype(bool)
    return keep


def _counted(table: pd.DataFrame, bounced: pd.DataFrame, by: str) -> pd.DataFrame:
    """Add how many recipients bounced, and of which type."""
    counts = pd.DataFrame(
        {
            "bounced": bounced.groupby(by).size(),
            "permanent": bounced[bounced["type"].eq("permanent")].groupby(by).size(),
            "temporary": bounced[bounced["type"].eq("temporary")].groupby(by).size(),
        }
    )
    joined = table.join(counts, on=by)
    names = list(counts.columns)
    return joined.assign(**{name: joined[name].fillna(0).astype("int64") for name in names})


def _rated(table: pd.DataFrame, line: float) -> pd.DataFrame:
    """Add the rate, missing where `sent` is, and whether it is over the line (page: over 5 %)."""
    rate = table["bounced"].astype("Float64") / table["sent"].where(table["sent"] > 0)
    return table.assign(rate=rate.astype("Float64"), over=(rate > line).astype("boolean"))


def _with_change(table: pd.DataFrame) -> pd.DataFrame:
    """Add the change of the rate from the campaign before whose rate is known."""
    change = table["rate"].dropna().diff()
    return table.assign(change=change.reindex(table.index).astype("Float64"))


def _total(bounced: pd.DataFrame, sent: Any, line: float) -> pd.DataFrame:
    """Sum all up; the rate is that of the campaigns, without bounces that belong to none."""
    permanent = int(bounced["type"].eq("permanent").sum())
    unnamed = int(bounced["campaign"].eq("").sum())
    table = pd.DataFrame({"sent": pd.Series([sent], dtype="Int64"), "bounced": [len(bounced)]})
    rated = _rated(table.assign(bounced=len(bounced) - unnamed), line)
    return table.assign(
        permanent=permanent,
        temporary=len(bounced) - permanent,
        unnamed=unnamed,
        recipients=bounced["address_id"].nunique(),
        rate=rated["rate"],
        over=rated["over"],
    )


def _by_month(table: pd.DataFrame, line: float) -> pd.DataFrame:
    """Sum up campaigns by the month they were sent in; unknown where one of them is."""
    month = moments(table["at"]).dt.strftime("%Y-%m").astype(TEXT)
    groups = table.assign(month=month).groupby("month")
    sums = groups[["bounced", "permanent", "temporary"]].sum()
    sums.insert(0, "sent", groups["sent"].agg(lambda one: one.sum(skipna=False)).astype("Int64"))
    return _with_change(_rated(sums.reset_index(), line))


def _by(bounced: pd.DataFrame, names: list[str], sent: Any) -> pd.DataFrame:
    """Count by cause or type, the greatest effect first."""
    groups = bounced.assign(named=bounced["campaign"].ne("")).groupby(names)["named"]
    table = groups.agg(bounced="size", named="sum").reset_index()
    table["share"] = table["bounced"] / max(1, len(bounced))
    among = pd.Series(sent if not pd.isna(sent) and sent else pd.NA, table.index, dtype="Int64")
    table["rate"] = table.pop("named").astype("Float64") / among
    return table.sort_values(["bounced", names[0]], ascending=[False, True], ignore_index=True)


def _listed_domains(connection: Connection) -> pd.DataFrame:
    """Count the recipients known by address: campaign, domain, sent."""
    rows = connection.execution_options(yield_per=50_000).execute(
        select(campaigns.c.name, addresses.c.address)
        .join(sends, sends.c.campaign_id == campaigns.c.id)
        .join(addresses, addresses.c.id == sends.c.address_id)
    )
    counts: dict[tuple[str, str], int] = {}
    for name, address in rows:
        key = (name, (address or "").rpartition("@")[2])
        counts[key] = counts.get(key, 0) + 1
    connection.execution_options(yield_per=None)
    found = [(*key, count) for key, count in counts.items()]
    return pd.DataFrame(found, columns=["campaign", "domain", "sent"])


def _by_domain(
    bounced: pd.DataFrame,
    listed: pd.DataFrame,
    providers: Callable[[pd.Series], pd.Series] | None,
) -> pd.DataFrame:
    """Count by receiving domain; the rate is over the campaigns whose recipients are known."""
    names = pd.Series(bounced["domain"].unique(), dtype=TEXT)
    table = _counted(pd.DataFrame({"domain": names}), bounced, "domain")
    sent = listed.groupby("domain")["sent"].sum()
    inside = bounced[bounced["campaign"].isin(listed["campaign"])].groupby("domain").size()
    table["sent"] = table["domain"].map(sent).astype("Int64")
    table["share"] = table["bounced"] / max(1, len(bounced))
    rate = table["domain"].map(inside).astype("Float64") / table["sent"].astype("Float64")
    table["rate"] = rate.astype("Float64")
    found = providers(names) if providers else pd.Series("", index=names.index)
    table.insert(1, "provider", found.astype(TEXT).fillna(""))
    order = ["bounced", "domain"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def _offenders(bounced: pd.DataFrame) -> pd.DataFrame:
    """List who bounced in several campaigns, or several times where no campaign is named."""
    weight = bounced["notices"].where(bounced["campaign"].eq(""), 1)
    groups = bounced.assign(weight=weight).sort_values("at").groupby("address_id")
    table = pd.DataFrame(
        {
            "address": groups["address"].last(),
            "bounced": groups["weight"].sum().astype("int64"),
            "first": moments(groups["first"].min()),
            "last": moments(groups["at"].max()),
            "type": groups["type"].last(),
            "cause": groups["cause"].last(),
        }
    )
    some = table[table["bounced"] > 1].astype({"address": TEXT}).fillna({"address": ""})
    return some.sort_values(["bounced", "last"], ascending=False, ignore_index=True)
