"""What an e-mail address is: syntax, normal form, the mailbox behind it (masking: `.mask`)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .mailbox import canonical
    from .plain import is_plain
    from .suffix import is_registrable, public_suffix
    from .syntax import is_address, judge, judge_one

_HOMES = {
    "canonical": "mailbox",
    "is_address": "syntax",
    "is_plain": "plain",
    "is_registrable": "suffix",
    "judge": "syntax",
    "judge_one": "syntax",
    "public_suffix": "suffix",
}

__all__ = [
    "canonical",
    "is_address",
    "is_plain",
    "is_registrable",
    "judge",
    "judge_one",
    "public_suffix",
]


def __getattr__(name: str) -> Any:
    """Import a function where it is first asked for, so that nothing heavy is paid for before."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
