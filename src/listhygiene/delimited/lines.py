"""Lines: where they begin and end, and which of them are plain records by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..cores import abreast
from .records import split_record

LF, CR, QUOTE = 10, 13, 34
WINDOW = 1 << 20
"""How many bytes are looked at in one go: so few stay in a core's own memory."""

_MOST_CR = 4
"""A text file written as text on Windows, of lines that end with CRLF already, ends them CRCRLF."""

Places = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """The lines of a file: line i is content[starts[i]:ends[i]], its end mark not included.

    widths: how many fields a line has; meaningless where it is odd.
    odd: lines whose quotes do not close within them, or stand elsewhere than around a field, or
        that hold a lone CR: these must be read one by one.
    blank: lines of nothing but delimiters and quotes.
    """

    starts: Places
    ends: Places
    widths: npt.NDArray[np.int32]
    odd: Marks
    blank: Marks


def survey(content: bytes, delimiter: bytes, width: int | None = None) -> Lines:
    """Find the lines of a file and what each of them is.

    width: how many fields a record should have, where known; it decides whether a lone CR in a
    file of LF lines ends a line or belongs to a field.
    """
    starts, ends, lone = _find_lines(content, delimiter, width)
    count = len(starts)
    widths = np.empty(count, dtype=np.int32)
    odd = np.zeros(count, dtype=bool)
    blank = np.zeros(count, dtype=bool)
    quoted = b'"' in content

    def look(window: tuple[int, int]) -> None:
        part = slice(*window)
        widths[part], odd[part], blank[part] = _look(
            content, starts[part], ends[part], delimiter, quoted
        )

    abreast(look, windows(starts, ends))
    if len(lone):
        odd[np.searchsorted(starts, lone, side="right") - 1] = True
    return Lines(starts, ends, widths, odd, blank)


def windows(starts: Places, ends: Places, size: int = WINDOW) -> Iterator[tuple[int, int]]:
    """Cut lines into stretches (first, last + 1) of about `size` bytes."""
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(ends, starts[first] + size, side="right"))
        last = max(last, first + 1)
        yield first, last
        first = last


def find_text(content: bytes, text: bytes) -> int:
    """Return where a text stands first, -1 for nowhere: `bytes.find` on all cores at once."""
    view = np.frombuffer(content, dtype=np.uint8)
    last = len(content) - len(text) + 1

    def holds(start: int) -> bool:
        stop = min(start + WINDOW, last)
        found = view[start:stop] == text[0]
        for place in range(1, len(text)):
            found &= view[start + place : stop + place] == text[place]
        return bool(found.any())

    starts = range(0, last, WINDOW)
    found = abreast(holds, starts)
    return content.find(text, starts[found.index(True)]) if True in found else -1


def _find_ends(content: bytes) -> tuple[Places, int]:
    """Return the places of all LFs, and how many CRs there are."""
    view = np.frombuffer(content, dtype=np.uint8)

    def find(start: int) -> tuple[Places, int]:
        part = view[start : start + WINDOW]
        return np.flatnonzero(part == LF) + start, int(np.count_nonzero(part == CR))

    found = abreast(find, range(0, len(view), WINDOW))
    marks = [one for one, _ in found]
    returns = sum(count for _, count in found)
    return np.concatenate(marks) if marks else np.empty(0, dtype=np.int64), returns


def _find_lines(
    content: bytes, delimiter: bytes, width: int | None
) -> tuple[Places, Places, Places]:
    """Return the starts and ends of lines, and the places of CRs that end none."""
    marks, returns = _find_ends(content)
    starts, ends = _bounds(content, marks)
    lone = np.empty(0, dtype=np.int64)
    if returns:
        view = np.frombuffer(content, dtype=np.uint8)
        crlf = (view[marks - 1] == CR) & (marks > 0)
        if np.count_nonzero(crlf) == returns:
            ends[: len(marks)] -= crlf
        else:
            marks, lone = _settle_returns(content, marks, delimiter, width)
            starts, ends = _bounds(content, marks)
            ends = _without_cr(view, starts, ends)
    return starts, ends, lone


def _bounds(content: bytes, marks: Places) -> tuple[Places, Places]:
    """Return the starts and ends of lines that end at marks; the last one may have none."""
    starts = np.concatenate((np.zeros(1, dtype=np.int64), marks + 1))
    ends = np.append(marks, len(content))
    return (starts, ends) if starts[-1] < len(content) else (starts[:-1], ends[:-1])


def _settle_returns(
    content: bytes, marks: Places, delimiter: bytes, width: int | None
) -> tuple[Places, Places]:
    """Return where lines end in a content with CRs elsewhere than before an LF (marks), and the
    CRs that end none.
    """
    view = np.frombuffer(content, dtype=np.uint8)
    parts = range(0, len(view), WINDOW)
    cr = np.concatenate([np.flatnonzero(view[at : at + WINDOW] == CR) + at for at in parts])
    lone = cr[~_end_lines(view, cr)]
    if len(lone) > len(marks):  # the classic Mac's line end
        ending, lone = lone, lone[:0]
    else:
        ending, lone = _ending(content, marks, lone, delimiter, width)
    return (np.union1d(marks, ending) if len(ending) else marks), lone


