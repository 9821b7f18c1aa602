"""The latest time that a writer's clock has shown, and the doubt when the clock jumps."""

from __future__ import annotations

from sqlalchemy import Connection

from . import migrations
from .clock import DAY

PATIENCE = 400 * DAY
"""How far ahead of the last writing a clock is believed."""


def note_clock(connection: Connection, now: int) -> int:
    """Keep the latest time that a clock has shown here and return it; see `recheck`."""
    latest = int(migrations.read_meta(connection, "latest") or 0)
    if now > latest and (not latest or now - latest <= PATIENCE):
        migrations.write_meta(connection, "latest", str(now))
    return max(latest, now)


def doubt_clock(connection: Connection, now: int) -> str:
    """Say why the clock is not to be believed, '' where it is."""
    latest = int(migrations.read_meta(connection, "latest") or 0)
    if latest and now < latest - DAY:
        return "the clock shows an earlier day than when the blocklist was last written"
    if latest and now > latest + PATIENCE:
        return "the clock is more than 400 days ahead of when the blocklist was last written"
    return ""
