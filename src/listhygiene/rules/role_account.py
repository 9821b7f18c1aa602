"""A311: an address of an office, not of a person."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..data.roles import have_offices, offices
from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("A311", "role-account", Severity.INFO)
def role_account(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The address belongs to an office, not to a person.

    Why: several people read it, and whoever gave consent may be gone (RFC 2142 and common use);
    complaints are likelier, and some sending platforms refuse such addresses.
    Example: info@example.com
    Remedy: ask for a person's address, or make sure that the office wants the mail.
    """
    found = offices(addresses["local"])
    found = found[(found != "").to_numpy()]
    domains = addresses.loc[found.index, "domain_name"].astype(TEXT).fillna("")
    return (found + "@").where(have_offices(domains))
