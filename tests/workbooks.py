"""Workbooks for tests: built with openpyxl, or written part by part where every byte counts."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl
import pandas as pd

from listhygiene.model.listing import TEXT, Edits, Listing
from listhygiene.readers.xlsx import to_listing
from listhygiene.readers.xlsx.workbook import Wish, load

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/></Types>'
)
COLUMNS = (
    "listhygiene_verdict",
    "listhygiene_codes",
    "listhygiene_reason",
    "listhygiene_suggestion",
)
HEADER = ("Email", "Name", "Last mailed")
ROWS = (
    ("ann@example.com", "Ann", "2026-05-01"),
    ("bob@example.org", "Bob", "2026-06-01"),
    ("taro@example.net", "太郎", "2026-07-01"),
)


def save(path: Path, rows: Sequence[Sequence[object]] = (HEADER, *ROWS)) -> openpyxl.Workbook:
    """Save rows as the first sheet of a workbook; return the workbook for further changes."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return book


def sheet_xml(rows: str, head: str = "", tail: str = "", *, start: str = "<worksheet") -> str:
    """Return a worksheet part around the XML of its rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{start} xmlns="{MAIN}" '
        f'xmlns:r="{DOCUMENT}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    )


def text_rows(rows: Sequence[Sequence[str]], first: int = 1) -> str:
    """Return rows of inline strings as XML."""
    made = []
    for number, row in enumerate(rows, start=first):
        cells = "".join(
            f'<c r="{chr(65 + i)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for i, text in enumerate(row)
        )
        made.append(f'<row r="{number}">{cells}</row>')
    return "".join(made)


def package(
    path: Path,
    sheet: str | bytes,
    *,
    parts: Mapping[str, str | bytes] | None = None,
    workbook: str = "",
    names: str = "",
    links: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """Write a minimal workbook with one sheet and whatever other parts are given."""
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}">{workbook}<sheets>'
        f'<sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets>{names}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>{links}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(parts or {}),
    }
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, body in content.items():
            archive.writestr(name, body)
    return path


def read_here(path: Path, sheet: str | None = None, columns: Sequence[str] = ()) -> Listing:
    """Read a workbook in this process, without the child that guards it."""
    return to_listing(path, load(path, Wish(sheet, tuple(columns))))


def parts_of(path: Path) -> dict[str, bytes]:
    """Return every part of a package, in order."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def annotated(listing: Listing, **more: object) -> Edits:
    """Return edits that append the four columns, with a different text in each row."""
    rows = range(len(listing.frame))
    verdicts = ("send", "review", "hold")
    columns = {
        COLUMNS[0]: [verdicts[row % 3] for row in rows],
        COLUMNS[1]: ["" if row % 3 == 0 else "D401 C511" for row in rows],
        COLUMNS[2]: [f'=1+1 <b> & "{row}"' for row in rows],
        COLUMNS[3]: ["" for _ in rows],
    }
    made = {name: pd.Series(texts, dtype=TEXT) for name, texts in columns.items()}
    return Edits(columns=made, **more)  # type: ignore[arg-type]


def shown(path: Path) -> list[list[object]]:
    """Return the values of the first sheet as openpyxl sees them."""
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def old_workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write an XLS file: texts; a byte is the code of a formula's error, two of a typed-in one.

    [MS-XLS] 2.1.7: substreams of the workbook and of its sheet; [MS-CFB] 2.2 and 2.6: a compound
    file with a sector of places, one of names, and the stream.
    """

    def record(kind: int, body: bytes = b"") -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def cell(row: int, column: int, value: object) -> bytes:
        place = struct.pack("<HHH", row, column, 15)
        if isinstance(value, bytes) and len(value) == 1:
            value = b"\2\0" + value + b"\0\0\0\xff\xff"
            return record(6, place + value + bytes(6) + b"\3\0\x1c\x2a\0")
        if isinstance(value, bytes):
            return record(0x205, place + value[:1] + b"\1")
        text = str(value)
        return record(0x204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))

    begin = struct.pack("<HHHH", 0x600, 5, 0, 0) + bytes(8)
    globals_size = 20 + 4 + 8 + 5 + 4
    book = record(0x809, begin)
    book += record(0x85, struct.pack("<IHBB", globals_size, 0, 5, 0) + b"Peopl") + record(10)
    assert len(book) == globals_size
    book += record(0x809, begin[:2] + b"\x10" + begin[3:])
    book += b"".join(cell(y, x, one) for y, row in enumerate(rows) for x, one in enumerate(row))
    book = (book + record(10)).ljust(4096, b"\0")
    book += bytes(-len(book) % 512)

    def entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le") if name else b""
        head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        return (
            head + struct.pack("<iii", -1, -1, child) + bytes(36) + struct.pack("<IQ", start, size)
        )

    sectors = len(book) // 512
    chain = [-3, -2, *range(3, 2 + sectors), -2]
    table = struct.pack(f"<{len(chain)}i", *chain).ljust(512, b"\xff")
    names = entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + entry("Workbook", 2, 2, len(book), -1)
    names += 2 * entry("", 0, 0, 0, -1)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    head += struct.pack("<IIIIiIiI", 1, 1, 0, 4096, -2, 0, -2, 0) + struct.pack("<i", 0)
    path.write_bytes(head.ljust(512, b"\xff") + table + names + book)
    return path


def binary_workbook(path: Path, rows: Sequence[Sequence[object]], *, short: bool = False) -> Path:
    """Write a workbook in the binary form of [MS-XLSB]: texts, numbers, truths, blanks, errors.

    A lone byte is the code of an error.
    short: cells say no column, as some programs write them (BrtShortBlank and its like).
    """

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        size = len(body)
        length = bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
        return head + length + body

    def cell(column: int, value: object) -> bytes:
        place = b"" if short else struct.pack("<I", column)
        place += bytes(4)  # style, and whether furigana show
        if value is None:
            kind, body = 1, b""
        elif isinstance(value, bool):
            kind, body = 4, bytes([value])
        elif isinstance(value, bytes):
            kind, body = 3, value
        elif isinstance(value, int | float):
            kind, body = 5, struct.pack("<d", value)
        else:
            kind, body = 6, text(str(value))
        return record(kind + 11 if short else kind, place + body)

    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = record(129) + record(148, size) + record(145)
    for number, row in enumerate(rows):
        head = struct.pack("<IIHHBI", number, 0, 320, 0, 0, 1) + struct.pack("<II", 0, len(row) - 1)
        sheet += record(0, head) + b"".join(cell(place, value) for place, value in enumerate(row))
    sheet += record(146) + record(130)
    book = record(131) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Contacts"))
    book += record(144) + record(132)
    parts = {
        "[Content_Types].xml": CONTENT_TYPES.replace('.xml"', '.bin"'),
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{DOCUMENT}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        "xl/worksheets/sheet1.bin": sheet,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return path
