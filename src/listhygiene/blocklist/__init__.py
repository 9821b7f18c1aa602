"""The blocklist: an append-only memory of bounces, complaints, unsubscribes and decisions."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .asking import open_to_ask
    from .journal import Added, Message
    from .json_tables import read_json_lines
    from .lists import BlockFilter
    from .opening import open_blocklist
    from .rate import Rates
    from .recheck import Outcome, Recheck
    from .store import Blocklist

_HOMES = {
    "Added": "journal",
    "BlockFilter": "lists",
    "Blocklist": "store",
    "Message": "journal",
    "Outcome": "recheck",
    "Rates": "rate",
    "Recheck": "recheck",
    "open_blocklist": "opening",
    "open_to_ask": "asking",
    "read_json_lines": "json_tables",
}

__all__ = [
    "Added",
    "BlockFilter",
    "Blocklist",
    "Message",
    "Outcome",
    "Rates",
    "Recheck",
    "open_blocklist",
    "open_to_ask",
    "read_json_lines",
]


def __getattr__(name: str) -> Any:
    """Import a name where it is first asked for, so that nothing heavy is paid for before."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