def _end_lines(view: npt.NDArray[np.uint8], cr: Places) -> Marks:
    """Tell which CRs stand before an LF: one or, where a program doubled them, several."""
    follows = np.minimum(cr + 1, len(view) - 1)
    found: Marks = (view[follows] == LF) & (follows == cr + 1)
    for _ in range(_MOST_CR - 1):
        before = np.flatnonzero(~found[:-1] & found[1:] & (np.diff(cr) == 1))
        if not len(before):
            break
        found[before] = True
    return found


def _without_cr(view: npt.NDArray[np.uint8], starts: Places, ends: Places) -> Places:
    """Move the ends of CRLF lines before their CR, or before all of CRCRLF."""
    at_lf = (ends < len(view)) & (ends > starts)
    places = ends[at_lf]
    crlf = (view[places] == LF) & (view[places - 1] == CR)
    out = ends.copy()
    ending = np.flatnonzero(at_lf)[crlf]
    for _ in range(_MOST_CR):
        out[ending] -= 1
        ending = ending[out[ending] > starts[ending]]
        ending = ending[view[out[ending] - 1] == CR]
        if not len(ending):
            break
    return out


def _ending(
    content: bytes, marks: Places, lone: Places, delimiter: bytes, width: int | None
) -> tuple[Places, Places]:
    """Divide lone CRs into those that end a line and those within a field.

    One ends a line where every piece of the LF line then has the expected width, and the line as a
    whole has not (two exports glued together); else it is a character of a cell.
    """
    if not len(lone) or width is None or width < 2:
        return lone[:0], lone
    bounds = np.concatenate(([0], marks + 1, [len(content)]))
    homes = np.searchsorted(bounds, lone, side="right") - 1
    ends = np.zeros(len(lone), dtype=bool)
    for home in np.unique(homes):
        line = content[bounds[home] : bounds[home + 1]].rstrip(b"\r\n")
        widths = {len(split_record(piece, delimiter)) for piece in line.split(b"\r")}
        if widths == {width}:
            ends[homes == home] = True
    return lone[ends], lone[~ends]


def _look(
    content: bytes, starts: Places, ends: Places, delimiter: bytes, quoted: bool
) -> tuple[npt.NDArray[np.int32], Marks, Marks]:
    """Return width, odd and blank of each line of a window."""
    origin, stop = int(starts[0]), int(ends[-1])
    view = np.frombuffer(content, dtype=np.uint8, count=stop - origin, offset=origin)
    starts, ends = starts - origin, ends - origin
    odd = np.zeros(len(starts), dtype=bool)
    quotes = np.zeros(len(starts), dtype=np.int64)
    if quoted and (of_quotes := view == QUOTE).any():
        signs = np.flatnonzero((view == delimiter[0]) | of_quotes)
        are_quotes = of_quotes[signs]
        places = signs.compress(are_quotes)  # in half the time of an index of marks
        quotes = np.diff(np.searchsorted(places, starts), append=len(places))
        inside = _inside(signs, are_quotes, starts, quotes)
        odd = _find_odd(view, places, inside.compress(are_quotes), quotes, starts, delimiter[0])
        cuts = signs.compress(~(are_quotes | inside))
    else:
        cuts = np.flatnonzero(view == delimiter[0])
    counts = np.diff(np.searchsorted(cuts, starts), append=len(cuts))
    blank = (ends - starts) == counts + quotes
    return (counts + 1).astype(np.int32), odd, blank


def _find_odd(
    view: npt.NDArray[np.uint8],
    places: Places,
    opens: Marks,
    counts: Places,
    starts: Places,
    delimiter: int,
) -> Marks:
    """Tell which lines are not RFC 4180 by themselves. opens: which quotes open.

    Within a line, every second quote opens: before it stands the line's start, a delimiter, or (a
    doubled quote) a quote; the others close: behind them stands a delimiter, the line's end or a
    quote. Where that holds and the quotes are even, every reader reads the line alike.
    """
    opening, closing = places.compress(opens), places.compress(~opens)
    before = view[np.maximum(opening - 1, 0)]
    edges = np.zeros(256, dtype=bool)
    edges[[delimiter, LF, CR, QUOTE]] = True
    fine = (opening == 0) | edges.take(before)
    behind = np.minimum(closing + 1, len(view) - 1)
    fine_behind = edges.take(view[behind]) | (behind == closing)
    odd: Marks = (counts & 1).astype(bool)
    wrong = np.concatenate((opening.compress(~fine), closing.compress(~fine_behind)))
    odd[np.searchsorted(starts, wrong, side="right") - 1] = True
    return odd


def _inside(signs: Places, are_quotes: Marks, starts: Places, counts: Places) -> Marks:
    """Tell which signs (delimiters and quotes) stand between quotes, counting anew in every line:
    of quotes those that open. counts: the quotes of each line.
    """
    turns = are_quotes.astype(np.uint8)
    behind = starts[1:][(counts[:-1] & 1).astype(bool)]
    first = np.searchsorted(signs, behind)  # never the same twice: a quote stands between
    turns[first[first < len(signs)]] ^= 1
    return np.bitwise_xor.accumulate(turns).view(np.bool_)
