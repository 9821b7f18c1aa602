"""The six tables that a list is folded into; every rule reads exactly one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from .listing import Listing

CODES = "listhygiene_codes"
"""The appended column that names the codes of a row's findings, space-separated."""

AWAITING = "C542"
"""The code that an accepted repair keeps there until a person takes it out."""

UNBALANCED = "C541"
"""The code that a row out of balance keeps there likewise, where the file itself cannot show it."""


def place_type(columns: int) -> type[np.signedinteger]:
    """Return the type of column positions: small, since millions of rows and findings have one."""
    return np.int16 if columns <= np.iinfo(np.int16).max else np.int32


class Role:
    """What a column is for; the names that header aliases and `--platform` use."""

    EMAIL = "email"
    SECONDARY_EMAIL = "secondary_email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    COMPANY = "company"
    PHONE = "phone"
    LAST_MAILED = "last_mailed_at"
    LAST_OPENED = "last_opened_at"
    CONSENT = "consent"
    CONSENT_DATE = "opt_in_date"
    OPT_OUT = "opt_out"
    SOURCE = "source"
    BOUNCE_STATUS = "bounce_status"

    EMAILS = (EMAIL, SECONDARY_EMAIL)


@dataclass(frozen=True)
class Contacts:
    """A list, folded once: distinct texts -> distinct addresses -> distinct domains.

    headers: index = column position; columns
        header (as found), role ('' = none), by ("option", "alias", "content", ''),
        content_role (what the cells look like, '' = nothing known), filled (cells with content),
        repeated (True from the second column of the same header on), order (of a date column:
        "ymd", "dmy", "mdy", "ambiguous", '').
    texts: index = text id; a row a distinct non-blank cell text of an e-mail column:
        text, cleaned (after the safe repairs), missing (a placeholder: no address),
        address (address id, -1 = none).
    addresses: index = address id; a row a distinct address:
        address (the normal form, or the cleaned text where the syntax is refused), local,
        domain (domain id, -1 = none),
        syntax ("ok", "smtputf8", "legacy", "refused"), error (why refused, '' otherwise),
        canonical (the key of the mailbox by its provider's rules).
    domains: index = domain id; a row a distinct domain: domain (ASCII, lower case), unicode,
        contacts (how many of the list's contacts have it).
    contacts: index = row of `listing.frame`:
        line, address (id of the address that the campaign mails, -1 = none),
        column (its position, -1), last_mailed, last_opened (datetime64[s], NaT = unknown),
        last_mailed_state, last_opened_state ("ok", "blank", "unreadable", "ambiguous", "" = no such
        column), consent ("yes", "no", "blank", "unknown", "" = no such column),
        opted_out (bool), source (text, ''), unbalanced (text, ''), awaiting (bool: a proposed
        repair of its address was accepted, and nobody has looked at it yet); only where a list
        has any: linked (the address that the cell's link goes to and the cell does not show, '').
    places: e-mail column position -> text id of each row (int32, -1 = blank), main column first.
    """

    listing: Listing
    headers: pd.DataFrame
    texts: pd.DataFrame
    addresses: pd.DataFrame
    domains: pd.DataFrame
    contacts: pd.DataFrame
    repairs: pd.DataFrame
    """The T-rules' findings, long: text (id), rule, grade, after, detail."""
    places: dict[int, npt.NDArray[np.int32]]
    mailed: tuple[int, ...]
    """The e-mail columns that the campaign mails: the first one filled in a row counts."""

    @property
    def held(self) -> npt.NDArray[np.int32]:
        """The id of the address that each row holds for others to repeat, -1 = none.

        What is wrong with a row out of balance concerns that row only: its cells may stand under
        the wrong headers, and it may be set aside (`clean --quarantine`).
        """
        ids: npt.NDArray[np.int32] = self.contacts["address"].to_numpy()
        if self.listing.unbalanced:
            ids = ids.copy()
            ids[list(self.listing.unbalanced)] = -1
        return ids
