"""Evidence joined to the tables: what DNS, the blocklist and the earlier rows say, as columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .formulas import formula_cells
from .model.answer import MailAnswer
from .model.contacts import Contacts
from .model.evidence import Evidence
from .model.listing import TEXT, Listing
from .texts import are_empty, from_arrow, merge_equal, to_arrow

Places = npt.NDArray[np.int32]

Keys = tuple[npt.NDArray[np.int32], pa.Array, npt.NDArray[np.bool_]]
"""Of a list: each row's place in its distinct keys; a key an address; is it the first such."""

ANSWER_COLUMNS = ["answer", "hosts", "unroutable", "answer_detail", "answer_why"]


def join_evidence(contacts: Contacts, evidence: Evidence) -> dict[str, pd.DataFrame]:
    """Return the tables that the rules read, by name; a missing evidence leaves its columns out.

    "repeated" are the contacts with an earlier row of their address or mailbox, and which that is;
    "blocked" the addresses of which the blocklist knows something, and what. The addresses'
    `domain_name` is a category, missing where there is none.
    """
    headers = _join_listing(contacts.headers, contacts.listing)
    domains = _join_answers(contacts.domains, evidence)
    addresses = contacts.addresses
    names = pd.CategoricalDtype(contacts.domains["domain"].astype(object))
    named = pd.Categorical.from_codes(addresses["domain"].to_numpy(), dtype=names)
    rows = contacts.contacts
    roles = set(contacts.headers["role"])
    tables = {
        "headers": headers,
        "texts": contacts.texts,
        "addresses": addresses.assign(domain_name=named),
        "domains": domains,
        "contacts": rows.assign(has_last_mailed="last_mailed_at" in roles),
    }
    if evidence.first_rows is not None:
        behind = rows.iloc[evidence.first_rows.index.to_numpy()]
        tables["repeated"] = behind.join(evidence.first_rows)
    if evidence.blocks is not None:
        tables["blocked"] = tables["addresses"].join(evidence.blocks, how="inner")
    return tables


def _join_listing(headers: pd.DataFrame, listing: Listing) -> pd.DataFrame:
    """Add what the file as a whole says: its header row, the lines above, cells that execute."""
    header_rows = listing.facts.get("header_rows") or [listing.header_line] * (
        listing.header_line is not None
    )
    if "executable" not in headers:  # else it was counted before the cells went
        headers = with_executable(headers, count_executable(listing))
    return headers.assign(
        has_header=listing.header_line is not None,
        header_rows=len(header_rows),
        preamble=listing.preamble,
    )


