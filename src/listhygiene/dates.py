"""Dates as people and programs write them, read a column at a time and never guessed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from .numerals import KANJI, in_digits

Days = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]

ORDERS = ("ymd", "dmy", "mdy")
"""The orders that a date of three short numbers may have."""

OK, BLANK, UNREADABLE, AMBIGUOUS = "ok", "blank", "unreadable", "ambiguous"

_NAT = np.datetime64("NaT", "D")
_STATES = (OK, BLANK, UNREADABLE, AMBIGUOUS)
_CLOCK = (
    r"(?:午前|午後|am|pm)?\s*\d{1,2}(?:[:時h]\s*\d{1,2})(?:[:分]\s*\d{1,2}(?:[.,:]\d+)?秒?|分)?"
    r"\s*(?:[ap]\.?m\.?)?\s*(?:z|[a-z]{3,4})?\s*(?:[+\-]\d{2}:?\d{2})?\s*(?:\([^)]*\))?"
)
_WEEKDAY = r"(?:\s*\([月火水木金土日](?:[・/]?祝)?\)|\s*[月火水木金土日]曜日?|\s*\([a-z]{2,9}\))?"
_TAIL = rf"(?:[t\s,]+(?:{_CLOCK})?)?$"
_TAIL_JA = (
    rf"(?:\s*日)?{_WEEKDAY}[t\s,]*$"
    rf"|(?:\s*日{_WEEKDAY}|{_WEEKDAY}[t\s,]+|\s*\([月火水木金土日]\))\s*{_CLOCK}$"
)
_FULL = rf"^(?P<y>\d{{4}})\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*(?P<d>\d{{1,2}})(?:{_TAIL_JA})"
_COMPACT = r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:[t\s]?\d{4}(?:\d{2})?z?)?$"
_SHORT = (
    r"^(?P<a>\d{1,2})\s*[-/.]\s*(?P<b>\d{1,2})\s*[-/.]\s*(?P<c>\d{4}|\d{2})"
    rf"{_WEEKDAY}{_TAIL}"
)
_STAMPS = 10_000
"""From so many distinct texts on it pays to take the time of day off first."""


def read_dates(
    texts: pd.Series, order: str | None, as_of: pd.Timestamp
) -> tuple[pd.Series, pd.Series, str]:
    """Read a column of dates; return the days, how each cell was read, and the column's order.

    texts: cells (TEXT). order: what `column_order` said of the whole column, or None to find out
        from these cells. as_of: only its year counts, as the latest meaning of a two-digit year.
    Days: datetime64[s] at midnight as written, whatever the time zone; NaT where not read. States:
    "ok"; "blank"; "unreadable" (no day, or one that does not exist); "ambiguous" (day and month
    cannot be told apart, in the cell or by the rest of the column). A number counts as an Excel
    day only where the column holds mostly such ("serial").
    """
    codes, distinct = _distinct(texts)
    clean = _clean(distinct)
    order = _order(clean, as_of) if order is None else order
    days, ambiguous = _read(clean, order, as_of)
    state = np.full(len(clean), 2, dtype=np.int8)
    state[ambiguous] = 3
    state[~np.isnat(days)] = 0
    state[_is_blank(clean)] = 1
    # The last place, which code -1 takes, is the missing cell: blank.
    days, state = np.append(days, _NAT), np.append(state, np.int8(1))
    told = pd.Series(days[codes].astype("datetime64[s]"), index=texts.index, name=texts.name)
    states = pd.Categorical.from_codes(state[codes], categories=pd.Index(_STATES))
    return told, pd.Series(states, index=texts.index), order


def column_order(texts: pd.Series, as_of: pd.Timestamp) -> str:
    """Say how the dates of a whole column are written.

    "dmy" or "mdy" where a number above 12 settles it; "ymd" for year first; "serial" for Excel's
    day numbers; "ambiguous" where nothing settles it or the cells contradict each other; '' where
    there is no date that could tell.
    """
    return _order(_clean(_distinct(texts)[1]), as_of)


def shares_of_dates(columns: Sequence[Sequence[str]], as_of: pd.Timestamp) -> list[float]:
    """Return of each column which share of its texts `read_dates` reads as days.

    Those count that are ambiguous. Whether a text is a day at all depends on its column only where
    it is a number of Excel's; so the texts of all columns are read together, and once.
    """
    coded = _array([text for texts in columns for text in texts]).dictionary_encode()
    clean = _clean(coded.dictionary)
    days, ambiguous = _read(clean, "", as_of)
    blank, serial = _is_blank(clean), ~np.isnat(_serials(clean))
    dated = (~np.isnat(days) | ambiguous) & ~blank
    places = coded.indices.to_numpy()
    shares, start = [], 0
    for texts in columns:
        here = places[start : start + len(texts)]
        serials = serial[here]
        told = dated[here] | (serials & _are_serial(serials, ~blank[here]))
        shares.append(float(told.mean()) if len(here) else 0.0)
        start += len(texts)
    return shares


def _distinct(texts: pd.Series) -> tuple[npt.NDArray[np.intp], pa.Array]:
    """Return the distinct texts and their places (-1 = missing), times of day taken off if many."""
    codes, distinct = pd.factorize(texts)
    array = _array(distinct)
    if len(array) < _STAMPS:
        return codes, array
    shorter, days = pd.factorize(pd.Series(_without_clock(array)))
    return np.append(shorter, -1)[codes], _array(days)


def _without_clock(stamps: pa.Array) -> pa.Array:
    """Cut 2024-05-01 10:23:45 to its day; both halves have few distinct texts."""
    heads = pc.utf8_slice_codeunits(stamps, 0, 10).dictionary_encode()
    tails = pc.utf8_slice_codeunits(stamps, 10).dictionary_encode()
    day = pc.match_substring_regex(heads.dictionary, r"^\d{4}[-/.]\d{2}[-/.]\d{2}$")
    clock = pc.match_substring_regex(tails.dictionary, rf"(?i)^{_TAIL}")
    both = pc.and_(day.take(heads.indices), clock.take(tails.indices))
    return pc.if_else(both, pc.cast(heads, pa.string()), stamps)


def _array(texts: object) -> pa.Array:
    array = pa.array(texts, type=pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _clean(distinct: pa.Array) -> pa.Array:
    """Bring width and case to one form, drop outer spaces and quotes, write numbers in digits."""
    if not pc.all(pc.string_is_ascii(distinct)).as_py():
        distinct = pc.utf8_normalize(distinct, form="NFKC")
        distinct = pc.replace_substring_regex(distinct, r"[\p{Cf}\p{Zs}]", " ")
        kanji = pc.match_substring_regex(distinct, rf"[{KANJI}元]\s*[年月日]")
        if pc.any(kanji).as_py():
            texts = [in_digits(text) for text in distinct.filter(kanji).to_pylist()]
            distinct = pc.replace_with_mask(distinct, kanji, pa.array(texts, type=pa.string()))
    return pc.utf8_trim(pc.utf8_lower(distinct), characters=" \t\r\n'\"")


def _is_blank(clean: pa.Array) -> Flags:
    words = pa.array(["", *_words()["blank"]["words"]], type=pa.string())
    return np.asarray(pc.is_in(clean, value_set=words))


def _order(clean: pa.Array, as_of: pd.Timestamp) -> str:
    if _are_serial(~np.isnat(_serials(clean)), ~_is_blank(clean)):
        return "serial"
    _, readings = _short(clean, as_of)
    some = ~np.isnat(readings).all(axis=1)
    if some.any():
        common = (~np.isnat(readings[some])).all(axis=0)
        if common.sum() == 1:
            return ORDERS[int(np.argmax(common))]
        if np.isnat(_agreed(readings[some])).any():
            return AMBIGUOUS
    full = ~np.isnat(_full(clean))
    return "ymd" if full.any() else ""


def _are_serial(serial: Flags, filled: Flags) -> bool:
    """Tell whether a column's numbers are Excel's days: from half of its filled cells on."""
    return bool(serial.any() and serial.sum() * 2 >= filled.sum())


def _read(clean: pa.Array, order: str, as_of: pd.Timestamp) -> tuple[Days, Flags]:
    """Return the day of each text, and which texts have several readings."""
    days = _full(clean)
    _fill(days, _eras(clean))
    _fill(days, _named(clean, as_of))
    _fill(days, _epochs(clean))
    if order == "serial":
        _fill(days, _serials(clean))
    ambiguous = np.zeros(len(days), dtype=bool)
    places, readings = _short(clean, as_of)
    if len(places):
        told = readings[:, ORDERS.index(order)] if order in ORDERS else np.full(len(places), _NAT)
        if order not in ("dmy", "mdy"):
            _fill(told, _agreed(readings))
            ambiguous[places] = np.isnat(told) & ~np.isnat(readings).all(axis=1)
        days[places] = told
    return days, ambiguous


def _agreed(readings: Days) -> Days:
    """Return the day on which all possible readings of a text agree, else NaT."""
    possible = ~np.isnat(readings)
    first = readings[np.arange(len(readings)), possible.argmax(axis=1)]
    same = ((readings == first[:, None]) | ~possible).all(axis=1) & possible.any(axis=1)
    return np.where(same, first, _NAT)


def _full(clean: pa.Array) -> Days:
    """Year, month, day: 2024-05-01T10:00+09:00, 2024/5/1, 2024年5月1日(水), 20240501."""
    days = _compose(*_numbers(clean, _FULL, "ymd"))
    _fill(days, _compose(*_numbers(clean, _COMPACT, "ymd")))
    return days


def _short(clean: pa.Array, as_of: pd.Timestamp) -> tuple[npt.NDArray[np.intp], Days]:
    """Three numbers whose order is to be told: their places, and a reading in each of ORDERS."""
    found = pc.extract_regex(clean, pattern=_SHORT)
    places = np.flatnonzero(np.asarray(pc.is_valid(found)))
    if not len(places):
        return places, np.empty((0, 3), dtype="datetime64[D]")
    picked = found.take(pa.array(places))
    first, second, last = (_integers(pc.struct_field(picked, name)) for name in "abc")
    full_year = np.asarray(pc.equal(pc.utf8_length(pc.struct_field(picked, "c")), 4))
    year = np.where(full_year, last, _century(last, as_of))
    ymd = np.where(full_year, _NAT, _compose(_century(first, as_of), second, last))
    readings = [ymd, _compose(year, second, first), _compose(year, first, second)]
    return places, np.stack(readings, axis=1)


def _century(year: npt.NDArray[np.int64], as_of: pd.Timestamp) -> npt.NDArray[np.int64]:
    """Give a two-digit year its century: at latest next year, never before mass e-mail (1990)."""
    late = np.where(year + 2000 <= as_of.year + 1, year + 2000, year + 1900)
    return np.where(late >= 1990, late, 0)


def _eras(clean: pa.Array) -> Days:
    """Japanese eras: 令和6年5月1日, R6.5.1, 平成元年1月8日.

    A year past the era's end (H31.5.1) has one meaning and is read on; a day before its first
    (R1.4.30) has none.
    """
    days = np.full(len(clean), _NAT)
    for era in _words()["eras"]:
        names = "|".join(era["names"])
        pattern = (
            rf"^(?:{names})\.?\s*(?P<y>\d{{1,3}})\s*[-/.年]\s*(?P<m>\d{{1,2}})\s*[-/.月]\s*"
            rf"(?P<d>\d{{1,2}})(?:{_TAIL_JA})"
        )
        year, month, day = _numbers(clean, pattern, "ymd")
        found = _compose(np.where(year > 0, year + era["first"].year - 1, 0), month, day)
        _fill(days, np.where(found >= np.datetime64(era["first"], "D"), found, _NAT))
    return days


def _named(clean: pa.Array, as_of: pd.Timestamp) -> Days:
    """Months by name: May 1st, 2024; 1. Mai 2024; 1 de mayo de 2024; Wed May 01 10:00 JST 2024."""
    days = np.full(len(clean), _NAT)
    names = {name: int(month) for month, all_ in _words()["months"].items() for name in all_}
    alternatives = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    if not pc.any(
        pc.match_substring_regex(clean, rf"\d.*(?:{alternatives})|(?:{alternatives}).*\d")
    ).as_py():
        return days
    weekday = rf"(?:(?:{'|'.join(_words()['weekdays']['latin'])})\.?,?\s+)?(?:the\s+)?"
    month, gap = rf"(?P<m>{alternatives})\.?", r"[\s\-/,.]*(?:de\s+|del\s+|of\s+)?"
    day, year = r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|o|a|°|\.)?", r"(?P<y>\d{4}|\d{2})"
    for pattern in (
        rf"^{weekday}{day}{gap}{month}{gap}{year}{_TAIL}",
        rf"^{weekday}{month}{gap}{day}{gap}(?P<y>\d{{4}}){_TAIL}",
        rf"^{weekday}{month}\s+{day}\s+{_CLOCK}\s+(?P<y>\d{{4}})$",
        rf"^(?P<y>\d{{4}}){gap}{month}{gap}{day}{_TAIL}",
    ):
        found = pc.extract_regex(clean, pattern=pattern)
        number = pc.index_in(pc.struct_field(found, "m"), value_set=pa.array(list(names)))
        months = np.array([0, *names.values()])[np.asarray(pc.fill_null(number, -1)) + 1]
        years = _integers(pc.struct_field(found, "y"))
        years = np.where(years < 100, _century(years, as_of), years)
        _fill(days, _compose(years, months, _integers(pc.struct_field(found, "d"))))
    return days


def _epochs(clean: pa.Array) -> Days:
    """Seconds or milliseconds since 1970 (UTC), from 2000 to 2100; other numbers are no dates."""
    seconds = _numbers(clean, r"^(?P<s>\d{10})(?:\d{3}|\.\d+)?$", "s")[0]
    sane = (seconds >= 946_684_800) & (seconds < 4_102_444_800)
    return np.where(sane, seconds, 0).astype("datetime64[s]").astype("datetime64[D]") + np.where(
        sane, np.timedelta64(0, "D"), np.timedelta64("NaT", "D")
    )


def _serials(clean: pa.Array) -> Days:
    """Excel's day numbers of the 1900 system, from 1954 to 2064 (ECMA-376 part 1, 18.17.4.1)."""
    number = _numbers(clean, r"^(?P<n>[2-5]\d{4})(?:\.\d+)?$", "n")[0]
    return np.where(number > 0, np.datetime64("1899-12-30", "D") + number, _NAT)


def _numbers(clean: pa.Array, pattern: str, names: str) -> tuple[npt.NDArray[np.int64], ...]:
    """Return the named groups of a pattern as numbers, 0 where it does not match."""
    found = pc.extract_regex(clean, pattern=pattern)
    return tuple(_integers(pc.struct_field(found, name)) for name in names)


def _integers(texts: pa.Array) -> npt.NDArray[np.int64]:
    return np.asarray(pc.fill_null(pc.cast(texts, pa.int64()), 0))


def _compose(
    year: npt.NDArray[np.int64], month: npt.NDArray[np.int64], day: npt.NDArray[np.int64]
) -> Days:
    """Return the days that exist in the calendar, from 1900 to 2199, else NaT."""
    sane = (year >= 1900) & (year < 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(sane, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(sane, day - 1, 0)
    return np.where(sane & (days.astype("datetime64[M]") == months), days, _NAT)


def _fill(days: Days, others: Days) -> None:
    """Take over what was not read before."""
    missing = np.isnat(days)
    days[missing] = others[missing]


@cache
def _words() -> Mapping[str, Any]:
    file = resources.files("listhygiene") / "data" / "date_words.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
