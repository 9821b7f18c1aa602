"""A blocklist as a table: read from a list that people keep, given out as one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from ..model.bounce import Kind
from ..model.listing import TEXT, Listing
from .engine import Database
from .entries import read_entries
from .journal import Added, add_rows
from .keys import canonical_keys, digest, event_key


def import_table(
    database: Database,
    listing: Listing,
    *,
    now: datetime,
    causes: Mapping[str, str],
    by: str = "",
) -> tuple[Added, dict[str, int]]:
    """Enter the blocks, complaints and unsubscribes that a table lists, all or nothing.

    See `read_entries` for what a row says; the second result counts the words that were not
    understood, by column.
    """
    table, unread = read_entries(listing, causes)
    added = add_rows(
        database,
        _rows(table, by),
        input_key=_content_key(listing),
        file=listing.path,
        now=now,
    )
    replies = int(table["kind"].eq(str(Kind.AUTO_REPLY)).sum())
    return replace(added, replies=replies), unread


def hashed(blocks: pd.DataFrame) -> pd.DataFrame:
    """Turn exported blocks into a list without addresses: SHA-256 of each canonical key, in hex.

    A hash tells nothing of other spellings, so the key of the mailbox is hashed: every spelling is
    found by it. The words of servers often repeat the address, so they go too. Hashing is no
    anonymity: who has the address can find it again.
    """
    known = blocks["address"].ne("")
    made = canonical_keys(blocks["address"]).map(lambda one: digest(one).hex())
    out = blocks.assign(hash=made.where(known, blocks["hash"]).astype(TEXT))
    return out[["hash", "type", "cause", "since", "source"]]


def exported(blocks: pd.DataFrame) -> pd.DataFrame:
    """Turn what `list_blocks` found (with consent) into rows that `import_table` reads back.

    Columns: address, hash, type, cause, since (ISO 8601, UTC), source, reason. An address that also
    complained or unsubscribed has a row for each.
    """
    standing = blocks["type"].ne("") & blocks["allowed"].eq("")
    named = blocks.assign(reason=blocks["diagnostic"])
    parts = [named[standing]]
    for kind, column in (("complaint", "complained"), ("unsubscribe", "unsubscribed")):
        some = blocks[blocks[column].notna()]
        parts.append(some.assign(type=kind, cause="", since=some[column], source="", reason=""))
    table = pd.concat(parts, ignore_index=True)
    table["since"] = table["since"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").astype(TEXT).fillna("")
    table["type"] = table["type"].astype(TEXT)
    return table[["address", "hash", "type", "cause", "since", "source", "reason"]]


def _rows(table: pd.DataFrame, by: str) -> Iterator[dict[str, Any]]:
    names = list(table.columns)
    for cells in zip(*(table[name].array for name in names), strict=True):
        row = dict(zip(names, cells, strict=True))
        at = row["at"]
        row["at"] = None if pd.isna(at) else int(at)
        who = row["address"] or (row["digest"].hex() if row["digest"] else "")
        said = (row[name] for name in ("kind", "type", "cause", "at", "source"))
        yield row | {"by": by, "key": event_key("import", who, *said)}


def _content_key(listing: Listing) -> str:
    """Hash a table's cells: the same content is the same input, whatever its file is called."""
    made = hashlib.sha256("\x1f".join(listing.header).encode("utf-8", "surrogatepass"))
    for place in range(listing.frame.shape[1]):
        column = "\x1f".join(listing.frame.iloc[:, place])
        made.update(b"\x1e" + column.encode("utf-8", "surrogatepass"))
    return f"table:{made.hexdigest()}"
