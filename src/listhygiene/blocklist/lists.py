"""The blocklist as a person looks at it: the blocks under a filter, and all of one address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, case, func, select

from ..model.listing import TEXT
from .clock import cutoff, moments, seconds
from .engine import Database
from .keys import canonical_keys, digest, normalise
from .matching import match, state_rows
from .pairing import COLUMNS
from .questions import among, batches
from .schema import addresses, events, inputs, states
from .weighing import allowed_text

COMPLAINT = "P8"
"""The cause under which a complaint is looked for."""


@dataclass(frozen=True)
class BlockFilter:
    """The page's filters; what is left out filters nothing.

    kind: "temporary" or "permanent". causes: codes. since, until: when the block began (until: not
    included). campaign: one in which the address bounced. within: normal forms, as of a list.
    due: only those due for examination. consent: complaints and unsubscribes too, not blocks only;
    a complaint counts as the cause P8 (help page: 迷惑メール).
    """

    kind: str = ""
    causes: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    campaign: str = ""
    within: pd.Series | None = None
    due: bool = False
    consent: bool = False


def list_blocks(
    database: Database, chosen: BlockFilter, as_of: datetime, months: int = 6
) -> pd.DataFrame:
    """Return the blocks that stand, and those that an allowance overrides, the latest first.

    Columns: address ('' where only its hash is known), hash (hex, '' else), type, cause, since,
    strikes, final, source, diagnostic, campaign, examined, due (bool), unblocks, complained,
    unsubscribed, allowed; with `within` also match, and the index is that of `within`.
    """
    due = cutoff(as_of, months)
    query = state_rows().where(*_conditions(chosen, due))
    with database.read() as connection:
        if chosen.within is None:
            return _shown(_frame(connection.execute(query).all()), due)
        pairs = match(database, connection, chosen.within)[["label", "address_id", "match"]]
        rows: list[Any] = []
        for batch in batches(sorted({int(one) for one in pairs["address_id"]})):
            rows += connection.execute(
                query.where(among(database, states.c.address_id, batch))
            ).all()
    return _shown(pairs.merge(_frame(rows), on="address_id").set_index("label"), due)


def _frame(rows: Sequence[Any]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


def show(database: Database, address: str) -> pd.DataFrame:
    """Return all that is known of an address and other spellings of its mailbox, oldest first.

    Columns: address, match, at, received, kind, type, cause, status, reply, diagnostic, source,
    campaign, message_id, remote_host, new_address, reason, by, file.
    """
    names = [
        "at",
        "received",
        "kind",
        "type",
        "cause",
        "status",
        "reply",
        "diagnostic",
        "source",
        "campaign",
        "message_id",
        "remote_host",
        "new_address",
        "reason",
        "by",
    ]
    own = events.c.file
    file = case((own != "", own), else_=func.coalesce(inputs.c.file, "")).label("file")
    forms = normalise(pd.Series([address], dtype=TEXT)).dropna()
    with database.read() as connection:
        ids = _known(database, connection, forms)
        found = connection.execute(
            select(events.c.address_id, *(events.c[name] for name in names), file)
            .outerjoin(inputs, inputs.c.id == events.c.input_id)
            .where(events.c.address_id.in_(list(ids)))
            .order_by(events.c.at, events.c.id)
        ).all()
    frame = pd.DataFrame(found, columns=["address_id", *names, "file"])
    frame.insert(0, "address", frame["address_id"].map({k: v[0] for k, v in ids.items()}))
    frame.insert(1, "match", frame.pop("address_id").map({k: v[1] for k, v in ids.items()}))
    for name in ("at", "received"):
        frame[name] = moments(frame[name])
    return frame


def _known(database: Database, connection: Any, forms: pd.Series) -> dict[int, tuple[str, str]]:
    """Return the rows of one address and its spellings: id -> address, match."""
    if forms.empty:
        return {}
    form, key = str(forms.iloc[0]), str(canonical_keys(forms).iloc[0])
    column = addresses.c
    rows = connection.execute(
        select(column.id, column.address).where(
            column.address.in_([form, key])
            | (column.canonical == key)
            | column.digest.in_([digest(form), digest(key)])
        )
    ).all()
    return {one: (name or "", "address" if name in (form, None) else "canonical")
            for one, name in rows}  # fmt: skip


def _conditions(chosen: BlockFilter, due: int) -> list[ColumnElement[bool]]:
    """Turn a filter into conditions on the kept states."""
    column = states.c
    standing: ColumnElement[bool] = column.due_from.is_not(None) | column.allow_id.is_not(None)
    if chosen.consent:
        standing |= column.complained.is_not(None) | column.unsubscribed.is_not(None)
    found: list[ColumnElement[bool]] = [standing]
    if chosen.kind:
        found.append(column.type == chosen.kind)
    if chosen.causes:
        of_cause: ColumnElement[bool] = column.cause.in_(chosen.causes)
        if chosen.consent and COMPLAINT in chosen.causes:
            of_cause |= column.complained.is_not(None)
        found.append(of_cause)
    since = func.coalesce(column.since, column.complained, column.unsubscribed)
    if chosen.since:
        found.append(since >= seconds(chosen.since))
    if chosen.until:
        found.append(since < seconds(chosen.until))
    if chosen.due:
        found.append(column.due_from <= due)
    if chosen.campaign:
        found.append(column.address_id.in_(_bounced_in(chosen.campaign)))
    return found


def _bounced_in(campaign: str) -> Select[Any]:
    return select(events.c.address_id).where(
        and_(events.c.campaign == campaign, events.c.kind == "bounce")
    )


def _shown(rows: pd.DataFrame, due: int) -> pd.DataFrame:
    """Give the columns the names and types that people see."""
    said = rows["diagnostic"].fillna("").astype(TEXT)
    frame = pd.DataFrame(
        {
            "address": rows["listed"].fillna("").astype(TEXT),
            "hash": rows["key"].map(lambda key: bytes(key).hex() if _is_hash(key) else ""),
            "type": rows["type"].astype(TEXT),
            "cause": rows["cause"].astype(TEXT),
            "since": moments(rows["since"]),
            "strikes": rows["strikes"].astype("int64"),
            "final": rows["final"].astype(bool),
            "source": rows["source"].fillna("").astype(TEXT),
            "diagnostic": said.where(said.ne(""), rows["reason"].fillna("").astype(TEXT)),
            "campaign": rows["campaign"].fillna("").astype(TEXT),
            "examined": moments(rows["examined"]),
            "due": pd.to_numeric(rows["due_from"]).le(due).astype(bool),
            "unblocks": rows["unblocks"].astype("int64"),
            "complained": moments(rows["complained"]),
            "unsubscribed": moments(rows["unsubscribed"]),
            "allowed": allowed_text(rows),
        },
        index=rows.index,
    ).astype({"hash": TEXT})
    if "match" in rows:
        return frame.assign(match=rows["match"].astype(TEXT))
    return frame.sort_values(["since", "address"], ascending=[False, True], ignore_index=True)


def _is_hash(key: object) -> bool:
    return isinstance(key, (bytes, memoryview))
