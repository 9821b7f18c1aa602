"""The counts that every opening tells, kept with the events that they count.

Counting five million states takes a fifth of a second. What a writer has counted stands in the
table `meta`, with the last event: whoever adds events without counting (an older version of the
program) is noticed by it, and all is counted again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from . import fold
from .clock import DAY

NAME = "counts"
"""The line of the table `meta` that they stand in."""

HALF_A_YEAR = 183 * DAY
"""From about there on, blocks are not due yet: where few lie between, little is counted anew."""

Ask = Callable[[str, Mapping[str, int]], object]
"""Asks a question with named parameters and returns the first value of its answer."""

_KEPT = f"SELECT value FROM blocklist_meta WHERE name = '{NAME}'"
_LAST = "SELECT max(id) FROM blocklist_events"
_KNOWN = "SELECT count(*) FROM blocklist_states"
_DUE = "SELECT count(*) FROM blocklist_states WHERE due_from <= :until"
_BETWEEN = "SELECT count(*) FROM blocklist_states WHERE due_from > :since AND due_from <= :until"


@dataclass(frozen=True)
class Counts:
    """How many addresses have a state, and of how many a block was last examined by `until`.

    last: the last event that is counted in. fold: by which version of the fold. until: seconds.
    """

    last: int
    fold: int
    known: int
    until: int
    due: int


def read(ask: Ask, last: int) -> Counts | None:
    """Return the counts as they were kept after this event; None where nobody kept them then."""
    if not last:
        return Counts(0, fold.VERSION, 0, 0, 0)
    try:
        told = Counts(**json.loads(str(ask(_KEPT, {}))))
    except (ValueError, TypeError):
        return None
    if not all(isinstance(value, int) for value in asdict(told).values()):
        return None
    return told if (told.last, told.fold) == (last, fold.VERSION) else None


def take(ask: Ask, until: int) -> Counts:
    """Return the counts as of now: what is kept, and what it lacks."""
    last = _number(ask(_LAST, {}))
    kept = read(ask, last)
    if kept is not None:
        return _moved(ask, kept, until)
    known, due = _number(ask(_KNOWN, {})), _number(ask(_DUE, {"until": until}))
    return Counts(last, fold.VERSION, known, until, due)


def changed(
    counts: Counts | None, gone: Sequence[int | None], come: Sequence[int | None]
) -> Counts | None:
    """Return the counts after states went and came, each told by its `due_from`."""
    if counts is None:
        return None
    due = [sum(one is not None and one <= counts.until for one in some) for some in (come, gone)]
    known = counts.known + len(come) - len(gone)
    return replace(counts, known=known, due=counts.due + due[0] - due[1])


def text_after(ask: Ask, counts: Counts | None, latest: int) -> str:
    """Return what is to be kept after the last event; counts: None where all is to be counted.

    latest: the latest time that a writer's clock has shown (seconds).
    """
    until = max(0, latest - HALF_A_YEAR)
    last = _number(ask(_LAST, {}))
    done = take(ask, until) if counts is None else _moved(ask, counts, until)
    return json.dumps(asdict(replace(done, last=last)))


def _moved(ask: Ask, counts: Counts, until: int) -> Counts:
    """Return the counts of another moment: only what lies between is counted."""
    since, end = sorted((counts.until, until))
    between = _number(ask(_BETWEEN, {"since": since, "until": end})) if since < end else 0
    due = counts.due + between if until > counts.until else counts.due - between
    return replace(counts, until=until, due=due)


def _number(answer: object) -> int:
    return int(str(answer)) if answer is not None else 0
