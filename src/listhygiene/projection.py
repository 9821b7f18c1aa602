"""The bounce rate that a list is bound to have, and the one that it may have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from .model.contacts import Contacts
from .model.report import ProjectedBounce, Verdict

CERTAIN = ("D401", "D402")
"""Findings that are certain to bounce, beside permanent blocks of the address or its domain."""

LIKELY = ("A332", "C511", "C512", "D403", "D404", "D413")
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
) -> ProjectedBounce:
    """Project the bounce rate of the list as it is, and of its `send` part.

    The floor counts what is certain: nonexistent domains, null MX, permanent blocks of the address
    or its domain. The ceiling adds what may bounce: all of it, or, with `rates` (rule code ->
    share that bounced in the user's own history), as much as it did before.
    """
    mailed = (contacts.contacts["address"] >= 0).to_numpy()
    certain = _rows(findings, CERTAIN, len(mailed)) | _blocked(contacts, blocks)
    chance = np.zeros(len(mailed))
    for code in LIKELY:
        here = _rows(findings, (code,), len(mailed))
        chance[here] = np.maximum(chance[here], (rates or {}).get(code, 1.0))
    chance[certain] = 1.0
    send = mailed & (verdicts == Verdict.SEND).to_numpy()

    def share(weight: Any, among: Any) -> float:
        return float(weight[among].mean()) if among.any() else 0.0

    return ProjectedBounce(
        floor=share(certain, mailed),
        ceiling=share(chance, mailed),
        send_floor=share(certain, send),
        send_ceiling=share(chance, send),
        bound=not rates,
    )


def _rows(findings: pd.DataFrame, codes: tuple[str, ...], rows: int) -> Any:
    here = findings["rule"].isin(codes).to_numpy() & findings["weighs"].to_numpy()
    flags = np.zeros(rows, dtype=bool)
    flags[findings.loc[here, "row"]] = True
    return flags


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
