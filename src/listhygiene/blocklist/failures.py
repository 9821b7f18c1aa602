"""What a database's refusal means for a person: one sentence, and what to do."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ..model.errors import BlocklistError

_UNCHANGED = "nothing was changed"

_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        r"database is locked|database table is locked|lock timeout|canceling statement due to lock",
        f"is being written by another program for longer than the time allowed; {_UNCHANGED}",
        "Wait for the other program to end, or raise blocklist.timeout.",
    ),
    (
        r"malformed|not a database|disk image|database corruption|invalid page",
        f"is damaged or no blocklist; {_UNCHANGED}",
        "Restore a backup, or name another blocklist.",
    ),
    (
        r"readonly database|read-only|permission denied for",
        f"may only be read; {_UNCHANGED}",
        "Ask for the right to write to it, or name another blocklist.",
    ),
    (
        r"disk is full|disk full|no space left",
        f"has no room on its disk; {_UNCHANGED}",
        "Free space on the disk and try again.",
    ),
    (
        r"unable to open|disk i/o error|permission denied",
        f"cannot be opened; {_UNCHANGED}",
        "Check the path and its permissions.",
    ),
    (
        r"password|authentication|role .* does not exist",
        "refuses the user or the password",
        "Check the address given with --blocklist.",
    ),
    (
        r"database .* does not exist",
        "does not exist on its server",
        "Create the database, or check the address given with --blocklist.",
    ),
    (
        r"no such table|no such column|undefined ?table|undefined ?column|does not exist",
        f"lacks a part of its tables; {_UNCHANGED}",
        "Restore a backup, or name another blocklist.",
    ),
    (
        r"could not connect|connection|could not translate host|timeout expired|timed? ?out",
        "cannot be reached",
        "Check that the server runs and that this machine may connect to it.",
    ),
)


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Turn a database's error within the block into a BlocklistError about the blocklist `name`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise explain(error, name) from error


def explain(error: SQLAlchemyError, name: str) -> BlocklistError:
    """Say in one sentence what went wrong; never the statement or its values (addresses)."""
    words = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    for pattern, problem, remedy in _MEANINGS:
        if re.search(pattern, words, re.IGNORECASE):
            return BlocklistError(f"the blocklist {problem}", file=name, remedy=remedy)
    return BlocklistError(
        f"the blocklist cannot be used ({type(error).__name__}); {_UNCHANGED}",
        file=name,
        remedy="Try again; if it stays so, restore a backup.",
    )
