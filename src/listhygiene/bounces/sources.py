"""The platforms' sources, each a module of this package, found by itself.

A source has a NAME and one or both of these pairs: `recognises(document)` with `events(document)`
for an object of JSON, `recognises_row(columns)` with `row_events(row)` for a table (its headers
normalised) or a flat object. They are pure; fields that they do not know make no difference.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping, Set
from functools import cache, lru_cache
from types import ModuleType
from typing import Any

from ..headers import normalise
from ..model.bounce import Event, Kind
from . import table, webhook
from .addressing import clean_address
from .entry import Document, Row, text_of, words_of

DEEPEST = 12
"""How deep objects are searched for those that a source knows; envelopes are not deeper."""

_CARRIED = (
    "Message",
    "message",
    "Body",
    "body",
    "data",
    "payload",
    "Data",
    "detail",
    "@message",
    "log",
)
"""Fields in which services (SNS, SQS, Pub/Sub, queues' logs) carry a document as a text."""


@cache
def sources() -> tuple[ModuleType, ...]:
    """Return the sources, in the order of their names."""
    package = __package__ or ""
    found = []
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if module.ispkg:
            continue
        loaded = importlib.import_module(f"{package}.{module.name}")
        if hasattr(loaded, "NAME"):
            found.append(loaded)
    return tuple(sorted(found, key=lambda one: str(one.NAME)))


def source_of_columns(columns: Set[str]) -> ModuleType | None:
    """Return the platform whose export has these columns, None where no platform's has."""
    for one in sources():
        if hasattr(one, "recognises_row") and one.recognises_row(columns):
            return one
    return None


def document_events(document: object, depth: int = 0) -> Iterator[Event] | None:
    """Read a document of JSON: what a source knows of it, or of what it carries; None if none does.

    Envelopes are opened: the same notification has the same events with and without one.
    """
    if depth > DEEPEST:
        return None
    if isinstance(document, list):
        return _joined(document, depth, alike=True)
    if not isinstance(document, Mapping):
        return None
    if (source := _source_of(document)) is not None:
        return _events(source, document)
    row = flat(document)
    if (known := source_of_columns(row.keys())) is not None:
        return _row_events(known, row)
    nested = any(isinstance(value, (list, Mapping)) for value in document.values())
    if nested and webhook.recognises(document) and not _is_envelope(document):
        return webhook.events(document)
    told = _told_by_columns(row)
    if told and any(event.kind is not Kind.UNDECIDED for event in told):
        return iter(told)
    if not nested and webhook.recognises(document):
        return webhook.events(document)
    if told is not None:
        return iter(told)
    return _joined([_opened(key, value) for key, value in document.items()], depth)


def _source_of(document: Document) -> ModuleType | None:
    """Return the platform whose document this is, None where it is none's."""
    asked = (one for one in sources() if hasattr(one, "recognises"))
    return next((one for one in asked if one.recognises(document)), None)


def _is_envelope(value: object, depth: int = 0) -> bool:
    """Tell whether a platform's document or row lies somewhere within a value."""
    if isinstance(value, list):
        return depth < DEEPEST and any(_is_envelope(one, depth + 1) for one in value[:20])
    if not isinstance(value, Mapping):
        return False
    if depth and (_source_of(value) or source_of_columns(flat(value).keys())):
        return True
    opened = (_opened(key, one) for key, one in value.items())
    return depth < DEEPEST and any(_is_envelope(one, depth + 1) for one in opened)


def _events(source: ModuleType, document: Document) -> Iterator[Event]:
    found: Iterator[Event] = source.events(document)
    return found


def _row_events(source: ModuleType, row: Row) -> Iterator[Event]:
    found: Iterator[Event] = source.row_events(row)
    return found


def _told_by_columns(row: Row) -> list[Event] | None:
    """Read an object by the names of its fields; where these prove nothing, its words have to."""
    columns = table.columns_of(row)
    if not columns.is_table:
        return None
    if not clean_address(row[columns.roles["address"]]):
        return None  # of JSON, what lies deeper may be known
    events = list(table.row_events(row, columns))
    known = columns.strong or any(event.kind is not Kind.OTHER for event in events)
    return events if known else None


def _joined(values: list[Any], depth: int, *, alike: bool = False) -> Iterator[Event] | None:
    """Read what is known among values; alike: then the unknown ones are left to a person."""
    found: list[Iterator[Event]] = []
    known = False
    for value in values:
        if not isinstance(value, (list, Mapping)):
            continue
        events = document_events(value, depth + 1)
        known = known or events is not None
        if events is not None:
            found.append(events)
        elif alike:
            found.append(iter((unknown(value),)))
    return (event for events in found for event in events) if known else None


def unknown(document: object) -> Event:
    """Return the event of a document that no source knows, among others that one does."""
    names = sorted(str(name)[:40] for name in document) if isinstance(document, Mapping) else []
    seen = ", ".join(names[:8])
    return Event("", Kind.UNDECIDED, "json", rule=f"no known export; fields: {seen}")


def _opened(key: object, value: object) -> object:
    """Return what a text of a carrying field holds, where that is JSON."""
    if key not in _CARRIED or not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def flat(document: Document) -> Row:
    """Return an object as a row: its keys normalised, its plain values (or arrays) as texts."""
    return {
        _normalised(key): words_of(value) if isinstance(value, list) else text_of(value)
        for key, value in document.items()
    }


@lru_cache(maxsize=4096)
def _normalised(key: str) -> str:
    return normalise(key)
