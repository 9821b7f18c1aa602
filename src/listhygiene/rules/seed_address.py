"""A341: an address of the sender's own domain."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..address import judge_one
from ..data.providers import is_personal
from ..model.listing import TEXT
from ..model.rule import Severity, rule


@rule("A341", "seed-address", Severity.INFO)
def seed_address(addresses: pd.DataFrame, policy: Any) -> pd.Series:
    """The address belongs to the sender's own domain.

    Why: colleagues and test mailboxes (a seed list) are no customers; they blur the rates of the
    campaign, and mail to one's own domain often takes another way than the rest.
    Example: ann@example.com, for a send from news@example.com
    Remedy: keep a few on purpose to see the mail arrive; take the others off the list.
    """
    own = own_domains(policy.sender.addresses)
    if not own:
        return pd.Series(False, index=addresses.index)
    names = addresses["domain_name"].cat
    below = tuple(f".{name}" for name in own)
    theirs = [name for name in names.categories if name in own or name.endswith(below)]
    return addresses["domain_name"].isin(theirs)


def own_domains(senders: tuple[str, ...]) -> list[str]:
    """Return the domains of the From addresses; at a webmail provider everybody's is nobody's."""
    names = {judge_one(one.strip()).ascii_domain for one in senders}
    domains = pd.Series(sorted(names - {""}), dtype=TEXT)
    return [str(name) for name in domains[(~is_personal(domains)).to_numpy(dtype=bool)]]
