"""Raw cell values as the texts that a person sees, a whole column at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from .formats import GENERAL, PLAIN, Shown, show
from .text import decode

_BOOLEANS = {"1": "TRUE", "0": "FALSE", "true": "TRUE", "false": "FALSE"}


def text_array(raw: Sequence[bytes]) -> pa.LargeStringArray:
    """Return escaped UTF-8 texts as they are shown; bytes that are no UTF-8 become U+FFFD."""
    array = _utf8(raw)
    odd = pc.match_substring_regex(array, r"[&\r]|_x[0-9A-Fa-f]{4}_")
    return _replaced(array, odd, decode) if pc.any(odd).as_py() else array


def number_array(raw: Sequence[bytes], shown: Shown, epoch1904: bool) -> pa.LargeStringArray:
    """Return numbers as their style shows them."""
    array = _utf8(raw)
    if shown.kind == GENERAL:
        odd = pc.invert(pc.match_substring_regex(array, r"^(-?[1-9][0-9]*|0)$"))
    else:
        odd = pc.is_valid(array)
    return _replaced(array, odd, lambda text: show(text, shown, epoch1904))


class Texts:
    """Turns raw values of any cell type into texts.

    strings: the shared strings. formats: how each cell style shows a number.
    """

    def __init__(
        self, strings: pa.LargeStringArray, formats: Sequence[Shown], epoch1904: bool
    ) -> None:
        self._strings, self._formats, self._epoch1904 = strings, formats, epoch1904

    def of(self, kind: bytes, style: int, raw: Sequence[bytes]) -> pa.LargeStringArray:
        """Return the texts of cells of one type (the attribute `t`) and one style."""
        if kind == b"s":
            return self._shared(raw)
        if kind in (b"inlineStr", b"str", b"e"):
            return text_array(raw)
        if kind == b"b":
            return _replaced_all(_utf8(raw), lambda text: _BOOLEANS.get(text.strip(), text))
        if kind == b"d":
            return _replaced_all(_utf8(raw), _iso)
        shown = self._formats[style] if style < len(self._formats) else PLAIN
        return number_array(raw, shown, self._epoch1904)

    def _shared(self, raw: Sequence[bytes]) -> pa.LargeStringArray:
        try:
            places = pa.array(raw, pa.binary()).cast(pa.string()).cast(pa.int64())
        except pa.ArrowInvalid:
            places = pa.array([_place(one) for one in raw], pa.int64())
        known = pc.and_(pc.greater_equal(places, 0), pc.less(places, pa.scalar(len(self._strings))))
        if not pc.all(known, min_count=0).as_py():
            places = pc.if_else(known, places, pa.scalar(None, pa.int64()))
        return pc.fill_null(self._strings.take(places), "")


def _utf8(raw: Sequence[bytes]) -> pa.LargeStringArray:
    try:
        return pa.array(raw, pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return pa.array([one.decode("utf-8", "replace") for one in raw], pa.large_string())


def _replaced_all(array: pa.LargeStringArray, change: Callable[[str], str]) -> pa.LargeStringArray:
    return _replaced(array, pc.is_valid(array), change)


def _replaced(
    array: pa.LargeStringArray, where: pa.BooleanArray, change: Callable[[str], str]
) -> pa.LargeStringArray:
    """Return the array with each distinct text at `where` changed."""
    if not pc.any(where, min_count=0).as_py():
        return array
    coded = array.filter(where).dictionary_encode()
    changed = pa.array([_clean(change(text)) for text in coded.dictionary.to_pylist()])
    new = changed.cast(pa.large_string()).take(coded.indices)
    return pc.replace_with_mask(array, where, new)


def _clean(text: str) -> str:
    """Replace lone surrogates, which no UTF-8 text can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _iso(text: str) -> str:
    """Show an ISO 8601 date cell (ECMA-376 part 1, 18.18.11) as other date cells."""
    text = text.strip().removesuffix("Z")
    day, _, clock = text.partition("T")
    clock = clock.split(".")[0]
    if not clock or clock in ("00:00:00", "00:00"):
        return day or text
    return f"{day} {clock}" if day else clock


def _place(raw: bytes) -> int | None:
    try:
        return int(float(raw))
    except ValueError:
        return None
