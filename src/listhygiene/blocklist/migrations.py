"""The way from every earlier version of the tables to the present one; forward only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, delete, insert, inspect, select

from ..model.errors import BlocklistError
from . import fold, schema
from .keys import rules_version

Step = Callable[[Connection], None]

STEPS: Mapping[int, Step] = {}
"""Version -> what makes the next version of it, in one transaction. A step speaks of the tables
as they were then, so it spells out its statements and never uses `schema`."""


def version_of(connection: Connection) -> int | None:
    """Return the version of the tables, or None where there is no blocklist."""
    if not inspect(connection).has_table(schema.meta.name):
        return None
    found = read_meta(connection, "schema")
    return int(found) if found.isdecimal() else None


def create(connection: Connection) -> None:
    """Make the tables of the present version where there are none."""
    schema.TABLES.create_all(connection, checkfirst=False)
    write_meta(connection, "schema", str(schema.VERSION))
    write_meta(connection, "fold", str(fold.VERSION))
    write_meta(connection, "canonical", rules_version())


def migrate(
    connection: Connection,
    name: str,
    steps: Mapping[int, Step] = STEPS,
    target: int = schema.VERSION,
) -> bool:
    """Lead an older blocklist to the present version; tell whether there was anything to do."""
    start = found = require_version(version_of(connection), name, target)
    while found < target:
        steps[found](connection)
        found += 1
        write_meta(connection, "schema", str(found))
    return found > start


def require_version(found: int | None, name: str, target: int = schema.VERSION) -> int:
    """Return the version found, or say why it cannot be worked with."""
    if found is None:
        raise BlocklistError(
            "this is no blocklist; nothing was changed",
            file=name,
            remedy="Name a blocklist, or a path where a new one may be made.",
        )
    if found > target:
        raise BlocklistError(
            f"the blocklist was written by a newer listhygiene (its format {found}, this one "
            f"knows {target}); nothing was changed",
            file=name,
            remedy="Upgrade listhygiene here.",
        )
    return found


def read_meta(connection: Connection, name: str) -> str:
    """Return a line of the table `meta`, '' where there is none."""
    column = schema.meta.c
    return connection.scalar(select(column.value).where(column.name == name)) or ""


def write_meta(connection: Connection, name: str, value: str) -> None:
    """Set a line of the table `meta`."""
    connection.execute(delete(schema.meta).where(schema.meta.c.name == name))
    connection.execute(insert(schema.meta).values(name=name, value=value))
