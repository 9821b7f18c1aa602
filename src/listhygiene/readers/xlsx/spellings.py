"""What calamine passes over or stumbles on in XLS, XLSB and ODS, put as it reads it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

# [MS-XLSB] 2.3.2: cells that follow their left neighbour say no column; the type of each is 11
# more than that of the same cell with its column (BrtCellBlank to BrtCellIsst).
_ROW, _SHORT, _APART = 0, range(12, 19), 11
_CELLS = range(1, 12)
# Errors, which calamine reads as blank cells, become texts: [MS-XLSB] 2.4.309 BrtCellError and
# 2.4.684 BrtFmlaError to BrtCellSt; their codes: [MS-XLS] 2.5.10 Bes.
_OF_ERROR, _TEXT = (3, 11), 6
_SHOWN = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_CODES = rb"[\x00\x07\x0f\x17\x1d\x24\x2a]"
# [MS-XLS] 2.4.127 Formula with the value of 2.5.133 FormulaValue; 2.4.24 BoolErr.
_FORMULA = re.compile(
    rb"\x06\x00(?P<length>[\x16-\xff].|.[\x01-\x1f])(?P<cell>.{6})\x02.(?P<code>%b)...\xff\xff"
    % _CODES,
    re.DOTALL,
)
_CONSTANT = re.compile(rb"\x05\x02\x08\x00.{6}%b\x01" % _CODES, re.DOTALL)
# White space between the elements of a table means nothing (ODF 1.3 part 3, 1.4 and 9.1).
_TAB = re.compile(rb"<text:tab(?:\s[^<>]*)?/>|<text:tab></text:tab>")
_ERROR = re.compile(rb'<table:table-cell(?=\s)[^<>]*\scalcext:value-type="error"[^<>]*>')
_BETWEEN = re.compile(rb"(<(?:/?table:[^<>]*|/text:p|text:p[^<>]*/)>)\s+(?=</?table:)")


def spelt_out(path: Path, kind: str) -> io.BytesIO | None:
    """Return a workbook with its unusual spellings put the usual way; None where it has none.

    kind: "xls", "xlsb" or "ods". Raises OSError and zipfile.BadZipFile for what is no whole
    package.
    """
    if kind == "xls":
        return _with_errors(path.read_bytes())
    change, which = (
        (_with_columns, r"xl/worksheets/.*\.bin") if kind == "xlsb" else (_tight, r"content\.xml")
    )
    return _rewritten(path, change, re.compile(which, re.IGNORECASE))


def blank_errors(path: Path, kind: str) -> int:
    """Return how many typed-in errors of an XLS file read as blank: a text has no room there."""
    return len(_CONSTANT.findall(path.read_bytes())) if kind == "xls" else 0


def _with_errors(content: bytes) -> io.BytesIO | None:
    """Turn formulas of an XLS file whose value is an error into labels of the same length."""
    flags = b"\0" if "Workbook".encode("utf-16-le") in content else b""  # BIFF8 says how wide

    def label(found: re.Match[bytes]) -> bytes:
        text = _SHOWN[found["code"][0]].encode()
        made = b"\x04\x02" + found["length"] + found["cell"]
        return (made + struct.pack("<H", len(text)) + flags + text).ljust(len(found[0]), b"\0")

    made = bytearray(content)
    for found in _FORMULA.finditer(content):
        one = label(found)  # never longer than a formula, which has 26 bytes with its length
        made[found.start() : found.start() + len(one)] = one
    return io.BytesIO(made) if made != content else None


def _rewritten(
    path: Path, change: Callable[[bytes], bytes], which: re.Pattern[str]
) -> io.BytesIO | None:
    made: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if which.fullmatch(name):
                old = archive.read(name)
                new = change(old)
                if new != old:
                    made[name] = new
        if not made:
            return None
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as copy:
            for name in archive.namelist():
                copy.writestr(name, made[name] if name in made else archive.read(name))
    whole.seek(0)
    return whole


def _tight(content: bytes) -> bytes:
    """Take white space between elements out, write tabs as such, and let errors show their text."""
    content = _ERROR.sub(lambda cell: cell[0].replace(b' office:string-value=""', b""), content)
    return _BETWEEN.sub(rb"\1", _TAB.sub(b"&#9;", content))


def _with_columns(sheet: bytes) -> bytes:
    """Give each short cell of a sheet its column, and so the form that every reader knows."""
    parts: list[bytes] = []
    column, cursor = -1, 0
    for kind, start, body, end in _records(sheet):
        if kind == _ROW:
            column = -1
        elif kind in _CELLS and end - body >= 4:
            (column,) = struct.unpack_from("<I", sheet, body)
        elif kind in _SHORT:
            column += 1
        short = kind in _SHORT
        whole = kind - _APART if short else kind
        rest = sheet[body if short else body + 4 : end]
        if whole in _OF_ERROR and len(rest) >= 5:
            text = _SHOWN.get(rest[4], "#ERR!").encode("utf-16-le")
            rest, whole = rest[:4] + struct.pack("<I", len(text) // 2) + text, _TEXT
        elif not short:
            continue
        parts += [sheet[cursor:start], bytes([whole]), _length(len(rest) + 4)]
        parts += [struct.pack("<I", column), rest]
        cursor = end
    return b"".join([*parts, sheet[cursor:]]) if parts else sheet


def _records(content: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield each record: its type, where it starts, its content starts, and it ends (2.1.4)."""
    place, last = 0, len(content)
    while place < last:
        start = place
        kind = content[place]
        place += 1
        if kind & 0x80 and place < last:
            kind = kind & 0x7F | (content[place] & 0x7F) << 7
            place += 1
        size = shift = 0
        while place < last and shift < 28:
            part = content[place]
            place += 1
            size |= (part & 0x7F) << shift
            shift += 7
            if not part & 0x80:
                break
        yield kind, start, place, min(place + size, last)
        place += size


def _length(size: int) -> bytes:
    made = bytearray()
    while size > 0x7F:
        made.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*made, size])
