"""A linter for contact lists, with a memory for bounces, that decides whether a list may be mailed.

`check(path_or_frame, policy=...)` judges and decides, `clean` gives the list back; both are the
whole of what the command line does.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .acceptance import open_acceptance
    from .cleaning import clean
    from .comparison import compare
    from .model.report import Report
    from .pipeline import check
    from .planning import plan
    from .policy import Policy, load_policy

__version__ = "0.1.0"

__all__ = [
    "Policy",
    "Report",
    "__version__",
    "check",
    "clean",
    "compare",
    "load_policy",
    "open_acceptance",
    "plan",
]

_HOMES = {
    "check": "pipeline",
    "clean": "cleaning",
    "compare": "comparison",
    "open_acceptance": "acceptance",
    "plan": "planning",
    "Report": "model.report",
    "Policy": "policy",
    "load_policy": "policy",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used: pandas is not paid for by `--help`."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
