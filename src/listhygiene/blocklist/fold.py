"""The fold: what the events of one address make of it today.

The only place that says how a block begins and ends; `states` keeps its results.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

VERSION = 2
"""Counted up when the fold changes, so that a kept state is made anew."""

PERMANENT = "permanent"
TEMPORARY = "temporary"
OUT_OF_OFFICE = "T2"
"""An auto-reply's cause: it neither blocks nor strikes, whatever notice carries it."""

LIFTED = "lifted"
"""What a recheck says in `type` when the cause it examined is resolved."""

ID, AT = -1, -2
"""Numbers that stand for an event's own in a pattern."""


class Past(NamedTuple):
    """What the fold reads of an event; `id` is the order of receipt."""

    id: int
    kind: str
    at: int
    type: str
    cause: str
    message_id: str


class State(NamedTuple):
    """The present state of one address; the columns of the table `states`."""

    type: str = ""
    cause: str = ""
    since: int | None = None
    strikes: int = 0
    final: bool = False
    event_id: int | None = None
    examined: int | None = None
    complained: int | None = None
    unsubscribed: int | None = None
    allow_id: int | None = None
    unblocks: int = 0
    due_from: int | None = None


class _Block(NamedTuple):
    """A standing block of one type and cause; final: set by hand or imported from a platform."""

    since: int
    at: int
    event_id: int
    final: bool


@dataclass
class _Course:
    """Where an address stands while its events are gone through."""

    blocks: dict[tuple[str, str], _Block] = field(default_factory=dict)
    strikes: int = 0
    struck: set[str] = field(default_factory=set)
    examined: dict[tuple[str, str], int] = field(default_factory=dict)
    complained: int | None = None
    unsubscribed: int | None = None
    allow_id: int | None = None
    overridden: dict[tuple[str, str], _Block] = field(default_factory=dict)
    unblocks: int = 0


def fold(events: Iterable[Past]) -> State:
    """Derive the state of one address from its events, in the order (at, id).

    A permanent bounce blocks at once, a temporary one blocks temporarily and strikes; a delivery
    afterwards proves a temporary cause resolved. A person lifts temporary blocks only (help page);
    an allowance overrides the permanent blocks before it, and a later bounce counts again.
    A recheck lifts just the cause it examined. Complaints and unsubscribes stand for themselves.
    """
    course = _Course()
    for event in events:
        step = _STEPS.get(event.kind)
        if step is not None:
            step(course, event)
    return _state(course)


def fold_one(event: Past) -> State:
    """Fold a single event, as most addresses have: the pattern of its kind with its own numbers."""
    own: dict[Any, int] = {ID: event.id, AT: event.at}
    found = pattern(event.kind, event.type, event.cause)
    return State._make(own.get(value, value) for value in found)


@cache
def pattern(kind: str, type_: str, cause: str) -> State:
    """Fold a single event of which only the kind, type and cause are known: ID and AT stand for
    its own numbers.
    """
    return fold([Past(ID, kind, AT, type_, cause, "")])


def _bounce(course: _Course, event: Past) -> None:
    if event.cause == OUT_OF_OFFICE:
        return
    _stand(course, event, final=False)
    if event.type == TEMPORARY and not (event.message_id and event.message_id in course.struck):
        course.strikes += 1
        course.struck.add(event.message_id)


def _block(course: _Course, event: Past) -> None:
    if event.cause != OUT_OF_OFFICE:
        _stand(course, event, final=True)


def _stand(course: _Course, event: Past, *, final: bool) -> None:
    """Let a block begin, or go on with its latest event."""
    key = (event.type, event.cause)
    before = course.blocks.get(key)
    course.blocks[key] = _Block(
        since=before.since if before else event.at,
        at=event.at,
        event_id=event.id,
        final=final or bool(before and before.final),
    )
    if event.type == PERMANENT:
        course.allow_id = None
        course.overridden.clear()


def _delivery(course: _Course, _: Past) -> None:
    """A message arrived: bounces before it were temporary indeed, what a person set stays."""
    _lift_temporary(course, final=False)
    course.strikes = 0
    course.struck.clear()


def _unblock(course: _Course, _: Past) -> None:
    _lift_temporary(course, final=True)
    course.unblocks += 1


def _lift_temporary(course: _Course, *, final: bool) -> None:
    for key in [key for key in course.blocks if key[0] == TEMPORARY]:
        if final or not course.blocks[key].final:
            del course.blocks[key]
    _rest(course)


def _rest(course: _Course) -> None:
    """Begin the row of strikes anew where no temporary block stands any more."""
    if not any(kind == TEMPORARY for kind, _ in course.blocks):
        course.strikes = 0
        course.struck.clear()


def _allow(course: _Course, event: Past) -> None:
    course.allow_id = event.id
    for key in [key for key in course.blocks if key[0] == PERMANENT]:
        course.overridden[key] = course.blocks.pop(key)


def _recheck(course: _Course, event: Past) -> None:
    """An examination of one cause, of either type; lifts its block where it is resolved."""
    for key in [key for key in course.blocks if key[1] == event.cause]:
        course.examined[key] = event.at
        if event.type == LIFTED:
            del course.blocks[key]
    _rest(course)


def _complaint(course: _Course, event: Past) -> None:
    if course.complained is None:
        course.complained = event.at


def _unsubscribe(course: _Course, event: Past) -> None:
    if course.unsubscribed is None:
        course.unsubscribed = event.at


_STEPS = {
    "bounce": _bounce,
    "block": _block,
    "delivery": _delivery,
    "unblock": _unblock,
    "allow": _allow,
    "recheck": _recheck,
    "complaint": _complaint,
    "unsubscribe": _unsubscribe,
}


def _state(course: _Course) -> State:
    """Tell the block that counts: permanent before temporary, then the latest.

    An overridden permanent block is still named, beside the allowance that overrides it. What a
    person or a platform set weighs on, whatever bounces after it.
    """
    standing = course.blocks or course.overridden
    key = max(
        standing,
        key=lambda key: (key[0] == PERMANENT, standing[key].at, standing[key].event_id),
        default=None,
    )
    common = State(
        strikes=course.strikes,
        complained=course.complained,
        unsubscribed=course.unsubscribed,
        allow_id=course.allow_id,
        unblocks=course.unblocks,
    )
    if key is None:
        return common
    block = standing[key]
    examined = course.examined.get(key)
    if examined is not None and examined < block.since:
        examined = None
    return common._replace(
        type=key[0],
        cause=key[1],
        since=block.since,
        final=any(one.final for (kind, _), one in standing.items() if kind == key[0]),
        event_id=block.event_id,
        examined=examined,
        due_from=(block.since if examined is None else examined) if course.blocks else None,
    )
