"""Numbers that the ways of asking a blocklist share."""

from __future__ import annotations

VERSION = 1
"""The version of the tables; `migrations` leads every earlier one here."""

CHECKED_BYTES = 64 * 2**20
"""A file up to this size is checked as a whole before it is read (half a second for 300 MB); of a
greater one SQLite checks the pages as it comes to them."""

FEW = 20_000
"""So few addresses are looked for as they are, without a sieve."""

LEAST = 200
"""How many contacts with a finding must have been mailed before their share means anything."""
