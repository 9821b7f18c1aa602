"""What no row can know by itself: DNS answers, the blocklist's word, who came first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import pandas as pd

from .listing import Listing, ReadOptions

ReadTable = Callable[[str, ReadOptions], Listing]
"""How one part reads a table file of any format without knowing the readers."""


class Blocks(Protocol):
    """The blocklist as `check` sees it: one bulk look-up, read-only."""

    def look_up(
        self, addresses: pd.Series, as_of: pd.Timestamp, mailboxes: pd.Series | None = None
    ) -> pd.DataFrame:
        """Return the present state of those of the addresses that the blocklist knows.

        addresses: distinct normal forms (TEXT). mailboxes: their canonical keys where the caller
        has them, '' where there is none; they are worked out otherwise. Result: index = the labels
        of `addresses` that have any state; columns block_type ("temporary", "permanent", ''),
        block_cause ("T4", ''), block_since (datetime64[s]), block_strikes (int), block_final (bool:
        weighs as an error whatever the strikes: imported from a platform or set by hand),
        block_source, block_match ("address", "canonical": by which key it matched),
        block_diagnostic, block_examined (datetime64[s]), complained (datetime64[s] or NaT),
        unsubscribed (datetime64[s] or NaT), allowed (text: by whom and why, '' = not).
        """

    def describe(self) -> Mapping[str, object]:
        """Say which blocklist it is: url, addresses, due (blocks due for examination)."""


class Sieve(Protocol):
    """What can be sent to where the addresses are, to hold back those that nobody knows."""

    def sift(self, wanted: pd.Series, mailboxes: pd.Series) -> pd.Series:
        """Return those of the addresses that the blocklist may know; see `Blocks.look_up`."""


@runtime_checkable
class Sieving(Protocol):
    """A blocklist that can say beforehand which addresses need not be looked for."""

    def sieve(self, asked: int) -> Sieve | None:
        """Return a sieve for about so many addresses; None where there is none."""


@runtime_checkable
class History(Protocol):
    """A blocklist that also knows to whom was sent, and so how often findings came true."""

    def history_rates(self) -> dict[str, float]:
        """Return rule code -> share of the contacts with such a finding that bounced.

        Codes that too few mailed contacts had are missing.
        """


@dataclass(frozen=True)
class Evidence:
    """Frames to be joined to the tables; a missing one makes the rules that need it skipped.

    answers: index = domain name (ASCII); columns answer, hosts (space-separated), unroutable
        (True/False/NA), answer_detail, answer_why.
    blocks: index = address id; the columns of `Blocks.look_up`.
    first_rows: index = row; columns first_row, first_list (the earlier row with the same address,
        NA = this is the first) and same_mailbox_row, same_mailbox_list.
    suggestions: index = domain id; suggestion, suggestion2, cost, tier, impossible, trap: what a
        misspelt domain may have meant.
    rates: what `History.history_rates` says.
    missing: evidence -> why it could not be had.
    """

    answers: pd.DataFrame | None = None
    suggestions: pd.DataFrame | None = None
    blocks: pd.DataFrame | None = None
    first_rows: pd.DataFrame | None = None
    rates: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, object] = field(default_factory=dict)
