"""What every format counts: findings by rule, and the places to look at."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..cores import abreast
from ..model.quantity import quantity
from ..model.report import ListReport, Report, unaccepted
from ..model.rule import Rule, Severity
from ..ooxml.cells import letters
from ..texts import to_arrow
from .options import Presentation


@dataclass(frozen=True)
class Tally:
    """One rule's findings of one severity in one list.

    count: findings. contacts: distinct rows. lines: the first few lines to look at.
    first: the cell of the first one, row and column as in the findings.
    details: the most frequent details, with their counts.
    """

    rule: Rule
    severity: str
    count: int
    contacts: int
    lines: tuple[int, ...]
    first: tuple[int, int]
    details: tuple[tuple[str, int], ...]


def tally(report: Report, one: ListReport, examples: int = 5) -> list[Tally]:
    """Count a list's findings by rule and severity, the heaviest and most frequent first.

    A rule may weigh its findings differently, as A332 by strikes. What a baseline accepts is not
    counted.
    """
    found = unaccepted(one.findings)
    rules, severities = (found[name].astype("category") for name in ("rule", "severity"))
    levels = len(severities.cat.categories)
    codes = rules.cat.codes.to_numpy(np.int16) * np.int16(levels)
    codes = codes + severities.cat.codes.to_numpy()  # small numbers: there may be a million
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    rows, columns = found["row"].to_numpy()[order], found["column"].to_numpy()
    details = _encoded(pc.fill_null(to_arrow(found["detail"]), ""))
    kinds = details.indices.to_numpy()[order]
    made = []
    for start, end in pairwise([*starts.tolist(), len(order)]):
        first = int(order[start])
        code = int(codes[first])
        contacts = rows[start:end]
        heads = contacts[:examples].tolist()
        made.append(
            Tally(
                rule=report.rules[str(rules.cat.categories[code // levels])],
                severity=str(severities.cat.categories[code % levels]),
                count=len(contacts),
                contacts=_distinct(contacts[contacts >= 0]),
                lines=tuple(dict.fromkeys(line_of(one, row) for row in heads)),
                first=(heads[0], int(columns[first])),
                details=_most_frequent(kinds[start:end], details.dictionary),
            )
        )
    weights = list(Severity)
    return sorted(made, key=lambda it: (weights.index(Severity(it.severity)), -it.count))


def _encoded(details: pa.Array) -> pa.DictionaryArray:
    """Number the details, many of them on all cores."""
    step = -(-len(details) // 2) or 1
    parts = [details.slice(start, step) for start in range(0, len(details), step)]
    coded = abreast(pa.Array.dictionary_encode, parts or [details], rows=len(details))
    return pa.chunked_array(coded).unify_dictionaries().combine_chunks()


def _distinct(rows: npt.NDArray[np.int32]) -> int:
    """Count distinct rows; they mostly come in their order."""
    steps = np.diff(rows)
    if (steps < 0).any():
        steps = np.diff(np.sort(rows))
    return int(np.count_nonzero(steps)) + (len(rows) > 0)


def _most_frequent(kinds: npt.NDArray[np.int32], details: pa.Array) -> tuple[tuple[str, int], ...]:
    """Return the three most frequent details, of equals the first ones; but none that is empty.

    kinds: the place in `details` of each finding's.
    """
    counts = np.bincount(kinds)
    least = np.partition(counts, -3)[-3] if len(counts) > 3 else 0
    often = pd.unique(kinds[counts[kinds] >= least])
    most = often[np.argsort(-counts[often], kind="stable")][:3]
    told = zip(details.take(pa.array(most)).to_pylist(), counts[most].tolist(), strict=True)
    return tuple((text, number) for text, number in told if text)


def baseline_lines(report: Report, how: Presentation) -> list[str]:
    """Say what a baseline took out of the run, and what of it is no longer there."""
    found: Any = report.sources.get("baseline")
    if not found:
        return []
    lines = [how.say(f"baseline: {quantity(found['accepted'], 'accepted finding')} without weight")]
    if found["stale"]:
        codes = ", ".join(found["stale_rules"])
        gone = quantity(found["stale"], "accepted finding")
        told = f"baseline: {gone} no longer there ({codes}); --prune-baseline drops them"
        lines.append(how.say(told))
    return lines


def line_of(one: ListReport, row: int) -> int:
    """Return the line, or the sheet's row, that a person would look at (1-based)."""
    listing = one.contacts.listing
    if row < 0:
        return listing.header_line or 1
    return int(listing.lines[row])


def column_name(one: ListReport, column: int) -> str:
    """Return a column's header as found, '' for the row as a whole."""
    header = one.contacts.listing.header
    return header[column] if 0 <= column < len(header) else ""


def cell_name(one: ListReport, row: int, column: int) -> str:
    """Name a cell as a spreadsheet does, "B17"; a row as a whole "17:17"."""
    line = line_of(one, row)
    places = one.contacts.listing.facts.get("columns", ())
    if not 0 <= column < len(places):
        return f"{line}:{line}"
    return f"{letters(int(places[column]))}{line}"


def verdict_counts(one: ListReport) -> dict[str, int]:
    """Count the contacts by verdict: send, review, hold."""
    counts = one.verdicts.value_counts()
    return {str(name): int(counts.get(name, 0)) for name in one.verdicts.cat.categories}
