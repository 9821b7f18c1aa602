"""The clock: moments as the tables hold them, and the doubt when it jumps."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
from sqlalchemy import Connection

from . import migrations

DAY = 86_400

PATIENCE = 400 * DAY
"""How far ahead of the last writing a clock is believed."""


def seconds(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970, UTC; one without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() // 1)


def note_clock(connection: Connection, now: int) -> int:
    """Keep the latest time that a clock has shown here and return it; see `recheck`."""
    latest = int(migrations.read_meta(connection, "latest") or 0)
    if now > latest and (not latest or now - latest <= 400 * DAY):
        migrations.write_meta(connection, "latest", str(now))
    return max(latest, now)


def cutoff(as_of: pd.Timestamp | datetime, months: int) -> int:
    """Return the second up to which a last examination is due again: so many calendar months."""
    moment = pd.Timestamp(as_of)
    aware = moment.tz_localize("UTC") if moment.tzinfo is None else moment
    day = aware.tz_convert("UTC").normalize() - pd.DateOffset(months=months)
    return int(day.timestamp()) + 86_399


def moments(values: pd.Series) -> pd.Series:
    """Turn seconds since 1970 into datetime64[s] (UTC, without zone), missing into NaT."""
    numbers = pd.to_numeric(values).astype("Int64")
    return pd.to_datetime(numbers, unit="s").astype("datetime64[s]")


def doubt_clock(connection: Connection, now: int) -> str:
    latest = int(migrations.read_meta(connection, "latest") or 0)
    if latest and now < latest - DAY:
        return "the clock shows an earlier day than when the blocklist was last written"
    if latest and now > latest + 400 * DAY:
        return "the clock is more than 400 days ahead of when the blocklist was last written"
    return ""
