"""Regions: the cell that a finding names is what an editor marks at its lines and columns."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listhygiene.delimited.records import read_field
from listhygiene.delimited.regions import Region, find_regions
from listhygiene.model.listing import Listing, ReadOptions
from listhygiene.readers import read


def cut(text: str, region: Region) -> str:
    """Take a region out of a text as an editor would, by lines and columns."""
    lines = re.split("(?<=\n)", text)[region.line - 1 : region.end_line]
    lines[-1] = lines[-1][: region.end_column - 1]
    lines[0] = lines[0][region.column - 1 :]
    return "".join(lines)


def listed(path: Path, content: bytes, **how: str) -> Listing:
    path.write_bytes(content)
    return read(str(path), ReadOptions(**how))


PLACES = [
    (0, 0, '"Ann, B"', (2, 1, 2, 9)),
    (0, 1, "ann@example.com ", (2, 10, 2, 26)),
    (1, 0, "山田", (3, 1, 3, 3)),
    (1, 1, '"taro@example,com"', (3, 4, 3, 22)),
    (2, 0, '"two\r\nlines"', (4, 1, 5, 7)),
    (2, 1, "𠮷@example.com", (5, 8, 5, 21)),
    (-1, 1, "email", (1, 6, 1, 11)),
]
TEXT = (
    'name,email\r\n"Ann, B",ann@example.com \r\n山田,"taro@example,com"\r\n'
    '"two\r\nlines",𠮷@example.com\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_columns_are_characters_whatever_the_encoding(tmp_path: Path, encoding: str) -> None:
    listing = listed(tmp_path / "list.csv", TEXT.encode(encoding), encoding=encoding)
    found = find_regions(listing, [(row, column) for row, column, _, _ in PLACES])
    for row, column, shown, (line, start, last, end) in PLACES:
        region = found[row, column]
        assert region == Region(line, start, last, end), shown
        assert cut(TEXT, region) == shown


def test_a_row_as_a_whole_takes_its_lines(tmp_path: Path) -> None:
    listing = listed(tmp_path / "list.csv", TEXT.encode())
    assert find_regions(listing, [(0, -1), (2, -1), (2, 9)]) == {
        (0, -1): Region(2, 0, 2, 0),
        (2, -1): Region(4, 0, 5, 0),
        (2, 9): Region(4, 0, 5, 0),
    }


def test_rows_below_a_preamble_and_among_blank_lines(tmp_path: Path) -> None:
    text = "Export of May\n\nname;email\n\nAnn;ann@example.com\n\nBo;bo@example.com\n"
    listing = listed(tmp_path / "list.csv", text.encode())
    found = find_regions(listing, [(-1, 1), (0, 1), (1, 0)])
    assert [cut(text, found[one]) for one in [(-1, 1), (0, 1), (1, 0)]] == [
        "email",
        "ann@example.com",
        "Bo",
    ]


def test_lines_that_end_as_on_the_classic_mac(tmp_path: Path) -> None:
    listing = listed(tmp_path / "list.csv", b'name,email\r"A\rB",a@example.com\rC,c@example.com\r')
    assert find_regions(listing, [(0, 1), (1, 1)]) == {
        (0, 1): Region(3, 4, 3, 17),
        (1, 1): Region(4, 3, 4, 16),
    }


def test_a_file_that_changed_or_went_has_no_regions(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    listing = listed(path, TEXT.encode())
    path.write_bytes(b"more,\n" + TEXT.encode())
    assert find_regions(listing, [(0, 0)]) == {}
    path.unlink()
    assert find_regions(listing, [(0, 0)]) == {}


CELLS = st.text(st.sampled_from('ab ,;"\n山𠮷é@.'), max_size=8)


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), quoting=st.booleans())
def test_every_region_reads_as_its_cell(
    rows: list[tuple[str, str]], quoting: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stream = io.StringIO(newline="")
    style = csv.QUOTE_ALL if quoting else csv.QUOTE_MINIMAL
    writer = csv.writer(stream, lineterminator="\n", quoting=style)
    writer.writerow(("name", "email"))
    writer.writerows((*one, "x@example.com") for one in rows)
    text = stream.getvalue().replace("name,email", "name,note,email")
    path = tmp_path_factory.mktemp("regions") / "list.csv"
    listing = listed(path, text.encode(), delimiter=",", encoding="utf-8")
    cells = [
        (row, column) for row in range(len(listing.frame)) for column in range(len(listing.header))
    ]
    found = find_regions(listing, cells)
    for row, column in cells:
        if row in listing.unbalanced:
            continue
        said = read_field(cut(text, found[row, column]).encode()).decode()
        assert said == listing.frame.iloc[row, column]
