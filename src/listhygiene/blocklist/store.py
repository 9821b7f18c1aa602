"""The blocklist as the hall holds it: opened once, asked and told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from ..model.bounce import Event, Type
from ..model.listing import TEXT, Listing
from . import (
    bloom,
    bounds,
    changes,
    clock,
    counts,
    history,
    lists,
    looking,
    pending,
    rate,
    sends,
    sieve,
    states,
    tables,
)
from .engine import Database
from .journal import Added, Message, add_events
from .keys import normalise
from .lists import BlockFilter
from .rate import Rates
from .recheck import Examine, Recheck, recheck


@dataclass(frozen=True)
class Blocklist:
    """An opened blocklist; `now` is the present moment as the hall read it.

    months: the interval of examinations. unblocks: how often one address may be unblocked.
    Every method raises BlocklistError where the database refuses; nothing is changed then.
    """

    database: Database
    now: datetime
    months: int = 6
    unblocks: int = 5

    @property
    def name(self) -> str:
        """What people call it: its path, or its address without the password."""
        return self.database.name

    def close(self) -> None:
        """Give back what the database holds open."""
        sieve.keep(self.database)
        self.database.engine.dispose()

    # asked

    def look_up(
        self, addresses: pd.Series, as_of: pd.Timestamp, mailboxes: pd.Series | None = None
    ) -> pd.DataFrame:
        """Return the state of the addresses that the blocklist knows (`Blocks.look_up`).

        Everything recorded counts, whatever `as_of` says: a day that stands fixed in a policy must
        not hide the bounces that came after it.
        """
        return looking.look_up(self.database, addresses, mailboxes)

    def sieve(self, asked: int) -> bloom.Sieve | None:
        """Return what tells of most addresses that they are not known (`Sieving.sieve`)."""
        return sieve.sieve_for(self.database, asked)

    def describe(self) -> Mapping[str, object]:
        """Say which blocklist it is: url, addresses with a state, blocks due for examination."""
        due = clock.cutoff(self.now, self.months)
        with self.database.read() as connection:
            now = counts.take(states.ask_of(connection), due)
        return {"url": self.name, "addresses": now.known, "due": now.due}

    def list_blocks(self, chosen: BlockFilter | None = None) -> pd.DataFrame:
        """Return the blocks that stand, under the page's filters; see `lists.list_blocks`."""
        return lists.list_blocks(self.database, chosen or BlockFilter(), self.now, self.months)

    def show(self, address: str) -> pd.DataFrame:
        """Return the history of an address and other spellings of its mailbox."""
        return lists.show(self.database, address)

    def state_of(self, address: str) -> pd.DataFrame:
        """Return the present state of an address, however it is written; see `list_blocks`."""
        form = normalise(pd.Series([address], dtype=TEXT)).dropna()
        return self.list_blocks(BlockFilter(within=form, consent=True))

    def due(self, *, every: bool = False) -> pd.DataFrame:
        """Return the blocks that `recheck` would examine."""
        found = self.list_blocks(BlockFilter(due=not every))
        overridden = found["allowed"].ne("") & found["type"].ne(Type.TEMPORARY.value)
        return found[~overridden].reset_index(drop=True)

    def export(self, chosen: BlockFilter | None = None, *, hashes: bool = False) -> pd.DataFrame:
        """Return a table that `import_table` reads back; with `hashes`, without addresses."""
        table = tables.exported(self.list_blocks(chosen or BlockFilter(consent=True)))
        return tables.hashed(table) if hashes else table.drop(columns="hash")

    def undecided(self) -> pd.DataFrame:
        """Return the messages that wait for a person: id, file, why, received."""
        return pending.list_undecided(self.database)

    def undecided_message(self, number: int) -> bytes:
        """Return one of them whole."""
        return pending.read_undecided(self.database, number)

    def rates(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        line: float = 0.05,
        providers: Callable[[pd.Series], pd.Series] | None = None,
        only: Collection[str] = (),
    ) -> Rates:
        """Return the bounce rates of a period; see `rate.rates`."""
        return rate.rates(
            self.database, since=since, until=until, line=line, providers=providers, only=only
        )

    def history_rates(self, least: int = bounds.LEAST) -> dict[str, float]:
        """Return how often contacts with a finding bounced before: rule code -> share."""
        return history.history_rates(self.database, least)

    # told

    def add_events(
        self,
        events: Iterable[Event],
        input_key: str,
        file: str,
        undecided: Iterable[Message] = (),
    ) -> Added:
        """Add what an input says, all or nothing; the same input again changes nothing."""
        return add_events(
            self.database,
            events,
            input_key=input_key,
            file=file,
            now=self.now,
            undecided_messages=undecided,
        )

    def block(self, addresses: pd.Series, kind: Type, *, cause: str, reason: str, by: str) -> Added:
        """Block addresses by hand."""
        return changes.block(
            self.database, addresses, kind=kind, cause=cause, reason=reason, by=by, now=self.now
        )

    def unblock(self, addresses: pd.Series, *, reason: str, by: str) -> pd.DataFrame:
        """Lift temporary blocks; see `changes.unblock` for what is refused, and how it is told."""
        return changes.unblock(
            self.database, addresses, reason=reason, by=by, now=self.now, limit=self.unblocks
        )

    def allow(self, addresses: pd.Series, *, reason: str, by: str) -> Added:
        """Override permanent blocks; who did it, and why, is shown wherever the address appears."""
        return changes.allow(self.database, addresses, reason=reason, by=by, now=self.now)

    def recheck(
        self,
        examine: Examine,
        *,
        every: bool = False,
        dry_run: bool = False,
        trust_clock: bool = False,
    ) -> Recheck:
        """Examine the blocks that are due and lift what is resolved; see `recheck`."""
        return recheck(
            self.database,
            examine,
            now=self.now,
            months=self.months,
            every=every,
            dry_run=dry_run,
            trust_clock=trust_clock,
        )

    def import_table(
        self, listing: Listing, *, causes: Mapping[str, str] | None = None, by: str = ""
    ) -> tuple[Added, dict[str, int]]:
        """Enter what a table lists; the second result counts words not understood, by column."""
        return tables.import_table(self.database, listing, now=self.now, causes=causes or {}, by=by)

    def sent(
        self,
        campaign: str,
        *,
        count: int | None = None,
        recipients: pd.Series | None = None,
        codes: pd.Series | None = None,
        at: datetime | None = None,
    ) -> int:
        """Enter how many a campaign was sent to, or to whom; return how many are known now."""
        return sends.sent(
            self.database, campaign, count=count, recipients=recipients, codes=codes, at=at
        )

    def sent_at(self, campaign: str) -> datetime | None:
        """Return when a campaign was sent, None where nobody knows; see `sends.sent_at`."""
        return sends.sent_at(self.database, campaign)

    def settle(self, number: int, *, reason: str, by: str) -> bool:
        """Say that a person has seen to an undecided message; False where it waits no more."""
        return pending.settle(self.database, number, reason=reason, by=by, now=self.now)