def with_executable(headers: pd.DataFrame, counted: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Add the count of cells that execute (`count_executable`) to the headers table."""
    return headers.assign(executable=counted if len(counted) == len(headers) else 0)


def count_executable(listing: Listing) -> npt.NDArray[np.int64]:
    """Count the cells of each column that a spreadsheet would execute.

    A workbook says of each cell whether it is a formula; in a CSV its first character does.
    """
    if listing.format != "csv":
        return np.zeros(1, np.int64)
    return formula_cells(listing.frame).to_numpy()


def _join_answers(domains: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    if evidence.suggestions is not None:
        domains = domains.join(evidence.suggestions)
    if evidence.answers is None:
        return domains
    asked = to_arrow(evidence.answers.index.to_series())
    told = evidence.answers[ANSWER_COLUMNS].reset_index(drop=True)
    domains = domains.join(told.reindex(_places_in(asked, domains)).set_axis(domains.index))
    if "suggestion" in domains:
        suggested = told["answer"].reindex(_places_in(asked, domains, "suggestion"))
        domains["suggestion_answer"] = suggested.to_numpy()
    return domains


def _places_in(asked: pa.Array, domains: pd.DataFrame, name: str = "domain") -> Places:
    """Return the place among the names that were asked of each domain's, -1 where it is none."""
    found = pc.index_in(to_arrow(domains[name]), value_set=asked, skip_nulls=True)
    return np.asarray(found.fill_null(-1))


def count_unanswered(contacts: Contacts, domains: pd.DataFrame) -> int:
    """Count the contacts about whose domain DNS was asked and gave no answer.

    domains: the domains table with its answers; without answers nothing was asked. It is counted
    here and not by the findings, so that a rule that is off hides nothing from the gate.
    """
    if "answer" not in domains:
        return 0
    silent = (domains["answer"].isna() | (domains["answer"] == "unknown")).to_numpy(dtype=bool)
    domain = np.append(contacts.addresses["domain"].to_numpy(), -1)
    here = domain[contacts.contacts["address"].to_numpy()]
    return int(np.append(silent, False)[here].sum())


def find_first_rows(
    lists: Sequence[Contacts], names: Sequence[str] | None = None
) -> list[pd.DataFrame]:
    """Say of each contact of each list which earlier row holds its address, or its mailbox.

    Rows count in the order of the lists and of their rows. Result, one frame a list, sparse (index
    = rows that have an earlier one): first_row, first_list (place of the list), same_mailbox_row,
    same_mailbox_list, and for each of the two the line there and the path of another list
    (first_line, first_path, ...); missing where there is none. names: what to call the lists
    instead of their paths.
    """
    called = _called(lists) if names is None else names
    if not lists:
        return []
    firsts = _first_holders([_keys(one, one.addresses["address"]) for one in lists])
    boxes = _first_holders([_keys(one, one.addresses["canonical"]) for one in lists])
    starts = np.cumsum([0, *(len(one.contacts) for one in lists)], dtype=np.int32)
    frames: list[pd.DataFrame] = []
    for start, behind in pairwise(starts.tolist()):
        first, box = firsts[start:behind], boxes[start:behind]
        known = np.flatnonzero((first >= 0) | (box >= 0))
        first_list, first_row = _find_places(first[known], starts)
        box_list, box_row = _find_places(box[known], starts)
        frame = pd.DataFrame(
            {
                "first_row": first_row,
                "first_list": first_list,
                "same_mailbox_row": box_row,
                "same_mailbox_list": box_list,
            },
            index=pd.Index(known),
        )
        same = (frame["first_row"] >= 0).to_numpy()
        frame.loc[same, ["same_mailbox_row", "same_mailbox_list"]] = -1
        sparse = frame.astype("Int64").mask(frame < 0)
        frames.append(_with_lines(sparse, len(frames), lists, called))
    return frames


def _called(lists: Sequence[Contacts]) -> list[str]:
    """Call lists by their paths; several of one workbook by their sheets too."""
    paths = [one.listing.path for one in lists]
    return [
        f"{path}/{one.listing.sheet}" if one.listing.sheet and paths.count(path) > 1 else path
        for path, one in zip(paths, lists, strict=True)
    ]


def _with_lines(
    frame: pd.DataFrame, own: int, lists: Sequence[Contacts], called: Sequence[str]
) -> pd.DataFrame:
    """Add the line where a person finds the earlier row, and the path of another list."""
    for name in ("first", "same_mailbox"):
        line = pd.Series(pd.NA, index=frame.index, dtype="Int64")
        path = pd.Series("", index=frame.index, dtype=TEXT)
        for place, one in enumerate(lists):
            here = frame.index[frame[f"{name}_list"].eq(place).fillna(False).to_numpy(dtype=bool)]
            rows = frame.loc[here, f"{name}_row"].to_numpy(dtype=np.int64)
            line.loc[here] = one.contacts["line"].to_numpy()[rows]
            if place != own:
                path.loc[here] = called[place]
        frame = frame.assign(**{f"{name}_line": line, f"{name}_path": path})
    return frame


def _keys(contacts: Contacts, keys: pd.Series) -> Keys:
    """Return each row's place in the list's distinct keys (-1 = none), and those keys.

    Addresses are distinct; of the keys made of them only those that differ can meet another.
    """
    values, own = to_arrow(keys), to_arrow(contacts.addresses["address"])
    differs = np.zeros(len(own), dtype=bool)
    if not values.equals(own):
        differs = pc.not_equal(values, own).to_numpy(zero_copy_only=False)
    codes, first = merge_equal(values, differs)
    codes[are_empty(values)] = -1
    lookup = np.append(codes, np.int32(-1))
    return lookup[contacts.contacts["address"].to_numpy()], values, first


def _first_keys(values: pa.Array, first: npt.NDArray[np.bool_]) -> pd.Series:
    return from_arrow(values.filter(pa.array(first)))


def _first_holders(keys: Sequence[Keys]) -> Places:
    """Return for each row of all lists the first one with its key; -1 where that is itself."""
    codes = _common_codes(keys)
    places = np.arange(len(codes), dtype=np.int32)
    holder = np.full(int(codes.max(initial=-1)) + 2, -1, dtype=np.int32)
    holder[codes[::-1]] = places[::-1]  # written backwards: the first place stays
    first = holder[codes]
    first[(codes < 0) | (first == places)] = -1
    return first


def _find_places(first: Places, starts: Places) -> tuple[Places, Places]:
    """Return list and row of places that count through all lists, -1 for -1."""
    lists = np.searchsorted(starts, first, side="right").astype(np.int32) - 1
    return lists, np.where(first < 0, np.int32(-1), first - starts[lists])


def _common_codes(keys: Sequence[Keys]) -> Places:
    if len(keys) == 1:
        return keys[0][0]
    both = pd.concat([_first_keys(values, first) for _, values, first in keys], ignore_index=True)
    common, _ = pd.factorize(both)
    parts, start = [], 0
    for codes, _, first in keys:
        behind = start + int(first.sum())
        lookup = np.append(common[start:behind], -1)
        parts.append(lookup[codes])
        start = behind
    return np.concatenate(parts).astype(np.int32) if parts else np.array([], np.int32)


def spread_answers(
    told: pd.DataFrame, names: pa.Array, alike: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Give every name the answer that was told of the first of its kind.

    alike: for each name the place of that one; told: of these, in their order.
    """
    number = np.cumsum(alike == np.arange(len(alike))) - 1
    return told.iloc[number[alike]].set_axis(pd.Index(from_arrow(names), name="domain"))


def answers_frame(answers: Mapping[str, MailAnswer]) -> pd.DataFrame:
    """Turn the mail answers of DNS into the frame that evidence holds (index = domain)."""
    rows = [
        (name, str(one.answer), " ".join(one.hosts), one.unroutable, one.detail, one.why)
        for name, one in answers.items()
    ]
    frame = pd.DataFrame(rows, columns=["domain", *ANSWER_COLUMNS]).set_index("domain")
    frame["unroutable"] = frame["unroutable"].astype("boolean")
    return frame.astype(dict.fromkeys(("answer", "hosts", "answer_detail", "answer_why"), TEXT))
