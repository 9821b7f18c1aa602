"""Workbooks built to do harm: each ends in one sentence or a small list, soon, and in memory."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from listhygiene.model.errors import ListHygieneError, UnreadableList
from listhygiene.model.listing import ReadOptions
from listhygiene.readers.xlsx import child, read
from workbooks import HEADER, ROWS, package, parts_of, read_here, save, sheet_xml, text_rows

LIST = text_rows([HEADER, *ROWS])
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def far_cell(path: Path) -> None:
    package(path, sheet_xml(LIST + FAR))


def far_columns(path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(5, 1000))
    package(path, sheet_xml(LIST + rows))


def wide_merge(path: Path) -> None:
    package(path, sheet_xml(LIST, tail='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))


def strewn(path: Path) -> None:
    """One cell a row, each in another column: as a table 16,384 x 40,000 cells."""
    names = [cell_name(n % 16384 + 1) for n in range(40000)]
    rows = "".join(
        f'<row r="{n}"><c r="{names[n - 5]}{n}"><v>1</v></c></row>' for n in range(5, 40005)
    )
    package(path, sheet_xml(LIST + rows))


def cell_name(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def doctype(path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    sheet = sheet_xml(LIST)
    end = sheet.index("?>") + 2
    package(path, sheet[:end] + bomb + sheet[end:])


def doctype_in_workbook(path: Path) -> None:
    save(path)
    parts = parts_of(path)
    parts["xl/workbook.xml"] = (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + parts["xl/workbook.xml"]
    )
    write(path, parts)


def doctype_in_strings(path: Path) -> None:
    link = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/sharedStrings" Target="sharedStrings.xml"/>'
    )
    strings = '<!DOCTYPE sst [<!ENTITY a "b">]><sst><si><t>&a;</t></si></sst>'
    package(path, sheet_xml(LIST), links=link, parts={"xl/sharedStrings.xml": strings})


def bomb(path: Path) -> None:
    """200 MB of spaces in 200 kB."""
    save(path)
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/image1.png", "w") as stream,
    ):
        for _ in range(200):
            stream.write(b" " * (1 << 20))


def lying_size(path: Path) -> None:
    """A sheet that unpacks to more than it says."""
    package(path, sheet_xml(LIST + " " * 1_000_000))
    change_directory(path, b"xl/worksheets/sheet1.xml", 24, struct.pack("<L", 500))


def bad_checksum(path: Path) -> None:
    package(path, sheet_xml(LIST))
    change_directory(path, b"xl/worksheets/sheet1.xml", 16, b"\1\2\3\4")


def overlapping(path: Path) -> None:
    """Two directory entries that share one packed part."""
    package(path, sheet_xml(LIST), parts={"xl/a.bin": b"x" * 99})
    raw = path.read_bytes()
    first = raw.index(b"PK\x01\x02")
    place = raw.index(b"xl/a.bin", first) - 46
    offset = struct.unpack_from("<L", raw, place + 42)[0]
    change_directory(path, b"xl/a.bin", 20, struct.pack("<L", len(raw) - offset))


def doubled(path: Path) -> None:
    package(path, sheet_xml(LIST))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("XL/worksheets/Sheet1.xml", sheet_xml(""))


def escaping(path: Path) -> None:
    package(path, sheet_xml(LIST), parts={"../../outside.txt": "x"})


def many_parts(path: Path) -> None:
    package(path, sheet_xml(LIST), parts={f"xl/p{n}": "" for n in range(12_000)})


def row_number_too_large(path: Path) -> None:
    package(path, sheet_xml(LIST + '<row r="99999999"/>'))


def row_without_end(path: Path) -> None:
    package(path, sheet_xml(LIST).replace("</row></sheetData>", "</sheetData>"))


def no_sheet(path: Path) -> None:
    save(path)
    parts = parts_of(path)
    del parts["xl/worksheets/sheet1.xml"]
    write(path, parts)


def no_workbook(path: Path) -> None:
    write(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"})


def broken_xml(path: Path) -> None:
    save(path)
    parts = parts_of(path)
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"][:-20]
    write(path, parts)


def write(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)


def change_directory(path: Path, name: bytes, place: int, new: bytes) -> None:
    """Change a field of a member's record in the central directory."""
    raw = bytearray(path.read_bytes())
    entry = raw.index(name, raw.index(b"PK\x01\x02")) - 46
    raw[entry + place : entry + place + len(new)] = new
    path.write_bytes(bytes(raw))


REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (strewn, "strewn over"),
    (doctype, "document type"),
    (doctype_in_workbook, "document type"),
    (doctype_in_strings, "document type"),
    (bomb, "as a zip bomb does"),
    (lying_size, "fails its checksum"),
    (bad_checksum, "fails its checksum"),
    (overlapping, "overlap"),
    (doubled, "twice"),
    (escaping, "leads out of the package"),
    (many_parts, "parts"),
    (row_number_too_large, "numbers a row 99999999"),
    (row_without_end, "no end"),
    (no_sheet, "workbook is empty|missing"),
    (no_workbook, "no Excel workbook"),
    (broken_xml, "no well-formed XML"),
]


@pytest.mark.parametrize(("make", "words"), REFUSED, ids=[make.__name__ for make, _ in REFUSED])
def test_refused_in_one_sentence(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    path = tmp_path / "a.xlsx"
    make(path)
    start = time.monotonic()
    with pytest.raises(UnreadableList, match=words) as caught:
        read_here(path)
    assert time.monotonic() - start < 20
    assert caught.value.remedy
    assert "@" not in str(caught.value)


@pytest.mark.parametrize("make", [far_cell, far_columns, wide_merge])
def test_read_as_the_few_cells_it_holds(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "a.xlsx"
    make(path)
    start = time.monotonic()
    listing = read_here(path)
    assert time.monotonic() - start < 5
    assert listing.header[:3] == HEADER
    assert list(listing.frame[0][:3]) == [row[0] for row in ROWS]
    assert listing.frame.size < 10_000


@pytest.mark.skipif(os.name != "posix", reason="limits need POSIX")
def test_the_child_has_limits() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import child\n"
        "print(child.limit(1 << 30, 1)); sys.stdout.flush()\n"
        "try:\n    bytearray(2 << 30)\nexcept MemoryError:\n    print('no memory')\n"
        "while True: pass\n"
    )
    folder = str(Path(child.__file__).parent)
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, folder], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split("\n")[:2] == ["True", "no memory"]
    assert done.returncode < 0


def test_a_dying_child_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a.xlsx")
    monkeypatch.setattr("listhygiene.readers.xlsx._MEMORY", 1 << 20)
    monkeypatch.setattr("listhygiene.readers.xlsx._MOST_MEMORY", 1 << 20)
    if os.name == "posix":
        with pytest.raises(UnreadableList, match="ran out of memory or time"):
            read(tmp_path / "a.xlsx", ReadOptions())


def test_a_slow_child_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "a.xlsx")
    monkeypatch.setattr("listhygiene.readers.xlsx._SECONDS", 0)
    with pytest.raises(UnreadableList, match=r"more than 0 seconds|out of memory or time"):
        read(tmp_path / "a.xlsx", ReadOptions())


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_flipped_bytes_never_crash(tmp_path: Path, share: float) -> None:
    """Whatever byte is wrong, the reader answers with a list or with an error of ours."""
    save(tmp_path / "a.xlsx")
    raw = bytearray((tmp_path / "a.xlsx").read_bytes())
    start = int(len(raw) * share)
    for place in range(start, min(start + 400, len(raw)), 7):
        changed = raw.copy()
        changed[place] ^= 0x55
        (tmp_path / "b.xlsx").write_bytes(changed)
        with contextlib.suppress(ListHygieneError):
            read_here(tmp_path / "b.xlsx")
