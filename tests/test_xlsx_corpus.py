"""Real workbooks there and back: nothing but the plan changes, in any of them."""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
import shutil
import subprocess
import warnings
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from listhygiene.model.errors import ListHygieneError, UnreadableList, UnwritableList
from listhygiene.model.listing import Edits, Listing, ReadOptions
from listhygiene.readers.xlsx import read
from listhygiene.writers.xlsx import restore, write
from workbooks import COLUMNS, annotated, parts_of, read_here, save

CORPORA = os.environ.get("LISTHYGIENE_CORPORA")
FOLDER = Path(CORPORA) / "workbooks" if CORPORA else None
FILES = sorted(FOLDER.rglob("*.xls[xm]")) if FOLDER and FOLDER.is_dir() else []

VOLATILE = re.compile(rb"(?:RAND|RANDBETWEEN|RANDARRAY|NOW|TODAY|OFFSET|CELL|INFO)\(")

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not FILES, reason="LISTHYGIENE_CORPORA names no folder with workbooks"),
]


def lists() -> list[tuple[Path, Listing]]:
    found = []
    for path in FILES:
        try:
            found.append((path, read_here(path)))
        except UnreadableList:
            continue
    return found


@pytest.fixture(scope="module")
def listings() -> list[tuple[Path, Listing]]:
    return lists()


def test_hardly_any_is_refused() -> None:
    """An empty workbook holds no list, which is no refusal; a wrongly refused one is."""
    refused = []
    for path in FILES:
        try:
            read_here(path)
        except UnreadableList as error:
            if "empty" not in error.problem and "hidden" not in error.problem:
                refused.append((path.name, error.problem))
    assert len(refused) < len(FILES) / 100, refused


def edits_for(listing: Listing) -> Edits:
    """Annotate, and change one cell that may be changed."""
    if not listing.frame.size:
        return annotated(listing)
    for row in range(len(listing.frame)):
        for column in listing.frame.columns:
            fixed = any(
                row in places.get(str(column), ()) for places in listing.facts["fixed"].values()
            )
            if listing.frame.iat[row, column] and not fixed:
                return annotated(listing, cells={(row, column): "changed@example.com"})
    return annotated(listing)


def test_there_and_back(tmp_path: Path, listings: list[tuple[Path, Listing]]) -> None:
    out, again = tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    refused = []
    for path, listing in listings:
        edits = edits_for(listing)
        try:
            restoring = write(listing, edits, out.with_suffix(path.suffix))
        except UnwritableList as error:
            refused.append((path.name, str(error)))
            continue
        written = out.with_suffix(path.suffix)
        assert restore(written.read_bytes(), restoring) == path.read_bytes(), path.name
        check_parts(path, written, listing)
        result = check_cells(path, written, listing, edits)
        target = again.with_suffix(path.suffix)
        write(result, Edits(columns=edits.columns), target)
        assert target.read_bytes() == written.read_bytes(), path.name
    assert len(refused) <= len(listings) / 50, refused


def check_parts(path: Path, written: Path, listing: Listing) -> None:
    """All parts but the sheet and what follows it are the same bytes, in the same order."""
    before, after = parts_of(path), parts_of(written)
    assert list(before) == list(after), path.name
    table = listing.facts["table"] or {}
    allowed = {listing.facts["part"], "xl/styles.xml", "xl/workbook.xml", table.get("part")}
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= allowed, (path.name, changed)
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(written) as other:
        for old, new in zip(one.infolist(), other.infolist(), strict=True):
            assert old.date_time == new.date_time
            assert old.compress_size == new.compress_size or old.filename in changed


def check_cells(path: Path, written: Path, listing: Listing, edits: Edits) -> Listing:
    """Every cell reads as before, but for the plan."""
    result = read_here(written, listing.sheet)
    assert list(result.lines) == list(listing.lines), path.name
    expected = listing.frame.copy()
    for (row, column), text in edits.cells.items():
        expected.iat[row, column] = text
    for place, column in enumerate(listing.facts["columns"]):
        position = result.facts["columns"].index(column)
        assert list(result.frame[position]) == list(expected[place]), path.name
        assert result.header[position] == listing.header[place], path.name
    if listing.header_line is not None and len(listing.frame):
        for name in COLUMNS[:3]:
            position = result.header.index(name)
            assert list(result.frame[position]) == list(edits.columns[name]), path.name
    return result


def test_another_reader_sees_the_same(tmp_path: Path, listings: list[tuple[Path, Listing]]) -> None:
    """openpyxl opens the results and finds each cell outside the plan as it was."""
    compared = 0
    for path, listing in listings[::6]:
        if any(b':B1048576"' in body for body in parts_of(path).values()):
            continue  # openpyxl takes minutes for a merged range over a whole column
        edits = edits_for(listing)
        written = tmp_path / f"out{path.suffix}"
        try:
            write(listing, edits, written)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                one = openpyxl.load_workbook(path)[listing.sheet or ""]
        except (ListHygieneError, ValueError, KeyError, TypeError, AttributeError, OSError):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            other = openpyxl.load_workbook(written)[listing.sheet or ""]
        planned = {
            (int(listing.lines[row]), listing.facts["columns"][column])
            for row, column in edits.cells
        }
        for (row, column), cell in one._cells.items():
            if (row, column) in planned or cell.value is None:
                continue
            seen = other.cell(row, column)
            assert (value_of(seen), seen.style_id) == (value_of(cell), cell.style_id), path
            compared += 1
    assert compared > 500


