"""Renewal: what is kept for speed is made anew when another version of the program made it."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, bindparam, delete, select, update

from ..model.listing import TEXT
from . import fold, migrations, states
from .bounds import BATCH
from .engine import Database
from .keys import canonical_keys, rules_version
from .schema import addresses
from .schema import states as kept


def has_current_states(connection: Connection) -> bool:
    """Tell whether the kept states were made by this version of the fold."""
    return migrations.read_meta(connection, "fold") == str(fold.VERSION)


def has_current_keys(connection: Connection) -> bool:
    """Tell whether the canonical keys were made by the providers' rules of today."""
    return migrations.read_meta(connection, "canonical") == rules_version()


def renew(database: Database) -> None:
    """Make anew what is out of date, in one transaction; the events stay as they are."""
    with database.change() as connection:
        if not has_current_states(connection):
            renew_states(database, connection)
        if not has_current_keys(connection):
            renew_keys(connection)


def renew_states(database: Database, connection: Connection) -> None:
    """Fold all events again."""
    connection.execute(delete(kept))
    states.refold_since(database, connection, 0)
    migrations.write_meta(connection, "fold", str(fold.VERSION))


def renew_keys(connection: Connection) -> None:
    """Work out all canonical keys again."""
    column, last = addresses.c, 0
    change = update(addresses).where(column.id == bindparam("which"))
    while True:
        rows = connection.execute(
            select(column.id, column.address, column.canonical)
            .where(column.id > last, column.address.is_not(None))
            .order_by(column.id)
            .limit(BATCH)
        ).all()
        if not rows:
            break
        last = rows[-1].id
        keys = canonical_keys(pd.Series([row.address for row in rows], dtype=TEXT))
        changed = [
            {"which": row.id, "canonical": None if key == row.address else key}
            for row, key in zip(rows, keys, strict=True)
            if (row.canonical or row.address) != key
        ]
        if changed:
            connection.execute(change, changed)
    migrations.write_meta(connection, "canonical", rules_version())
