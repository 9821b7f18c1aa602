"""Number formats: which cells show a date, a time, or padding zeros instead of a bare number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from .archive import Archive
from .parts import children, parse_part

GENERAL, DATE, TIME, MOMENT, ELAPSED, ZEROS = (
    "general",
    "date",
    "time",
    "moment",
    "elapsed",
    "zeros",
)

# ECMA-376 part 1, 18.8.30; 27-36 and 50-58 are dates and times in the East Asian locales.
_BUILT_IN = {
    **dict.fromkeys((14, 15, 16, 17), DATE),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), TIME),
    22: MOMENT,
    46: ELAPSED,
    **dict.fromkeys((*range(27, 32), 36, *range(50, 59)), DATE),
    **dict.fromkeys(range(32, 36), TIME),
}
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.')
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]")
_AM_PM = re.compile(r"AM/PM|A/P", re.IGNORECASE)
_PLAIN_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_EXACT = 10**15
_LAST_SERIAL = 2_958_466  # the day after 9999-12-31


@dataclass(frozen=True, slots=True)
class Shown:
    """How a number is shown; digits: the least number of digits (of ZEROS)."""

    kind: str = GENERAL
    digits: int = 0


PLAIN = Shown()


def read_formats(archive: Archive, part: str | None) -> list[Shown]:
    """Return for each cell style (xf) how it shows a number; [] where there are no styles."""
    if part is None or archive.find(part) is None:
        return []
    tree = parse_part(archive, part)
    codes: dict[int, str] = {}
    for group in children(tree, "numFmts"):
        for element in children(group, "numFmt"):
            codes[_number(element.get("numFmtId"))] = element.get("formatCode", "")
    return [
        _shown(_number(element.get("numFmtId")), codes)
        for group in children(tree, "cellXfs")
        for element in children(group, "xf")
    ]


def kind_of(code: str) -> Shown:
    """Tell what a format code shows: `yyyy/m/d h:mm` a moment, `00000` five digits at least."""
    first = code.split(";", 1)[0]
    if re.fullmatch(r"0{2,}", first):
        return Shown(ZEROS, len(first))
    text = _LITERAL.sub("", first)
    if _ELAPSED.search(text):
        return Shown(ELAPSED)
    text = _BRACKET.sub("", text)
    text = re.sub(r"(?<=s)\.0+", "", text, flags=re.IGNORECASE)  # fractions of seconds
    if "general" in text.lower() or re.search(r"[0#?]", text):
        return PLAIN
    clock = bool(_AM_PM.search(text))
    text = _AM_PM.sub("", text).lower()
    clock = clock or "h" in text or "s" in text
    # e, g (and b) are years and eras in the East Asian locales, Thai years.
    day = any(char in text for char in "ydegb") or ("m" in text and not clock)
    if day:
        return Shown(MOMENT if clock else DATE)
    return Shown(TIME) if clock else PLAIN


def show_number(raw: str) -> str:
    """Return a number as text: no `.0`, long digits exact, no float noise (0.1, not 0.1000…1)."""
    raw = raw.strip()
    if _PLAIN_INTEGER.fullmatch(raw):
        return raw
    try:
        number = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(number):
        return raw
    if number == int(number):
        if abs(number) < _EXACT:
            return str(int(number))
        return _exact(raw)
    text = repr(number)
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa}E{int(exponent):+03d}"


def show(raw: str, shown: Shown, epoch1904: bool) -> str:
    """Return a number as its style shows it: dates and times in ISO form."""
    if shown.kind == GENERAL:
        return show_number(raw)
    if shown.kind == ZEROS:
        text = show_number(raw)
        return text.zfill(shown.digits) if text.isdigit() else text
    try:
        serial = float(raw)
    except ValueError:
        return raw
    if not math.isfinite(serial) or serial < 0 or serial >= _LAST_SERIAL:
        return show_number(raw)
    if shown.kind == ELAPSED:
        return _clock(round(serial * 86_400))
    if shown.kind == TIME:
        return _clock(round(serial % 1 * 86_400) % 86_400)
    return _moment(raw, serial, shown.kind, epoch1904)


def _moment(raw: str, serial: float, kind: str, epoch1904: bool) -> str:
    """Show a serial day number; in the 1900 system day 60 is a 29 February that never was."""
    if kind == DATE:
        day, seconds = math.floor(serial), 0
    else:
        day, seconds = divmod(round(serial * 86_400), 86_400)
    if epoch1904:
        start = datetime(1904, 1, 1)
    elif day == 60:
        return "1900-02-29"
    elif day == 0:
        return _clock(seconds) if kind == MOMENT else show_number(raw)
    else:
        start = datetime(1899, 12, 30) if day > 60 else datetime(1899, 12, 31)
    try:
        moment = start + timedelta(days=day, seconds=seconds)
    except OverflowError:
        return show_number(raw)
    return moment.isoformat(" ") if seconds else moment.date().isoformat()


def _clock(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}"


def _exact(raw: str) -> str:
    """Write a whole number of 15 digits and more out, as far as its text goes."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw
    if number.adjusted() > 30:
        return raw.upper()
    return format(number.to_integral_value(), "f")


def _shown(number: int, codes: dict[int, str]) -> Shown:
    if number in codes:
        return kind_of(codes[number])
    return Shown(_BUILT_IN.get(number, GENERAL))


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdigit() else 0
