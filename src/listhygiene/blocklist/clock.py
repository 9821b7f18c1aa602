"""The clock: moments as the tables hold them."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

DAY = 86_400


def seconds(moment: datetime) -> int:
    """Return a moment as whole seconds since 1970, UTC; one without a zone is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(aware.timestamp() // 1)


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
