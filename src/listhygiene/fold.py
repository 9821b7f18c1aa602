"""A list folded once into its distinct texts, addresses and domains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from .address import canonical
from .address.cells import MailTexts, read_texts
from .address.distinct import distinct_addresses, read_halves
from .address.odd import Odd, read_odd, with_accepted
from .columns import activity, consent_state
from .cores import begun
from .model.contacts import AWAITING, CODES, Contacts, Role, place_type
from .model.listing import TEXT, Listing, let_go
from .model.rule import Rule
from .texts import LARGE, from_arrow, give_back, put, spread

Ids = npt.NDArray[np.int32]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Mail:
    """The e-mail columns of a list, as far as they can be read by themselves."""

    read: MailTexts
    odd: Future[Odd]


def fold(
    listing: Listing,
    headers: pd.DataFrame,
    repairs: Sequence[Rule],
    policy: Any,
    accepted: Mapping[str, str] | None = None,
    spare: bool = False,
    mail: Mail | None = None,
) -> Contacts:
    """Fold a list into its six tables (see `Contacts`).

    headers: the headers table of `columns.assign_roles`. repairs: the T-rules, in the order in
    which they are tried. accepted: text -> the proposal that a person accepted for it; it takes
    the place of the text's safe repair. spare: let the cells go as soon as they are folded. mail:
    the e-mail columns, if their reading was begun when it could only be likely which ones they are.
    """
    columns = email_columns(headers)
    if mail is None or [*mail.read.columns] != columns:
        with begun_mail(listing.frame, columns, repairs, policy, accepted) as begun_now:
            return fold(listing, headers, repairs, policy, accepted, spare, begun_now)
    read = mail.read
    with begun(_told, listing, headers, policy) as told:
        halves = read_halves(read.texts, read.plain)
    awaiting = _awaiting(listing)
    if spare:
        let_go(listing)
    give_back()
    odd = mail.odd.result()
    addresses, domains, coded, address_of_text = distinct_addresses(
        halves, odd.judged, odd.missing, read.sums
    )
    del halves
    addresses["canonical"] = canonical(addresses, coded)
    addresses["domain"] = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    give_back()
    table = _texts(read, odd, accepted or {})
    table["address"] = address_of_text
    mailed = mailed_columns(headers)
    contacts = _contacts(listing, told.result(), read.places, mailed, address_of_text)
    contacts["awaiting"] = awaiting
    if listing.facts.get("links"):
        shown = {place: read.places[place] for place in mailed}
        contacts["linked"] = _linked(listing, contacts, shown, table["cleaned"])
    domains["contacts"] = _count(contacts["address"], addresses["domain"], len(domains))
    return Contacts(
        listing=listing,
        headers=headers,
        texts=table,
        addresses=addresses,
        domains=domains,
        contacts=contacts,
        repairs=_numbered(odd.found, read.plain),
        places=read.places,
        mailed=mailed,
    )


@contextmanager
def begun_mail(
    frame: pd.DataFrame,
    columns: Sequence[int],
    repairs: Sequence[Rule],
    policy: Any,
    accepted: Mapping[str, str] | None = None,
) -> Iterator[Mail]:
    """Read the e-mail columns of a list, and begin to judge their odd texts beside what follows."""
    read = read_texts(frame, columns)
    give_back()
    with begun(read_odd, read.odd(), repairs, policy, accepted or {}) as odd:
        yield Mail(read, odd)


def _texts(read: MailTexts, odd: Odd, accepted: Mapping[str, str]) -> pd.DataFrame:
    """Return the texts table, without its addresses."""
    others = ~read.plain
    missing = np.zeros(len(others), dtype=bool)
    missing[others] = odd.missing
    texts, cleaned = from_arrow(read.texts), from_arrow(put(read.texts, others, odd.cleaned))
    return pd.DataFrame(
        {"text": texts, "cleaned": with_accepted(texts, cleaned, accepted), "missing": missing}
    )


def _numbered(found: pd.DataFrame, plain: Marks) -> pd.DataFrame:
    """Give long rows about odd texts the places of these among all texts."""
    places = np.flatnonzero(~plain)[found["text"].to_numpy(dtype=np.int64)]
    return found.assign(text=places)


def email_columns(headers: pd.DataFrame) -> list[int]:
    """Return the positions of the e-mail columns, main ones first."""
    return [
        int(place)
        for role in Role.EMAILS
        for place in headers.index[(headers["role"] == role).to_numpy()]
    ]


def mailed_columns(headers: pd.DataFrame) -> tuple[int, ...]:
    """Return the columns that the campaign mails: those the user named, else all e-mail columns."""
    named = headers.index[
        ((headers["by"] == "option") & headers["role"].isin(Role.EMAILS)).to_numpy()
    ]
    return tuple(int(place) for place in named) or tuple(email_columns(headers))


def _told(listing: Listing, headers: pd.DataFrame, policy: Any) -> list[pd.DataFrame]:
    """Say what the other columns of each row say."""
    return [
        activity(listing.frame, headers, policy.as_of),
        consent_state(listing.frame, headers),
    ]


def _contacts(
    listing: Listing,
    told: Iterable[pd.DataFrame],
    places: Mapping[int, Ids],
    mailed: tuple[int, ...],
    address_of_text: Ids,
) -> pd.DataFrame:
    """Say of each row which address the campaign mails, beside what its other columns told."""
    rows = len(listing.frame)
    address = np.full(rows, -1, dtype=np.int32)
    column = np.full(rows, -1, dtype=place_type(len(listing.header)))
    lookup = np.append(address_of_text, -1).astype(np.int32)
    for place in reversed(mailed):  # the first filled column is written last, and stays
        here = lookup[places[place]]
        filled = here >= 0
        address[filled] = here[filled]
        column[filled] = place
    contacts = pd.DataFrame({"line": listing.lines, "address": address, "column": column})
    for extra in told:
        for name in extra:
            contacts[name] = extra[name].array
    contacts["unbalanced"] = _unbalanced(listing)
    return contacts


def _linked(
    listing: Listing, contacts: pd.DataFrame, places: Mapping[int, Ids], cleaned: pd.Series
) -> pd.Series:
    """Return the address that the mailed cell of each row links to and does not show, else ''.

    A cell shows what it will once its safe repairs are made.
    """
    found = [""] * len(contacts)
    column = contacts["column"].to_numpy()
    for place, texts in reversed(list(places.items())):
        for row, address in listing.facts["links"].get(str(place), {}).items():
            text = int(texts[int(row)])
            shown = "" if text < 0 else str(cleaned.iat[text])
            if column[int(row)] in (-1, place) and address.casefold() not in shown.casefold():
                found[int(row)] = address
    return pd.Series(found, dtype=TEXT)


def _awaiting(listing: Listing) -> npt.NDArray[np.bool_]:
    """Tell which rows an earlier run marked as accepted by rule (C542)."""
    if CODES not in listing.header:
        return np.zeros(len(listing.frame), dtype=bool)
    codes = listing.frame.iloc[:, listing.header.index(CODES)]
    return np.asarray(codes.str.contains(rf"\b{AWAITING}\b", regex=True), dtype=bool)


def _unbalanced(listing: Listing) -> pd.Series:
    """Return what is wrong with each row's width, '' where nothing is."""
    rows = sorted(listing.unbalanced)
    mask = np.zeros(len(listing.frame), dtype=bool)
    mask[rows] = True
    told = pa.array([listing.unbalanced[row] for row in rows], LARGE)
    return from_arrow(spread(mask, told))


def _count(address: pd.Series, domain: pd.Series, domains: int) -> npt.NDArray[np.int64]:
    """Count the contacts of each domain."""
    lookup = np.append(domain.to_numpy(), -1)
    return np.bincount(lookup[address.to_numpy()] + 1, minlength=domains + 1)[1:]  # without -1
