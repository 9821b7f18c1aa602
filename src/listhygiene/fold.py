"""A list folded once into its distinct texts, addresses and domains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .address import canonical, is_plain
from .address.distinct import distinct_addresses, read_halves
from .address.repair import REMEMBERED, remembered
from .columns import activity, consent_state
from .cores import begun
from .model.contacts import AWAITING, CODES, Contacts, Role, place_type
from .model.listing import TEXT, Listing, let_go
from .model.rule import Grade, Rule
from .texts import LARGE, are_empty, from_arrow, give_back, may_be_blank, to_arrow, with_missing

AT_ONCE = REMEMBERED
"""So many odd texts go through the repairs together; what was said of them is remembered."""

ROUNDS = 4
"""How often the safe repairs are tried again on their own result; wrappings rarely nest deeply."""

REPAIR_COLUMNS = ["text", "rule", "grade", "after", "detail"]

Ids = npt.NDArray[np.int32]
Marks = npt.NDArray[np.bool_]


def fold(
    listing: Listing,
    headers: pd.DataFrame,
    repairs: Sequence[Rule],
    policy: Any,
    accepted: Mapping[str, str] | None = None,
    spare: bool = False,
) -> Contacts:
    """Fold a list into its six tables (see `Contacts`).

    headers: the headers table of `columns.assign_roles`. repairs: the T-rules, in the order in
    which they are tried. accepted: text -> the proposal that a person accepted for it; it takes
    the place of the text's safe repair. spare: let the cells go as soon as they are folded.
    """
    columns = email_columns(headers)
    with begun(_told, listing, headers, policy) as told:
        texts, places = _distinct_texts(listing.frame, columns)
        plain = is_plain(texts).to_numpy()
        with begun(read_halves, texts, plain) as halves:
            found = repair(texts, repairs, policy, plain)
    awaiting = _awaiting(listing)
    if spare:
        let_go(listing)
    give_back()
    cleaned, missing = _cleaned(texts, found, accepted or {})
    addresses, domains, coded, address_of_text = distinct_addresses(
        halves.result(), cleaned, missing
    )
    del halves
    addresses["canonical"] = canonical(addresses, coded)
    addresses["domain"] = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    give_back()
    table = pd.DataFrame({"text": texts, "cleaned": cleaned, "missing": missing})
    table["address"] = address_of_text
    mailed = mailed_columns(headers)
    contacts = _contacts(listing, told.result(), places, mailed, address_of_text)
    contacts["awaiting"] = awaiting
    if listing.facts.get("links"):
        mail = {place: places[place] for place in mailed}
        contacts["linked"] = _linked(listing, contacts, mail, cleaned)
    domains["contacts"] = _count(contacts["address"], addresses["domain"], len(domains))
    return Contacts(
        listing=listing,
        headers=headers,
        texts=table,
        addresses=addresses,
        domains=domains,
        contacts=contacts,
        repairs=found,
        places=places,
        mailed=mailed,
    )


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


def _distinct_texts(
    frame: pd.DataFrame, columns: Iterable[int]
) -> tuple[pd.Series, dict[int, Ids]]:
    """Factorise the cells of the e-mail columns together; blank cells get -1."""
    arrays = {place: to_arrow(frame[place]) for place in columns}
    if not arrays:
        return pd.Series([], dtype=TEXT), {}
    whole = (
        next(iter(arrays.values())) if len(arrays) == 1 else pa.concat_arrays([*arrays.values()])
    )
    # a cell of mere white space is blank; it carries no text to be judged
    filled = ~are_empty(whole)
    likely = may_be_blank(whole)
    some = whole.take(pa.array(likely))
    filled[likely] = pc.match_substring_regex(some, r"[^\s\p{Z}]").to_numpy(zero_copy_only=False)
    if not filled.all():
        whole = with_missing(whole, filled)
    coded = whole.dictionary_encode()
    del whole, some
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    places: dict[int, Ids] = {}
    start = 0
    for place, one in arrays.items():
        places[place] = codes[start : start + len(one)]
        start += len(one)
    return from_arrow(coded.dictionary), places


def repair(
    texts: pd.Series, rules: Sequence[Rule], policy: Any, plain: Marks | None = None
) -> pd.DataFrame:
    """Ask the T-rules of the distinct texts: first the safe repairs, then what they left.

    Returns long rows: text (id), rule, grade, after, detail; the `after` of a safe repair is the
    text as `clean` writes it. Plain addresses, on which no T-rule can find anything, are not asked;
    plain: which texts these are, where that is known.
    """
    odd = _odd(texts) if plain is None else texts[~plain]
    parts = [
        _repair_odd(odd.iloc[start : start + AT_ONCE], rules, policy)
        for start in range(0, max(1, len(odd)), AT_ONCE)
    ]
    found = _settled(pd.concat(parts, ignore_index=True), rules, policy)
    remembered.cache_clear()
    return found


def _settled(found: pd.DataFrame, rules: Sequence[Rule], policy: Any) -> pd.DataFrame:
    """Give what is proposed as `clean` would write it: with its own safe repairs made."""
    proposed = found["after"].notna() & (found["grade"] == Grade.PROPOSED)
    afters = found.loc[proposed, "after"]
    odd = _odd(afters.drop_duplicates().astype(TEXT).reset_index(drop=True))
    if not len(odd):
        return found
    made = _repair_odd(odd, rules, policy)
    made = made[(made["grade"] == Grade.SAFE).to_numpy()].drop_duplicates("text")
    written = dict(zip(odd.loc[made["text"]], made["after"], strict=True))
    return found.assign(after=found["after"].replace(written))


def _repair_odd(odd: pd.Series, rules: Sequence[Rule], policy: Any) -> pd.DataFrame:
    """Apply the safe repairs one after the other until they find nothing more.

    What is proposed or refused is so of the repaired text: what a rule said in the round in which
    nothing of that text was repaired.
    """
    now, asked = odd.copy(), odd
    safe: list[pd.DataFrame] = []
    rest: list[pd.DataFrame] = []
    for turn in range(ROUNDS + 1):
        said = []
        mended = np.empty(0, dtype=np.int64)
        for one in rules:
            found = one.judge(pd.DataFrame({"text": now.loc[asked.index]}), policy)
            certain = (found["grade"] == Grade.SAFE).to_numpy()
            said.append(found[~certain].assign(rule=one.code))
            if certain.any() and turn < ROUNDS:
                found = found[certain]
                safe.append(found.assign(rule=one.code))
                now.loc[found["text"]] = found["after"].astype(TEXT).to_numpy()
                mended = np.union1d(mended, found["text"])
        rest += [one[~np.isin(one["text"], mended)] for one in said]
        asked = _odd(now.loc[pd.Index(mended)])
        if not len(asked):
            break
    return _rows(now, safe, rest)


def _rows(
    cleaned: pd.Series, safe: Sequence[pd.DataFrame], rest: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Put the long rows together: the safe repairs as they were made, the others by their rules."""
    others = [one for one in rest if len(one)]
    rows = [pd.concat(safe).drop_duplicates(["text", "rule"])] if safe else []
    rows += [pd.concat(others).sort_values(["rule", "text"], kind="stable")] if others else []
    if not rows:
        return pd.DataFrame(columns=REPAIR_COLUMNS).astype({"after": TEXT, "detail": TEXT})
    long = pd.concat(rows, ignore_index=True).astype({"after": TEXT, "detail": TEXT})
    certain = (long["grade"] == Grade.SAFE).to_numpy()
    long.loc[certain, "after"] = cleaned.loc[long.loc[certain, "text"]].to_numpy()
    return long[REPAIR_COLUMNS]


