"""Dates are read as written, and never guessed."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.dates import column_order, read_dates
from listhygiene.model.listing import TEXT

AS_OF = pd.Timestamp("2026-11-23")


def told(*cells: str | None, order: str | None = None) -> tuple[list[str], str]:
    """Return a column's days, or how they were not read, and its order."""
    days, states, found = read_dates(pd.Series(list(cells), dtype=TEXT), order, AS_OF)
    assert days.dtype == "datetime64[s]"
    pairs = zip(days, states, strict=True)
    return [str(day.date()) if state == "ok" else str(state) for day, state in pairs], found


@pytest.mark.parametrize(
    "cell",
    [
        "2024-05-01",
        "2024-05-01T23:59:59Z",
        "2024-05-01 10:00:00.123456+09:00",
        "2024/05/01",
        "2024/5/1 9:05",
        "2024.5.1",
        "20240501",
        "20240501123000",
        "2024年5月1日",
        "2024年05月01日(水)",
        "2024年5月1日水曜日 10時23分",
        "2024/05/01(水)10:00",
        "２０２４／０５／０１",
        " 2024-05-01\u3000",
        "令和6年5月1日",
        "令和六年五月一日",
        "㋿6年5月1日",
        "R6.5.1",
        "r06/05/01",
        "H36.5.1",
        "平成36年5月1日",
        "May 1, 2024",
        "1 May 2024",
        "Wed, 01 May 2024 10:00:00 +0900",
        "Wed May 01 10:00:00 JST 2024",
        "1st May 2024",
        "01-May-24",
        "1. Mai 2024",
        "1er mai 2024",
        "1 de mayo de 2024",
        "2024-May-01",
        "1714521600",
        "1714521600000",
    ],
)
def test_a_day_is_read(cell: str) -> None:
    assert told(cell)[0] == ["2024-05-01"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("平成31年4月30日", "2019-04-30"),
        ("H31.5.1", "2019-05-01"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成元年1月8日", "1989-01-08"),
        ("S64.1.7", "1989-01-07"),
        ("令和六年十二月二十五日", "2024-12-25"),
        ("1. März 2024", "2024-03-01"),
        ("2 févr. 2024", "2024-02-02"),
        ("3 de octubre de 2024", "2024-10-03"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_eras_and_month_names(cell: str, day: str) -> None:
    assert told(cell)[0] == [day]


@pytest.mark.parametrize(
    "cell",
    [
        "2024/05",
        "2024年5月",
        "5月1日",
        "2024",
        "2024-02-30",
        "2023-02-29",
        "2024/13/01",
        "R1.4.30",
        "平成元年1月7日",
        "32/13/2024",
        "hello",
        "9012345678",
        "2024-05-01 foo",
        "May 2024",
        "2024/05/12:30",
    ],
)
def test_what_is_no_day_is_not_read(cell: str) -> None:
    assert told(cell)[0] == ["unreadable"]


@pytest.mark.parametrize(
    "cell", ["", " ", "\u3000", "-", "なし", "N/A", "未送信", "0000-00-00", None]
)
def test_no_date_is_blank(cell: str | None) -> None:
    assert told(cell)[0] == ["blank"]


@pytest.mark.parametrize(
    ("cells", "days", "order"),
    [
        (["01/02/2024", "13/02/2024"], ["2024-02-01", "2024-02-13"], "dmy"),
        (["01/02/2024", "02/13/2024"], ["2024-01-02", "2024-02-13"], "mdy"),
        (["01.02.2024", "13.02.2024 10:00"], ["2024-02-01", "2024-02-13"], "dmy"),
        (["01/02/2024", "03/03/2024"], ["ambiguous", "2024-03-03"], "ambiguous"),
        (
            ["13/02/2024", "02/13/2024", "01/02/2024"],
            ["2024-02-13", "2024-02-13", "ambiguous"],
            "ambiguous",
        ),
        (["03/03/2024"], ["2024-03-03"], ""),
        (["03/03/2024", "2024-05-06"], ["2024-03-03", "2024-05-06"], "ymd"),
        (["24/05/01", "24/05/31"], ["2024-05-01", "2024-05-31"], "ymd"),
        (["05/01/24"], ["ambiguous"], "ambiguous"),
        (["45413", "45414.5", "x"], ["2024-05-01", "2024-05-02", "unreadable"], "serial"),
        (["45413", "2024-05-01", "2024-05-02"], ["unreadable", "2024-05-01", "2024-05-02"], "ymd"),
        ([""], ["blank"], ""),
    ],
)
def test_the_column_tells_its_order(cells: list[str], days: list[str], order: str) -> None:
    assert told(*cells) == (days, order)


@pytest.mark.parametrize("order", ["dmy", "mdy", "ambiguous", "serial"])
def test_a_part_reads_like_the_whole(order: str) -> None:
    whole = {
        "dmy": ["01/02/2024", "25/12/2024"],
        "mdy": ["01/02/2024", "12/25/2024"],
        "ambiguous": ["01/02/2024", "05/06/2024"],
        "serial": ["45413", "45414", "2024-05-01"],
    }[order]
    assert column_order(pd.Series(whole, dtype=TEXT), AS_OF) == order
    assert [told(one, order=order)[0][0] for one in whole] == told(*whole)[0]


def test_many_time_stamps_read_like_few() -> None:
    stamps = pd.date_range("2024-01-01", periods=20_000, freq="37min").strftime("%Y-%m-%d %H:%M:%S")
    cells = pd.Series([*stamps, "2024-13-01 00:00:00", "x", ""], dtype=TEXT)
    many = read_dates(cells, None, AS_OF)
    few = [read_dates(cells.iloc[at : at + 5_000], "ymd", AS_OF) for at in range(0, 20_003, 5_000)]
    pd.testing.assert_series_equal(many[0], pd.concat([one[0] for one in few]))
    assert many[1].astype(str).tolist() == [str(s) for one in few for s in one[1]]


DAYS = st.dates(datetime.date(1990, 1, 1), datetime.date(2100, 12, 31))
FORMS = st.sampled_from(["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %B %Y", "%B %d, %Y"])


@given(DAYS, FORMS)
def test_what_is_written_is_read(day: datetime.date, form: str) -> None:
    assert told(day.strftime(form))[0] == [str(day)]


@given(st.lists(DAYS, min_size=1, max_size=8), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_a_readable_day_is_the_right_one_or_none(days: list[datetime.date], form: str) -> None:
    found, _ = told(*[day.strftime(form) for day in days])
    for day, one in zip(days, found, strict=True):
        assert one in (str(day), "ambiguous")


@given(st.lists(st.text(max_size=20), max_size=20))
def test_any_text_is_read_without_a_fault(cells: list[str]) -> None:
    days, states, _ = read_dates(pd.Series(cells, dtype=TEXT), None, AS_OF)
    assert (days.notna() == (states == "ok")).all()
