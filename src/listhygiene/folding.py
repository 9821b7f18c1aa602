"""Folding: a list as it was read, folded as the policy says."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext

import pandas as pd

from .columns import assign_roles
from .cores import begun
from .evidence import count_executable, with_executable
from .fold import fold
from .model.contacts import Contacts
from .model.listing import Listing
from .model.rule import Rule
from .policy import Policy
from .rules import catalogue
from .texts import give_back


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
    with begun(count_executable, listing) if spare else nullcontext() as counted:
        headers = assign_headers(listing, policy)
    if counted is not None:
        headers = with_executable(headers, counted.result())
    return fold(listing, headers, text_rules(policy), policy, accepted, spare)


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