def _odd(texts: pd.Series) -> pd.Series:
    return texts[~is_plain(texts).to_numpy()]


def _cleaned(
    texts: pd.Series, found: pd.DataFrame, accepted: Mapping[str, str]
) -> tuple[pd.Series, Marks]:
    """Apply the safe repairs, and the proposals that a person accepted."""
    cleaned = texts
    if len(found):
        safe = found[(found["grade"] == Grade.SAFE).to_numpy()]
        safe = safe.drop_duplicates("text").sort_values("text")
        mask = np.zeros(len(texts), dtype=bool)
        mask[safe["text"].to_numpy(dtype=np.int64)] = True
        after = to_arrow(safe["after"].astype(TEXT))
        cleaned = from_arrow(pc.replace_with_mask(to_arrow(texts), pa.array(mask), after))
    if accepted:
        cleaned = cleaned.copy()
        chosen = texts[texts.isin(list(accepted))]
        cleaned.loc[chosen.index] = [accepted[one] for one in chosen]
    missing = np.zeros(len(texts), dtype=bool)
    absent = found.loc[(found["grade"] == Grade.MISSING).to_numpy(), "text"].astype(int)
    missing[absent.to_numpy()] = True
    return cleaned, missing | are_empty(to_arrow(cleaned))


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
    nothing = pa.repeat(pa.scalar("", LARGE), len(mask))
    told = pa.array([listing.unbalanced[row] for row in rows], LARGE)
    return from_arrow(pc.replace_with_mask(nothing, pa.array(mask), told))


def _count(address: pd.Series, domain: pd.Series, domains: int) -> npt.NDArray[np.int64]:
    """Count the contacts of each domain."""
    lookup = np.append(domain.to_numpy(), -1)
    return np.bincount(lookup[address.to_numpy()] + 1, minlength=domains + 1)[1:]  # without -1
