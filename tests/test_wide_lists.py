"""Lists of thousands of columns: judged as narrow ones are, at a cost that grows with the cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import listhygiene
from hall import make_policy, write_list
from listhygiene import lint
from listhygiene.cleaning import clean
from listhygiene.content import look
from listhygiene.delimited import columns as delimited_columns
from listhygiene.formulas import find_formulas, formula_cells
from listhygiene.frames import listing_of
from listhygiene.model.contacts import place_type
from listhygiene.model.listing import TEXT, ReadOptions, let_go
from listhygiene.readers import read
from listhygiene.reports import render
from listhygiene.reports.options import Presentation

AS_OF = pd.Timestamp("2026-11-23")
CELLS = st.sampled_from(
    [
        *(
            "",
            " ",
            "\u200b",
            "なし",
            "-",
            "@taro",
            "ann@example.com",
            "ａｎｎ＠example.com",
            "12.5",
        ),
        *("1/2/2023", "13/2/2023", "令和6年5月1日", "令和十 年5月1日", "45000", "'45000'", "=1+1"),
        *("03-1234-5678", "株式会社例", "Ann", "山田太郎", "+81 90 1234 5678", "-5", "\t=x"),
    ]
)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    rows = draw(st.integers(0, 5))
    columns = draw(st.lists(st.lists(CELLS, min_size=rows, max_size=rows), max_size=6))
    made = {place: pd.Series(one, dtype=TEXT) for place, one in enumerate(columns)}
    return pd.DataFrame(made, index=pd.RangeIndex(rows))


@given(frames())
def test_columns_look_the_same_together_and_alone(frame: pd.DataFrame) -> None:
    alone = [look(frame[[place]], AS_OF)[0] for place in frame]
    assert look(frame, AS_OF) == alone


@given(frames())
def test_formulas_are_counted_in_each_column(frame: pd.DataFrame) -> None:
    alone = [int(find_formulas(frame[place]).sum()) for place in frame]
    assert formula_cells(frame).tolist() == alone


def wide_rows(columns: int, rows: int = 3) -> list[list[str]]:
    header = ["email", *(f"c{number}" for number in range(1, columns))]
    cells = [[f"{row}x{number}" for number in range(1, columns)] for row in range(rows)]
    return [header, *([f" ann{row}@example.com", *one] for row, one in enumerate(cells))]


def test_a_wide_csv_is_read_checked_and_cleaned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[None] = []
    monkeypatch.setattr(delimited_columns, "give_back", lambda: given_back.append(None))
    path = write_list(tmp_path / "wide.csv", wide_rows(3000))
    report = listhygiene.check(str(path), make_policy())
    assert len(report.lists[0].contacts.headers) == 3000
    assert len(given_back) < 30  # each time costs milliseconds: not once a column
    out = tmp_path / "out.csv"
    clean(str(path), str(out), make_policy())
    line = out.read_text(encoding="utf-8").splitlines()[1].split(",")
    assert line[0] == "ann0@example.com"
    assert line[2999] == "0x2999"


@pytest.mark.parametrize("columns", [1, 32_767, 32_768, 100_000])
def test_each_position_fits_its_type(columns: int) -> None:
    assert np.array([-1, columns - 1], dtype=place_type(columns)).tolist() == [-1, columns - 1]


def test_cells_are_let_go_for_every_holder() -> None:
    listing = listing_of(pd.DataFrame({"email": ["ann@example.com"], "name": ["Ann"]}))
    other = replace(listing, path="other.csv")
    let_go(listing)
    assert other.frame.shape == (1, 0)


def test_columns_share_the_details_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[int] = []
    whole = lint.pa.concat_arrays

    def concat_arrays(arrays: list[object]) -> object:
        joined.append(sum(map(len, arrays)))  # type: ignore[arg-type]
        return whole(arrays)

    monkeypatch.setattr(lint.pa, "concat_arrays", concat_arrays)
    cells = [f"ann{place} x@example.com" for place in range(300)]
    report = listhygiene.check(pd.DataFrame([cells], columns=["email"] * 300), make_policy())
    assert len(report.lists[0].findings) >= 300
    assert max(joined) < 300 * 20


@pytest.mark.parametrize("stream", [True, False])
def test_a_wide_sheet_is_read(tmp_path: Path, stream: bool) -> None:
    book = openpyxl.Workbook(write_only=stream)
    sheet = book.create_sheet("S", 0)
    sheet.append(["email", *(f"c{number}" for number in range(1, 1000))])
    for row in range(3):
        cells = [f"a & b {row}_{number}" for number in range(1, 999)]
        sheet.append([f"ann{row}@example.com", *cells, row])
    book.save(tmp_path / "wide.xlsx")
    listing = read(tmp_path / "wide.xlsx", ReadOptions())
    assert listing.frame.shape == (3, 1000)
    assert listing.frame[7].tolist() == ["a & b 0_7", "a & b 1_7", "a & b 2_7"]
    assert listing.frame[999].tolist() == ["0", "1", "2"]


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_report_names_the_first_of_many_columns(form: str) -> None:
    row = [f"a{place}@example.com" for place in range(300)]
    report = listhygiene.check(pd.DataFrame([row], columns=["email"] * 300), make_policy())
    text = render(report, form, Presentation())
    assert "… (300)" in text
    assert text.count("email = email") == 30
