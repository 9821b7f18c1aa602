"""Text records of a name: those of one kind, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..model.answer import Lookup, Records, Status

Ask = Callable[[str, str], Records]
"""Answers one question: (name, type) -> records."""


def asker(lookup: Lookup) -> Ask:
    """Make a function that asks one question at a time; the look-up's cache remembers."""

    def ask(name: str, kind: str) -> Records:
        question = (name.lower().rstrip("."), kind)
        return lookup.query([question])[question]

    return ask


@dataclass(frozen=True)
class Found:
    """The records of a name that begin as they should; unknown: DNS gave no usable answer."""

    texts: tuple[str, ...] = ()
    unknown: str = ""


def find_texts(ask: Ask, name: str, begins: str) -> Found:
    """Ask for the TXT records of a name that begin with a pattern (anchored, any case)."""
    said = ask(name, "TXT")
    if said.status == Status.UNKNOWN:
        return Found(unknown=said.why or "no answer")
    pattern = re.compile(begins, re.IGNORECASE)
    return Found(tuple(text for text in said.texts if pattern.match(text)))


def read_tags(text: str) -> dict[str, str]:
    """Read a tag list, "a=b; c=d" (RFC 6376 3.2); raises ValueError where it is none."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        if not part.strip():
            continue
        name, sign, value = part.partition("=")
        name = name.strip()
        if not sign or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
            raise ValueError(f"{part.strip()!r} is no tag")
        if name.lower() in tags:
            raise ValueError(f"the tag {name} stands twice")
        tags[name.lower()] = value.strip()
    return tags
