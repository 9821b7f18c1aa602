"""Entries: what each row of a table says that lists blocks, complaints and unsubscribes."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import pandas as pd

from ..formulas import unescape_formula
from ..model.bounce import CAUSE_NAMES, Kind
from ..model.errors import BlocklistError
from ..model.listing import TEXT, Listing
from .fold import OUT_OF_OFFICE

UNNAMED = {"permanent": "P9", "temporary": "T7"}
"""The cause of a block that names none, by its type."""

_HASH = r"^[0-9a-fA-F]{64}$"


def read_entries(
    listing: Listing, causes: Mapping[str, str]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Read what a table lists: address, digest (octets or None), kind, type, cause, at (seconds
    since 1970, NA where nothing is said), source, reason; a row a row of the table.

    causes: the titles of causes (English, Japanese) -> code; codes and names are known. A row
    without type and cause is a permanent block: that is what a plain list of addresses to be
    blocked means. One whose cause is an automatic reply is kept as such and blocks nothing. The
    second result counts the words that were not understood, by column; a row that says nothing else
    is a temporary block, which a person may lift.
    Raises BlocklistError naming the columns seen, where none holds addresses or their hashes.
    """
    columns = _columns(listing)
    if not {"address", "hash"} & set(columns):
        raise BlocklistError(
            f"no column holds addresses or their hashes; columns: {_named(listing)}",
            file=listing.path,
            remedy="Name the column `address` (or `hash`, for SHA-256).",
        )
    cells = {name: _plainly(listing, place) for name, place in columns.items()}
    index, unread = listing.frame.index, dict[str, int]()
    source = _cells(cells, "source", index)
    table = pd.DataFrame(
        {
            "address": _addresses(cells),
            "digest": _hashes(cells, index),
            **_states(cells, index, causes, unread),
            "at": _moments(cells, index, unread),
            "source": source.where(source.ne(""), "import"),
            "reason": _cells(cells, "reason", index),
        }
    )
    return table, {name: one for name, one in unread.items() if one}


def _plainly(listing: Listing, place: int) -> pd.Series:
    """Return a column without the `'` that keeps a spreadsheet from executing a cell of a CSV."""
    cells = listing.frame.iloc[:, place].astype(TEXT).fillna("")
    guarded = cells[cells.str.startswith("'")]
    if listing.format != "csv" or guarded.empty:
        return cells
    distinct = {one: unescape_formula(one) for one in guarded.unique()}
    return cells.mask(cells.isin(list(distinct)), cells.map(distinct).astype(TEXT))


@cache
def _aliases() -> tuple[dict[str, str], dict[str, str]]:
    """Return header -> column and word -> type."""
    text = files("listhygiene.data").joinpath("blocklist_columns.toml").read_text("utf-8")
    sections = tomllib.loads(text)
    columns, types = (
        {_plain(alias): name for name, aliases in sections[part].items() for alias in aliases}
        for part in ("columns", "types")
    )
    return columns, types


