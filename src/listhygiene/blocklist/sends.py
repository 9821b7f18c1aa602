"""What was sent: how many, or to whom; without it there is no rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, insert, literal, select, update

from ..model.errors import UsageError
from ..model.listing import TEXT
from .clock import seconds
from .engine import Database
from .incoming import enter_addresses, incoming, insert_new, spooled
from .schema import addresses, campaigns, events, sends


def sent(
    database: Database,
    campaign: str,
    *,
    count: int | None = None,
    recipients: pd.Series | None = None,
    codes: pd.Series | None = None,
    at: datetime | None = None,
) -> int:
    """Enter how many a campaign was sent to, or to whom; return how many are known now.

    count: replaces an earlier number. recipients: addresses, added to those known; codes: on the
    same index, the findings each contact had, from which the history's rates are learnt.
    """
    if not campaign.strip():
        raise UsageError("a campaign needs a name", place="CAMPAIGN", remedy="Name it.")
    if count is not None and count < 0:
        raise UsageError("a campaign is sent to 0 contacts or more", place="--count", remedy="")
    rows = _recipients(recipients, codes) if recipients is not None else iter(())
    with spooled(database, rows) as (connection, _), database.change(connection):
        campaign_id = _campaign(connection, campaign)
        values = {"count": count, "at": seconds(at) if at else None}
        for name, value in values.items():
            if value is not None:
                line = update(campaigns).where(campaigns.c.id == campaign_id)
                connection.execute(line.values({name: value}))
        enter_addresses(database, connection)
        _enter_sends(database, connection, campaign_id)
        return int(sent_counts(connection).set_index("campaign")["sent"].fillna(0)[campaign])


def sent_at(database: Database, campaign: str) -> datetime | None:
    """Return when a campaign was sent, as far as it is known: as it was told, else the day of its
    first bounce. None where nobody said it and nothing bounced.
    """
    with database.read() as connection:
        told = connection.scalar(select(campaigns.c.at).where(campaigns.c.name == campaign))
        if told is None:
            bounced = (events.c.campaign == campaign) & (events.c.kind == "bounce")
            told = connection.scalar(select(func.min(events.c.at)).where(bounced))
    return None if told is None else datetime.fromtimestamp(told, UTC)


def sent_counts(connection: Connection) -> pd.DataFrame:
    """Return the campaigns: campaign, at (seconds), sent (Int64, missing = unknown), listed (how
    many recipients are known by address)."""
    listed = (
        select(sends.c.campaign_id, func.count().label("listed"))
        .group_by(sends.c.campaign_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            campaigns.c.name,
            campaigns.c.at,
            campaigns.c.count,
            func.coalesce(listed.c.listed, 0),
        ).outerjoin(listed, listed.c.campaign_id == campaigns.c.id)
    ).all()
    frame = pd.DataFrame(rows, columns=["campaign", "at", "count", "listed"])
    frame = frame.astype({"at": "Int64", "count": "Int64", "listed": "Int64", "campaign": TEXT})
    known = frame["listed"].where(frame["listed"] > 0)
    frame["sent"] = frame[["count"]].assign(listed=known).max(axis=1).astype("Int64")
    return frame[["campaign", "at", "sent", "listed"]]


def _recipients(recipients: pd.Series, codes: pd.Series | None) -> Iterator[Mapping[str, Any]]:
    said = pd.Series("", index=recipients.index) if codes is None else codes.fillna("")
    for address, words in zip(recipients, said.reindex(recipients.index), strict=True):
        reason = " ".join(sorted(set(str(words).split())))
        yield {"address": address, "kind": "sent", "key": b"", "reason": reason}


def _campaign(connection: Connection, name: str) -> int:
    found: int | None = connection.scalar(select(campaigns.c.id).where(campaigns.c.name == name))
    if found is None:
        made = insert(campaigns).values(name=name).returning(campaigns.c.id)
        found = int(connection.execute(made).scalar_one())
    return found


def _enter_sends(database: Database, connection: Connection, campaign_id: int) -> None:
    here = incoming.c
    found = (
        select(literal(campaign_id), addresses.c.id, here.reason)
        .join_from(incoming, addresses, addresses.c.address == here.address)
        .where(here.n > 0)
        .order_by(addresses.c.id)
    )
    into = ["campaign_id", "address_id", "codes"]
    connection.execute(insert_new(database, sends, into, found))
