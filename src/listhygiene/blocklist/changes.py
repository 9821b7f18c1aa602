"""What a person decides: to block, to unblock, to allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, insert

from ..model.bounce import Type
from ..model.errors import UsageError
from ..model.listing import TEXT
from . import fold, states
from .clock import seconds
from .engine import Database
from .journal import Added, add_rows
from .keys import event_key, normalise
from .latest import note_clock
from .matching import match
from .schema import events
from .words import storable

HAND = "hand"
"""The source of what a person set."""

DONE = "unblocked"
NOT_BLOCKED = "not blocked"
PERMANENT = "blocked permanently: only `blocklist allow` overrides it, with a reason and a name"
TOO_OFTEN = "unblocked {count} times already, the most that is allowed"


def block(
    database: Database,
    addresses: pd.Series,
    *,
    kind: Type,
    cause: str,
    reason: str,
    by: str,
    now: datetime,
    source: str = HAND,
) -> Added:
    """Block addresses by hand; a temporary block weighs as an error until it is lifted."""
    if cause == fold.OUT_OF_OFFICE:
        raise UsageError(
            "an automatic reply neither blocks nor strikes",
            place="--cause",
            remedy="Give another cause, or leave it out.",
        )
    cause = cause or ("P9" if kind is Type.PERMANENT else "T7")
    words = {"type": kind.value, "cause": cause, "source": source, "reason": reason, "by": by}
    return _decide(database, "block", addresses, words, now)


def allow(
    database: Database, addresses: pd.Series, *, reason: str, by: str, now: datetime
) -> Added:
    """Override the permanent blocks that stand now; who did it, and why, is shown ever after."""
    _require(reason, "--reason", "Say why mail will arrive again.")
    _require(by, "--by", "Say who answers for it.")
    words = {"reason": reason, "by": by, "source": HAND}
    return _decide(database, "allow", addresses, words, now)


def unblock(
    database: Database,
    addresses: pd.Series,
    *,
    reason: str,
    by: str,
    now: datetime,
    limit: int = 5,
) -> pd.DataFrame:
    """Lift temporary blocks whose cause is resolved, as `reason` says.

    Permanent ones are refused, and an address may be unblocked `limit` times (the page's platform
    allows 5). Result: index of `addresses`; address, done (bool), why (TEXT).
    """
    _require(reason, "--confirm-resolved", "Say how the cause was resolved.")
    forms = normalise(addresses)
    outcome = pd.DataFrame({"address": addresses, "done": False, "why": NOT_BLOCKED})
    outcome["why"] = outcome["why"].astype(TEXT)
    with database.change() as connection:
        rows = match(database, connection, forms.dropna().drop_duplicates())
        rows = rows[rows["type"].ne("") & rows["allow_at"].isna() | rows["type"].eq(fold.TEMPORARY)]
        verdicts = {label: _judge(group, limit) for label, group in rows.groupby("label")}
        lifted = rows[rows["label"].map(lambda label: verdicts[label] == DONE).astype(bool)]
        words = {"reason": reason, "by": by, "source": HAND}
        append(database, connection, "unblock", lifted["address_id"].unique(), words, now)
    by_form = {forms[label]: why for label, why in verdicts.items()}
    outcome["why"] = forms.map(by_form).astype(TEXT).fillna(NOT_BLOCKED)
    outcome["done"] = outcome["why"].eq(DONE).astype(bool)
    return outcome


def append(
    database: Database,
    connection: Connection,
    kind: str,
    address_ids: Iterable[int],
    words: Mapping[str, str],
    now: datetime,
) -> None:
    """Append one event to each of these addresses, within a transaction that is open."""
    at = seconds(now)
    words = {name: storable(text) for name, text in words.items()}
    note_clock(connection, at)
    ids = [int(one) for one in address_ids]
    rows = [
        {
            "address_id": one,
            "kind": kind,
            "at": at,
            "received": at,
            "key": event_key(kind, one, now.isoformat(), *words.values()),
            **words,
        }
        for one in ids
    ]
    if rows:
        before = states.last_event(connection)
        connection.execute(insert(events), rows)
        states.refold(database, connection, ids, before)


def _judge(rows: pd.DataFrame, limit: int) -> str:
    """Say whether the blocks of one mailbox may be lifted."""
    if rows["type"].eq(fold.PERMANENT).any():
        return PERMANENT
    count = int(rows["unblocks"].max())
    return TOO_OFTEN.format(count=count) if count >= limit else DONE


def _decide(
    database: Database,
    kind: str,
    addresses: pd.Series,
    words: Mapping[str, str],
    now: datetime,
) -> Added:
    said = (now.isoformat(), *words.values())
    rows: list[dict[str, Any]] = [
        {
            "address": address,
            "kind": kind,
            "at": seconds(now),
            "key": event_key(kind, address, *said),
            **words,
        }
        for address in addresses
    ]
    key = event_key(kind, *said, *sorted(set(addresses))).hex()
    return add_rows(database, rows, input_key=f"{kind}:{key}", file="", now=now)


def _require(text: str, place: str, remedy: str) -> None:
    if not text.strip():
        raise UsageError("this needs a reason or a name", place=place, remedy=remedy)
