"""The S-rules' way over their table: a send has few senders, so each is looked at by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ..model.listing import TEXT

PUBLISH = "publish: {name}. IN {kind} {record}"


def publish(name: str, text: str) -> str:
    """Say which text record to publish, on a line of its own; '' where none can be named."""
    return "\n" + PUBLISH.format(name=name, kind="TXT", record=f'"{text}"') if text else ""


def each_sender(senders: pd.DataFrame, judge: Callable[[Any], str]) -> pd.Series:
    """Return what `judge` says of each row (a named tuple); '' is no finding."""
    said = [judge(one) or None for one in senders.itertuples(index=False)]
    return pd.Series(said, index=senders.index, dtype=TEXT)


def each_sender_weighed(
    senders: pd.DataFrame, judge: Callable[[Any], tuple[str, str] | None]
) -> pd.DataFrame:
    """Return detail and severity that `judge` gives each row; None is no finding."""
    said = [judge(one) or (None, None) for one in senders.itertuples(index=False)]
    return pd.DataFrame(said, columns=["detail", "severity"], index=senders.index, dtype=object)
