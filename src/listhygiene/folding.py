"""Folding: a list as it was read, folded as the policy says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import numpy as np
import pandas as pd

from .columns import assign_roles, likely_emails
from .cores import FEW, begun
from .earlier import COLUMNS
from .evidence import count_executable, with_executable
from .fold import Mail, begun_mail, fold
from .model.contacts import UNBALANCED, Contacts
from .model.listing import Listing
from .model.rule import Rule
from .policy import Policy
from .rules import catalogue
from .texts import give_back
from .wording import LANGUAGES, speaker


def text_rules(policy: Policy) -> list[Rule]:
    """Return the T-rules in the order of their codes; repairs are made even where not reported."""
    return [one for one in catalogue().values() if one.table == "texts"]


def fold_list(
    listing: Listing,
    policy: Policy,
    accepted: Mapping[str, str] | None = None,
    spare: bool = False,
) -> Contacts:
    """Find the columns' roles and fold a list; spare: its cells are not needed afterwards."""
    give_back()  # what reading needed
    listing = with_told(listing)
    repairs = text_rules(policy)
    with _likely_mail(listing, repairs, policy, accepted) as mail:
        with begun(count_executable, listing) if spare else nullcontext() as counted:
            headers = assign_headers(listing, policy)
        if counted is not None:
            headers = with_executable(headers, counted.result())
        return fold(listing, headers, repairs, policy, accepted, spare, mail)


@contextmanager
def _likely_mail(
    listing: Listing, repairs: list[Rule], policy: Policy, accepted: Mapping[str, str] | None
) -> Iterator[Mail | None]:
    """Begin to read the e-mail columns of a long list, if its header alone tells them."""
    if len(listing.frame) < FEW:
        yield None
        return
    columns = likely_emails(listing.header, policy.list.email_columns)
    with begun_mail(listing.frame, columns, repairs, policy, accepted) as mail:
        yield mail


def with_told(listing: Listing) -> Listing:
    """Return a list with those rows out of balance of which only an earlier run's codes tell.

    A workbook made of a CSV file cannot show that a row had more or fewer cells, or a quote left
    open. Such a row stays what it was until a person takes C541 out of its listhygiene_codes.
    """
    if not set(COLUMNS) <= set(listing.header):
        return listing
    codes, reasons = (listing.frame.iloc[:, listing.header.index(one)] for one in COLUMNS[1:3])
    rows = np.flatnonzero(codes.str.contains(rf"\b{UNBALANCED}\b", regex=True).to_numpy(bool))
    told = {row: _detail(str(reasons.iat[row])) for row in rows.tolist()}
    return replace(listing, unbalanced=told | dict(listing.unbalanced)) if told else listing


def _detail(reason: str) -> str:
    """Return the detail that a reason gives, if it is a row out of balance."""
    message = catalogue()[UNBALANCED].message
    for lang in LANGUAGES:
        start = f"{speaker(lang)(message)} ("
        if reason.startswith(start):
            return reason[len(start) : -1]
    return "an earlier run found it so"


def assign_headers(listing: Listing, policy: Policy) -> pd.DataFrame:
    """Decide what each column of a list is for, as the policy says; the headers table."""
    return assign_roles(
        listing.header,
        listing.frame,
        email_columns=policy.list.email_columns,
        last_mailed_column=policy.list.last_mailed_column,
        as_of=policy.as_of,
        date_order=policy.list.date_order,
    )