def _plain(text: str) -> str:
    """Compare words without case, width, spaces, "_" and "-"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if not sign.isspace() and sign not in "_-")


def _columns(listing: Listing) -> dict[str, int]:
    """Find the columns by their headers, and the addresses or hashes by content where need be."""
    found: dict[str, int] = {}
    for place, header in enumerate(listing.header):
        name = _aliases()[0].get(_plain(header))
        if name:
            found.setdefault(name, place)
    if not {"address", "hash"} & set(found):
        for place in range(listing.frame.shape[1]):
            cells = listing.frame.iloc[:, place].str.strip()
            filled = cells[cells.ne("")]
            if filled.empty or place in found.values():
                continue
            if filled.str.contains("@", regex=False).mean() > 0.5:
                return found | {"address": place}
            if filled.str.match(_HASH).mean() > 0.5:
                return found | {"hash": place}
    return found


def _cells(cells: Mapping[str, pd.Series], name: str, index: pd.Index) -> pd.Series:
    found = cells.get(name)
    return pd.Series("", index=index, dtype=TEXT) if found is None else found.str.strip()


def _addresses(cells: Mapping[str, pd.Series]) -> pd.Series | str:
    """Return the addresses; a cell of an address column that holds a hash is none."""
    found = cells.get("address")
    return "" if found is None else found.str.strip().mask(found.str.strip().str.match(_HASH), "")


def _hashes(cells: Mapping[str, pd.Series], index: pd.Index) -> pd.Series:
    """Return the hashes as octets, None where there is none."""
    own = _cells(cells, "hash", index)
    other = _cells(cells, "address", index)
    text = own.where(own.str.match(_HASH), other)
    octets = [
        bytes.fromhex(one) if ok else None
        for one, ok in zip(text, text.str.match(_HASH), strict=True)
    ]
    return pd.Series(octets, index=index, dtype=object)


def _states(
    cells: Mapping[str, pd.Series],
    index: pd.Index,
    causes: Mapping[str, str],
    unread: dict[str, int],
) -> dict[str, pd.Series]:
    """Return kind, type and cause of each row; a type that is said outweighs the cause's own."""
    words = {_plain(name): code for name, code in causes.items()}
    words |= {_plain(word): code for code, name in CAUSE_NAMES.items() for word in (code, name)}
    types = _aliases()[1]
    said, named = _cells(cells, "type", index), _cells(cells, "cause", index)
    kind = _mapped(said, types)
    cause = _mapped(named, words)
    unread["type"] = int((said.ne("") & kind.eq("")).sum())
    unread["cause"] = int((named.ne("") & cause.eq("")).sum())
    own = cause.str[:1].map({"T": "temporary", "P": "permanent"}).astype(TEXT).fillna("permanent")
    unclear = (said.ne("") | named.ne("")) & kind.eq("") & cause.eq("")
    own = own.mask(unclear, "temporary")  # it is held back, and a person may lift it
    kind = kind.where(kind.ne(""), own)
    blocks = kind.isin(list(UNNAMED))
    unnamed = blocks & cause.eq("")
    replies = blocks & cause.eq(OUT_OF_OFFICE)
    return {
        "kind": kind.mask(blocks, "block").mask(replies, str(Kind.AUTO_REPLY)),
        "type": kind.where(blocks & ~replies, ""),
        "cause": cause.mask(unnamed, kind.map(UNNAMED)).astype(TEXT).fillna(""),
    }


def _mapped(words: pd.Series, meanings: Mapping[str, str]) -> pd.Series:
    distinct = {word: meanings.get(_plain(word), "") for word in words.unique()}
    return words.map(distinct).astype(TEXT)


def _moments(cells: Mapping[str, pd.Series], index: pd.Index, unread: dict[str, int]) -> pd.Series:
    """Read dates: ISO 8601 in any of its forms, `2026/05/01 12:00`, or seconds since 1970."""
    text = _cells(cells, "since", index)
    distinct = pd.Series(text.unique(), dtype=TEXT)
    plain = distinct.str.replace("/", "-", regex=False)
    numbers = pd.to_numeric(distinct.where(distinct.str.fullmatch(r"\d{9,13}")), errors="coerce")
    numbers = numbers.where(numbers.lt(1e11), numbers / 1000)
    iso = plain.where(plain.str.match(r"^\d{4}-\d{1,2}-\d{1,2}"))
    read = pd.to_datetime(iso, errors="coerce", utc=True, format="mixed")
    found = ((read - pd.Timestamp(0, tz="UTC")) // pd.Timedelta("1s")).astype("Int64")
    found = found.fillna(numbers.round().astype("Int64"))
    moments = text.map(dict(zip(distinct, found, strict=True)))
    unread["since"] = int((text.ne("") & moments.isna()).sum())
    return moments


def _named(listing: Listing) -> str:
    return ", ".join(header or "(blank)" for header in listing.header) or "none"
