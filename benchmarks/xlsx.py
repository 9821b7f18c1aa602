"""Reading and annotating an XLSX workbook, beside openpyxl doing the same in the same run.

python benchmarks/xlsx.py [ROWS]     (100,000 by default)

Reading: openpyxl read-only, values alone; ours makes a Listing, in a process of its own.
Annotating: openpyxl load, five columns, save; ours splices five columns into the sheet part. Both
pack with deflate level 6. Each figure comes from a fresh process; memory is what the process
needed beyond what it held before (libraries, and for ours the list that was read).
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

COLUMNS = ("verdict", "codes", "reason", "suggestion", "note")
TEXTS = (
    "send",
    "D401 C511",
    "The domain does not exist, and no mail server takes its mail.",
    "",
    "x",
)


def generate(path: Path, rows: int) -> None:
    """Write a workbook of eight columns as a spreadsheet program would: shared strings, styles."""
    import zipfile
    from xml.sax.saxutils import escape

    dice = random.Random(20261123)
    strings: dict[str, int] = {}
    first = date(2025, 1, 1)

    def text(column: str, row: int, value: str) -> str:
        place = strings.setdefault(value, len(strings))
        return f'<c r="{column}{row}" t="s"><v>{place}</v></c>'

    lines = [""]
    header = (
        "Email",
        "First name",
        "Last name",
        "Company",
        "Phone",
        "Last mailed",
        "Consent",
        "Id",
    )
    cells = "".join(text(chr(65 + i), 1, name) for i, name in enumerate(header))
    lines.append(f'<row r="1" spans="1:8">{cells}</row>')
    for row in range(2, rows + 2):
        day = (first + timedelta(days=dice.randrange(600)) - date(1899, 12, 30)).days
        lines.append(
            f'<row r="{row}" spans="1:8">'
            + text("A", row, f"user{row}@shop{dice.randrange(30000)}.example.com")
            + text("B", row, dice.choice(("Ann", "Bob", "太郎", "花子")))
            + text("C", row, dice.choice(("Sato", "Smith", "鈴木", "高橋")))
            + text("D", row, f"Example {dice.randrange(5000)} Co. & Sons")
            + text("E", row, f"0{dice.randrange(10**9, 10**10)}")
            + f'<c r="F{row}" s="1"><v>{day}</v></c>'
            + text("G", row, "yes")
            + f'<c r="H{row}"><v>{row}</v></c></row>'
        )
    items = "".join(f"<si><t>{escape(value)}</t></si>" for value in strings)
    _package(path, "".join(lines), items, zipfile.ZIP_DEFLATED)


def _package(path: Path, rows: str, items: str, compression: int) -> None:
    import zipfile

    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": "<Types xmlns="
        '"http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(
            f'<Override PartName="/xl/{name}.xml" ContentType="{kind}.{what}+xml"/>'
            for name, what in (
                ("workbook", "sheet.main"),
                ("worksheets/sheet1", "worksheet"),
                ("styles", "styles"),
                ("sharedStrings", "sharedStrings"),
            )
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{links}"><Relationship Id="rId1" '
        f'Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets>'
        '<sheet name="Contacts" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{links}">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{kinds}/{what}" Target="{target}.xml"/>'
            for n, what, target in (
                (1, "worksheet", "worksheets/sheet1"),
                (2, "styles", "styles"),
                (3, "sharedStrings", "sharedStrings"),
            )
        )
        + "</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><fonts count="1"><font/></fonts><fills '
        'count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
        '<xf numFmtId="0"/><xf numFmtId="14" '
        'applyNumberFormat="1"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{items}</sst>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>'
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w", compression, compresslevel=6) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)


def read_theirs(path: Path, out: Path) -> None:
    """Pass over the values of the sheet."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass


def read_ours(path: Path, out: Path) -> None:
    """Read a Listing."""
    from listhygiene.model.listing import ReadOptions
    from listhygiene.readers.xlsx import read

    read(path, ReadOptions())


def annotate_theirs(path: Path, out: Path) -> None:
    """Load, add five columns, save."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    sheet = book.active
    last = sheet.max_column
    for place, name in enumerate(COLUMNS, start=1):
        sheet.cell(1, last + place, name)
        for row in range(2, sheet.max_row + 1):
            if TEXTS[place - 1]:
                sheet.cell(row, last + place, TEXTS[place - 1])
    book.save(out)


def prepare_ours(path: Path) -> Callable[[Path, Path], None]:
    """Read the list and make its columns; return the writing, which is what is measured."""
    import pandas as pd

    from listhygiene.model.listing import TEXT, Edits, ReadOptions
    from listhygiene.readers.xlsx import read
    from listhygiene.writers.xlsx import write

    listing = read(path, ReadOptions())
    columns = {
        f"listhygiene_{name}": pd.Series([text] * len(listing.frame), dtype=TEXT)
        for name, text in zip(COLUMNS, TEXTS, strict=True)
    }
    edits = Edits(columns=columns)

    def annotate(path: Path, out: Path) -> None:
        write(listing, edits, out)

    return annotate


def run(what: str, path: Path, out: Path) -> None:
    """Do one thing in this process and print wall seconds, CPU seconds and MiB."""
    import openpyxl  # noqa: F401  # loading libraries is not part of what is measured
    import pandas  # noqa: F401
    import pyarrow.compute  # noqa: F401

    steps = {"read_theirs": read_theirs, "read_ours": read_ours, "annotate_theirs": annotate_theirs}
    step = steps.get(what) or prepare_ours(path)
    before, start, used = _resident(), time.perf_counter(), os.times()
    _forget_peak()
    step(path, out)
    wall, now = time.perf_counter() - start, os.times()
    cpu = sum(now[:4]) - sum(used[:4])
    print(wall, cpu, _peak() - before)


def _status(name: str) -> float:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name)), 0.0)


def _resident() -> float:
    return _status("VmRSS:")


def _peak() -> float:
    return _status("VmHWM:")


def _forget_peak() -> None:
    """Start the peak of resident memory anew (Linux, proc(5))."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def measure(what: str, path: Path, times: int) -> list[float]:
    """Run one thing several times, each in a fresh process; return the medians."""
    runs = []
    for _ in range(times):
        out = path.with_name("out.xlsx")
        command = [sys.executable, __file__, "--run", what, str(path), str(out)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        runs.append([float(one) for one in done.stdout.split()])
        out.unlink(missing_ok=True)
    return [sorted(column)[len(column) // 2] for column in zip(*runs, strict=True)]


def main(rows: int) -> None:
    """Print a line a thing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        generate(path, rows)
        print(f"{rows:,} rows x 8 columns, {path.stat().st_size / 1e6:.1f} MB")
        for what, title in (("read", "reading"), ("annotate", "annotating")):
            theirs = measure(f"{what}_theirs", path, 1)
            ours = measure(f"{what}_ours", path, 3)
            for who, one in (("openpyxl", theirs), ("listhygiene", ours)):
                print(
                    f"{title:10} {who:12} {one[0]:6.2f} s, CPU {one[1]:6.2f} s, {one[2]:5.0f} MiB"
                )
            ratios = [theirs[place] / max(ours[place], 1e-9) for place in range(3)]
            print(
                f"           {ratios[0]:.1f} times faster, {ratios[1]:.1f} times less CPU, "
                f"{ratios[2]:.1f} times less memory",
                flush=True,
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        run(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
