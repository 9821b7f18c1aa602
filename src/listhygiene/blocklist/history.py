"""The history: how often contacts with a finding bounced when they were mailed."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Select, func, select

from .bounds import LEAST
from .engine import Database
from .rate import load_notices, reduce_notices
from .schema import campaigns, events, sends

RECENT = 10
"""How many campaigns, the latest ones, such shares are learnt from."""


def history_rates(database: Database, least: int = LEAST) -> dict[str, float]:
    """Return, for each finding that enough mailed contacts had, the share that bounced.

    The database counts who was mailed; only those who bounced are loaded.
    """
    told = sends.c.campaign_id.in_(_recent()) & (sends.c.codes != "")
    with database.read() as connection:
        sizes = connection.execute(
            select(sends.c.codes, func.count()).where(told).group_by(sends.c.codes)
        ).all()
        if sum(size for _, size in sizes) < least:
            return {}
        bounced = reduce_notices(load_notices(connection, select(sends.c.address_id).where(told)))
        rows = connection.execute(
            select(campaigns.c.name, sends.c.address_id, sends.c.codes)
            .join(campaigns, campaigns.c.id == sends.c.campaign_id)
            .where(told, sends.c.address_id.in_(_bouncers()))
        ).all()
    mailed = pd.DataFrame(rows, columns=["campaign", "address_id", "codes"])
    hits = mailed.merge(bounced[["campaign", "address_id"]])["codes"].value_counts()
    table = pd.DataFrame(sizes, columns=["codes", "size"])
    table["hits"] = table["codes"].map(hits).fillna(0)
    long = table.assign(code=table["codes"].str.split()).explode("code")
    groups = long.groupby("code")[["hits", "size"]].sum()
    enough = groups[groups["size"] >= least]
    return {str(code): float(share) for code, share in (enough["hits"] / enough["size"]).items()}


def _recent() -> Select[Any]:
    """Select the latest campaigns whose recipients are known with their findings."""
    some = select(sends.c.address_id).where(
        sends.c.campaign_id == campaigns.c.id, sends.c.codes != ""
    )
    latest = campaigns.c.at.desc().nulls_last()
    return select(campaigns.c.id).where(some.exists()).order_by(latest).limit(RECENT)


def _bouncers() -> Select[Any]:
    return select(events.c.address_id).where(events.c.kind == "bounce")
