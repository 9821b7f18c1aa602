"""The bounce rate that a list is bound to have, and the one that it may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .model.contacts import Contacts
from .model.report import ProjectedBounce, Verdict

CERTAIN = {"D401": ("nxdomain", "no_host"), "D402": ("null_mx",)}
"""Findings that are certain to bounce, beside permanent blocks of the address or its domain, and
the answers of DNS that they tell of."""

LIKELY = ("A331", "A332", "C511", "C512", "D403", "D404", "D413")
"""Findings whose contacts may bounce; they raise the ceiling only."""

CERTAIN_CAUSES = frozenset({"P2", "P3"})
"""Permanent causes whose subject is the address or its domain (help page: 不適切なドメイン,
不適切なメールアドレス); the others speak of the sender, the message or the network."""


def project(
    contacts: Contacts,
    findings: pd.DataFrame,
    verdicts: pd.Series,
    blocks: pd.DataFrame | None,
    rates: Mapping[str, float] | None = None,
    unasked: Sequence[int] = (),
) -> ProjectedBounce:
    """Project the bounce rate of the list as it is, and of its `send` part.

    The floor counts what is certain: nonexistent domains, null MX, permanent blocks of the address
    or its domain. The ceiling adds what may bounce: as much of it as did before, by `rates` (rule
    code -> share that bounced in the user's own history), and all of it where they say nothing,
    which makes it an upper bound. unasked: see `bound_unasked`.
    """
    mailed = (contacts.contacts["address"] >= 0).to_numpy()
    found = _rows(findings, (*CERTAIN, *LIKELY))
    certain = _blocked(contacts, blocks)
    certain[list(unasked)] = True
    for code in CERTAIN:
        certain[found[code]] = True
    chance = np.zeros(len(mailed))
    known, bound = rates or {}, not rates
    for code in LIKELY:
        here = found[code][~certain[found[code]]]
        chance[here] = np.maximum(chance[here], known.get(code, 1.0))
        bound |= code not in known and bool(len(here))
    chance[certain] = 1.0
    send = mailed & (verdicts == Verdict.SEND).to_numpy()

    def share(weight: Any, among: Any) -> float:
        return float(weight[among].mean()) if among.any() else 0.0

    return ProjectedBounce(
        floor=share(certain, mailed),
        ceiling=share(chance, mailed),
        send_floor=share(certain, send),
        send_ceiling=share(chance, send),
        bound=bound,
    )


def bound_unasked(contacts: Contacts, domains: pd.DataFrame, policy: Any) -> tuple[int, ...]:
    """Return the rows that are certain to bounce by DNS, and of which no rule was asked.

    domains: the domains table with its answers. A rule that is off makes no mail arrive.
    """
    off = [one for code, told in CERTAIN.items() if not policy.asks(code) for one in told]
    if not off or "answer" not in domains:
        return ()
    gone = np.append(domains["answer"].isin(off).to_numpy(dtype=bool), False)
    domain = np.append(contacts.addresses["domain"].to_numpy(), -1)
    return tuple(np.flatnonzero(gone[domain[contacts.contacts["address"].to_numpy()]]).tolist())


def _rows(findings: pd.DataFrame, codes: tuple[str, ...]) -> dict[str, Any]:
    """Return the rows of the findings that weigh, by rule."""
    rules = findings["rule"].astype("category").cat
    numbers, names = rules.codes.to_numpy(), list(rules.categories)
    row, weighs = findings["row"].to_numpy(), findings["weighs"].to_numpy()
    found = {}
    for code in codes:
        here = np.flatnonzero(numbers == (names.index(code) if code in names else len(names)))
        found[code] = row[here][weighs[here]]
    return found


def _blocked(contacts: Contacts, blocks: pd.DataFrame | None) -> Any:
    flags = np.zeros(len(contacts.addresses) + 1, dtype=bool)
    if blocks is not None and len(blocks):
        certain = (
            (blocks["block_type"] == "permanent")
            & blocks["block_cause"].isin(CERTAIN_CAUSES)
            & (blocks["allowed"] == "")
        )
        flags[blocks.index[certain.to_numpy()]] = True
    return flags[contacts.contacts["address"].to_numpy()]
