"""The formats of a report: one file each, found by itself."""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from ..model.errors import UsageError
from ..model.report import Report
from .options import Presentation

PARTS = frozenset({"figures", "canvas", "options", "rates", "tally"})
"""Modules of this folder that are no formats."""


def formats() -> list[str]:
    """List the names of the formats there are."""
    found = {one.name.replace("_", "-") for one in pkgutil.iter_modules(__path__)} - PARTS
    return sorted(found, key=lambda name: (name != "text", name))


def render(report: Report, name: str, how: Presentation) -> str:
    """Present a report in a format; UsageError names the nearest one there is."""
    if name not in formats():
        near = difflib.get_close_matches(name, formats(), 1, 0.3)
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(formats())}."
        raise UsageError(f"there is no format {name!r}", remedy=hint)
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    text: str = module.render(report, how)
    return text
