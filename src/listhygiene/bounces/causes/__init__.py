"""The causes of bounces: what they are called, and how a server's words name one.

>>> name_cause("550 5.1.1 <ann@example.com>: user unknown").code
'P3'
"""

from typing import TYPE_CHECKING, Any

from .catalogue import CAUSES, remedy_of, while_temporary

if TYPE_CHECKING:
    from .naming import Named, name_cause

__all__ = ["CAUSES", "Named", "name_cause", "remedy_of", "while_temporary"]


def __getattr__(name: str) -> Any:
    """Read the tables of servers' words when a text is to be named, not for a cause's title."""
    if name not in ("Named", "name_cause"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import naming

    return getattr(naming, name)
