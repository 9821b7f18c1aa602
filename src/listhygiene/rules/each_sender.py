"""The S-rules' way over their table: a send has few senders, so each is looked at by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from ..model.listing import TEXT

PUBLISH = "publish: {name}. IN {kind} {record}"
LONGEST = 255


def publish(name: str, text: str) -> str:
    """Say which text record to publish, on a line of its own; '' where none can be named.

    A string of a record holds 255 bytes (RFC 1035 3.3); a longer text stands in several.
    """
    if not text:
        return ""
    strings = [text[place : place + LONGEST] for place in range(0, len(text), LONGEST)]
    record = " ".join(f'"{one}"' for one in strings)
    return "\n" + PUBLISH.format(name=name, kind="TXT", record=record)


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
