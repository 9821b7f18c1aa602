"""Numbers that the ways of asking a blocklist share."""

from __future__ import annotations

VERSION = 1
"""The version of the tables; `migrations` leads every earlier one here."""

CHECKED_BYTES = 64 * 2**20
"""A file up to this size is checked as a whole before it is read (half a second for 300 MB); of a
greater one SQLite checks the pages as it comes to them."""

FEW = 20_000
"""So few addresses are looked for as they are, without a sieve."""

KEPT = 100_000
"""From so many known mailboxes on the sieve is kept in a file; a smaller one is soon made."""

WORTH = 8
"""At most so many mailboxes for each address asked are read to make a sieve for one look-up."""

TRAIL = 64
"""The keys of so many last events tell a blocklist's past from another's."""

BATCH = 50_000
"""How many keys one question carries."""

LEAST = 200
"""How many contacts with a finding must have been mailed before their share means anything."""
