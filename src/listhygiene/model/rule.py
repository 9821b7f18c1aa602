"""A rule: what a check is called, how heavy it weighs, which table it reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pandas as pd


class Severity(StrEnum):
    """How heavy a finding weighs; the worst of a contact makes its verdict."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Grade(StrEnum):
    """How sure a repair is (design, section 4)."""

    SAFE = "safe"
    """The result is the only reading; `clean` applies it."""
    PROPOSED = "proposed"
    """A likely reading; applied only when a person accepts it."""
    REFUSED = "refused"
    """Would need a guess; the cell stays."""
    MISSING = "missing"
    """The text stands for no address at all; there is nothing to repair."""


TABLES = {
    "H": "headers",
    "T": "texts",
    "A": "addresses",
    "D": "domains",
    "C": "contacts",
    "S": "senders",
}
"""The letter of a rule's code names the table that it reads."""

Judge = Callable[[pd.DataFrame, Any], Any]


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue.

    judge(table, policy) returns a Series on the table's index, or a part of it: True or a text is a
    finding (the text its detail), False, missing or absent is clean; or a frame of detail and
    severity. A T-rule returns long rows instead: a frame with the columns text (an index label of
    the table), grade, after (missing where refused), detail.
    needs: the evidence without which the rule is skipped, and said to be.
    """

    code: str
    name: str
    severity: Severity
    judge: Judge = field(repr=False, compare=False)
    needs: tuple[str, ...] = ()
    message: str = ""
    why: str = ""
    example: str = ""
    remedy: str = ""

    @property
    def table(self) -> str:
        """The name of the table that the rule reads."""
        return TABLES[self.code[0]]


def rule(
    code: str, name: str, severity: Severity, needs: str | tuple[str, ...] = ()
) -> Callable[[Judge], Rule]:
    """Make a rule of a function; its docstring is the page the rule writes about itself."""
    if not re.fullmatch(r"[HTADCS]\d{3}", code) or not re.fullmatch(
        r"[a-z0-9]+(-[a-z0-9]+)*", name
    ):
        raise ValueError(f"not a rule's code and name: {code} {name}")

    def decorate(judge: Judge) -> Rule:
        return Rule(
            code=code,
            name=name,
            severity=severity,
            judge=judge,
            needs=(needs,) if isinstance(needs, str) else needs,
            **_page(judge.__doc__ or ""),
        )

    return decorate


def _page(doc: str) -> dict[str, str]:
    """Split a docstring into its first line and the paragraphs Why, Example and Remedy."""
    lines = [line.strip() for line in doc.strip().splitlines()]
    page = {"message": lines[0] if lines else "", "why": "", "example": "", "remedy": ""}
    key = ""
    for line in lines[1:]:
        head, colon, rest = line.partition(":")
        if colon and head in ("Why", "Example", "Remedy"):
            key, line = head.lower(), rest.strip()
        if key and line:
            page[key] = f"{page[key]} {line}".strip()
    return page
