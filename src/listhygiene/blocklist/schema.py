"""The tables of the blocklist, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from .bounds import VERSION as VERSION

APPLICATION_ID = 0x4C697374
"""SQLite's `application_id` of a blocklist ("List"), by which other databases are told apart."""

TABLES = MetaData()

_ID = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number on both; SQLite counts up by itself only for the word INTEGER."""


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


meta = Table(
    "blocklist_meta",
    TABLES,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""schema: the version of the tables. fold: by which version of the fold `states` was made.
canonical: by which providers' rules the canonical keys were made. latest: the latest time that a
writer's clock has shown (seconds since 1970, UTC). counts: how many states there are, and how many
of them are due (`counts.Counts`)."""

inputs = Table(
    "blocklist_inputs",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    _text("file"),
    Column("received", BigInteger, nullable=False),
    Column("read", BigInteger, nullable=False),
    Column("new", BigInteger, nullable=False),
)
"""What was read in, one transaction each; key: a hash of its content."""

addresses = Table(
    "blocklist_addresses",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("address", Text, unique=True),
    Column("canonical", Text),
    Column("digest", LargeBinary(32), unique=True),
)
"""address: the normal form. canonical: the key of the mailbox, NULL where it equals the address.
digest: SHA-256 of an address that is known by its hash only; then address is NULL."""

Index(
    "blocklist_addresses_canonical",
    addresses.c.canonical,
    sqlite_where=addresses.c.canonical.is_not(None),
    postgresql_where=addresses.c.canonical.is_not(None),
)

events = Table(
    "blocklist_events",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("address_id", _ID, ForeignKey(addresses.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    _text("type"),
    _text("cause"),
    _text("status"),
    _text("reply"),
    _text("diagnostic"),
    _text("rule"),
    _text("source"),
    _text("remote_host"),
    _text("campaign"),
    _text("message_id"),
    _text("new_address"),
    _text("reason"),
    _text("by"),
    _text("file"),
    Column("input_id", _ID, ForeignKey(inputs.c.id)),
    Column("received", BigInteger, nullable=False),
    Column("key", LargeBinary(16), nullable=False, unique=True),
)
"""Only ever added to. id: the order of receipt. at: when it happened (seconds since 1970, UTC).
key: tells the same event read twice. file: the one of the input's that says so. reason, by: of what
a person decided or a recheck found."""

Index("blocklist_events_address", events.c.address_id)
Index(
    "blocklist_events_campaign",
    events.c.campaign,
    sqlite_where=events.c.campaign != "",
    postgresql_where=events.c.campaign != "",
)

states = Table(
    "blocklist_states",
    TABLES,
    Column("address_id", _ID, ForeignKey(addresses.c.id), primary_key=True, autoincrement=False),
    _text("type"),
    _text("cause"),
    Column("since", BigInteger),
    Column("strikes", Integer, nullable=False, server_default="0"),
    Column("final", Boolean, nullable=False, server_default="0"),
    Column("event_id", _ID),
    Column("examined", BigInteger),
    Column("complained", BigInteger),
    Column("unsubscribed", BigInteger),
    Column("allow_id", _ID),
    Column("unblocks", SmallInteger, nullable=False, server_default="0"),
    Column("due_from", BigInteger),
)
"""What `fold` makes of each address's events, kept so that it need not be asked again.

event_id: the event that decides the present block. allow_id: the allowance in force. due_from: the
last examination of a standing block or its beginning, NULL where nothing stands."""

Index(
    "blocklist_states_due",
    states.c.due_from,
    sqlite_where=states.c.due_from.is_not(None),
    postgresql_where=states.c.due_from.is_not(None),
)

undecided = Table(
    "blocklist_undecided",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("key", LargeBinary(16), nullable=False, unique=True),
    _text("file"),
    _text("why"),
    Column("content", LargeBinary, nullable=False),
    Column("input_id", _ID, ForeignKey(inputs.c.id)),
    Column("received", BigInteger, nullable=False),
    Column("settled", BigInteger),
    _text("reason"),
    _text("by"),
)
"""Messages that nobody could decide, kept whole for a person."""

campaigns = Table(
    "blocklist_campaigns",
    TABLES,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("at", BigInteger),
    Column("count", BigInteger),
)
"""What was sent. at: when. count: to how many, where only the number is known."""

sends = Table(
    "blocklist_sends",
    TABLES,
    Column("campaign_id", _ID, ForeignKey(campaigns.c.id), nullable=False),
    Column("address_id", _ID, ForeignKey(addresses.c.id), nullable=False),
    _text("codes"),
    UniqueConstraint("campaign_id", "address_id"),
)
"""To whom a campaign was sent. codes: the findings that the contact had then, space-separated."""
