"""The rules: one file a defect, found by itself."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping

from ..model.rule import Rule


@functools.cache
def catalogue() -> Mapping[str, Rule]:
    """Find every rule of the modules in this folder, code -> rule, in the order of the codes."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for one in vars(loaded).values():
            if isinstance(one, Rule) and found.setdefault(one.code, one) is not one:
                raise ValueError(f"two rules carry the code {one.code}")
    return dict(sorted(found.items()))
