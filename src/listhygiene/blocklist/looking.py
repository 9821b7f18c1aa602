"""The look-up that `check` makes: one state an address, in one bulk question."""

from __future__ import annotations

import pandas as pd

from .engine import Database
from .matching import match
from .sieve import sift
from .weighing import weigh


def look_up(
    database: Database, wanted: pd.Series, mailboxes: pd.Series | None = None
) -> pd.DataFrame:
    """Return the present state of the addresses that the blocklist knows (`Blocks.look_up`)."""
    with database.read() as connection:
        some = sift(database, connection, wanted, mailboxes)
        rows = match(database, connection, some, mailboxes)
    return weigh(rows, wanted)
