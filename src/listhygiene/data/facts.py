"""The small files of facts beside these modules: one fact a row, each with source and date."""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from importlib import resources

Fact = Mapping[str, str]


@functools.cache
def facts(name: str) -> tuple[Fact, ...]:
    """Return the rows of a file of facts such as "providers.csv", each column name -> text."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def checked(name: str) -> str:
    """Return the latest day on which a row of a file of facts was checked (ISO)."""
    return max(row["checked"] for row in facts(name))