def value_of(cell: openpyxl.cell.Cell) -> str:
    return str(getattr(cell.value, "text", cell.value))


def test_the_child_reads_the_same(listings: list[tuple[Path, Listing]]) -> None:
    for path, listing in listings[::60]:
        other = read(path, ReadOptions(sheet=listing.sheet))
        assert other.frame.equals(listing.frame)
        assert other.header == listing.header


def test_calamine_reads_the_same(listings: list[tuple[Path, Listing]]) -> None:
    """The fastest reader of others finds the same texts, where its kinds of value allow to tell."""
    import python_calamine

    compared = 0
    for path, listing in listings:
        try:
            sheet = python_calamine.load_workbook(path).get_sheet_by_name(listing.sheet)
        except python_calamine.CalamineError:
            continue
        top, left = sheet.start or (0, 0)
        table = sheet.to_python()
        for place, column in enumerate(listing.facts["columns"]):
            for line, text in zip(listing.lines, listing.frame[place], strict=True):
                row, number = int(line) - 1 - top, column - 1 - left
                cell = table[row][number] if row < len(table) and number < len(table[row]) else ""
                if isinstance(cell, str) and not text.startswith("#"):
                    assert text == cell, (path.name, line, column)
                    compared += 1
                elif type(cell) is float:
                    assert float(text) == pytest.approx(cell, rel=1e-14), (path.name, line, column)
                    compared += 1
    assert compared > 10_000


@pytest.mark.libreoffice
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
def test_libreoffice_reads_the_same(tmp_path: Path, listings: list[tuple[Path, Listing]]) -> None:
    """LibreOffice opens each result and shows the same cells, and the new ones behind them."""
    for kind in ("old", "new"):
        (tmp_path / kind).mkdir()
    for place, (path, listing) in enumerate(listings):
        if listing.facts["place"] != 0 or VOLATILE.search(b"".join(parts_of(path).values())):
            continue  # a CSV shows the first sheet; some formulas change by themselves
        name = f"{place:04d}{path.suffix}"
        try:
            write(listing, Edits(columns=annotated(listing).columns), tmp_path / "new" / name)
        except UnwritableList:
            continue
        shutil.copy(path, tmp_path / "old" / name)
    for kind in ("old", "new"):
        convert(tmp_path / kind, tmp_path / "profile")
    compared = 0
    for old in sorted((tmp_path / "old").glob("*.csv")):
        new = tmp_path / "new" / old.name
        assert new.exists(), old.name
        before, after = cells_of(old), cells_of(new)
        for row, cells in enumerate(before):
            for column, text in enumerate(cells):
                if text:
                    assert after[row][column] == text, (old.name, row, column)
                    compared += 1
        assert any("listhygiene_verdict" in row or "send" in row for row in after), old.name
    assert compared > 5000


def convert(folder: Path, profile: Path) -> None:
    """Have LibreOffice write each workbook of a folder as CSV; one that ends it is passed over."""
    left = sorted(folder.glob("*.xls?"))
    while left:
        subprocess.run(
            ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
             "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(folder),
             *map(str, left[:60])],
            check=False, capture_output=True, timeout=600,
        )  # fmt: skip
        tried, left = left[:60], left[60:]
        undone = [one for one in tried if not one.with_suffix(".csv").exists()]
        left = undone[1:] + left


def cells_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_naughty_strings_survive(tmp_path: Path) -> None:
    """Each of the Big List of Naughty Strings comes back from both kinds of writing."""
    texts = json.loads((Path(CORPORA or "") / "text" / "blns.json").read_text("utf-8"))
    texts = [text for text in texts if text]
    path = tmp_path / "a.xlsx"
    save(path, [["Email", "Text"], *([f"a{n}@example.com", "x"] for n in range(len(texts)))])
    listing = read_here(path)
    cells = {(row, 1): text for row, text in enumerate(texts)}
    keep = np.ones(len(texts), dtype=bool)
    for edits in (Edits(cells=cells), Edits(cells=cells, keep=keep)):
        write(listing, edits, tmp_path / "out.xlsx")
        assert list(read_here(tmp_path / "out.xlsx").frame[1]) == texts
        sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
        assert {cell.data_type for row in sheet for cell in row} == {"s"}


@pytest.mark.libreoffice
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed")
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_other_formats_are_read_and_come_back_as_xlsx(tmp_path: Path, kind: str) -> None:
    rows = [["Email", "Phone", "Last mailed", "Id"], ["taro@example.jp", "0901", None, 12345678901]]
    book = save(tmp_path / "a.xlsx", rows)
    book.active["C2"] = datetime.datetime(2026, 5, 1)
    book.active.title = "顧客"
    book.save(tmp_path / "a.xlsx")
    profile = (tmp_path / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind,
         "--outdir", str(tmp_path), str(tmp_path / "a.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    listing = read(tmp_path / f"a.{kind}", ReadOptions())
    assert (listing.format, listing.sheet) == (kind, "顧客")
    assert list(listing.frame.loc[0]) == ["taro@example.jp", "0901", "2026-05-01", "12345678901"]
    write(listing, annotated(listing), tmp_path / "out.xlsx")
    again = read(tmp_path / "out.xlsx", ReadOptions())
    assert again.header == (*listing.header, *COLUMNS)
    assert list(again.frame.loc[0])[:4] == list(listing.frame.loc[0])
