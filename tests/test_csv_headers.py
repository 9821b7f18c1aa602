"""Headers of delimited text that do not fit their rows at the end, or that take two rows."""

from __future__ import annotations

import pandas as pd
import pytest

from listhygiene.columns import assign_roles
from listhygiene.model.listing import TEXT, Edits
from listhygiene.pipeline import check
from listhygiene.policy import load_policy
from listhygiene.readers import read
from listhygiene.writers import restore, write

TRAILING = {
    "rows end with a delimiter": (
        b"Email,Name\na@x.test,Ann,\nb@x.test,Bob,\n",
        ("Email", "Name", ""),
        b"Email,Name,,V\na@x.test,Ann,,1\nb@x.test,Bob,,2\n",
    ),
    "rows end with two": (
        b"Email;Name\r\na@x.test;Ann;;\r\nb@x.test;Bob;;\r\n",
        ("Email", "Name", "", ""),
        b"Email;Name;;;V\r\na@x.test;Ann;;;1\r\nb@x.test;Bob;;;2\r\n",
    ),
    "the header ends with one": (
        b"Email,Name,\na@x.test,Ann\nb@x.test,Bob\n",
        ("Email", "Name"),
        b"Email,Name,V\na@x.test,Ann,1\nb@x.test,Bob,2\n",
    ),
}


@pytest.mark.parametrize(("raw", "header", "after"), TRAILING.values(), ids=TRAILING)
def test_trailing_delimiters_are_settled_and_said(tmp_path, raw, header, after) -> None:
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_bytes(raw)
    listing = read(path)
    assert listing.header == header
    assert not listing.unbalanced
    assert any("more than the" in note for note in listing.notes)
    restoring = write(listing, Edits(columns={"V": pd.Series(["1", "2"], dtype=TEXT)}), out)
    assert out.read_bytes() == after
    assert restore(out, restoring) == raw


NOT_SETTLED = {
    "cells with content": b"Email,Name\na@x.test,Ann,1\nb@x.test,Bob,2\n",
    "only some rows": b"Email,Name\na@x.test,Ann,\nb@x.test,Bob\nc@x.test,Cem\n",
    "the header names it": b"Email,Name,City\na@x.test,Ann\nb@x.test,Bob\n",
}


@pytest.mark.parametrize("raw", NOT_SETTLED.values(), ids=NOT_SETTLED)
def test_other_widths_stay_out_of_balance(tmp_path, raw) -> None:
    (tmp_path / "list.csv").write_bytes(raw)
    listing = read(tmp_path / "list.csv")
    assert listing.unbalanced
    assert not any("delimiters" in note for note in listing.notes)


def test_two_header_rows_are_found_in_csv(tmp_path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(
        "連絡先,,会社情報\n氏名,メールアドレス,会社名\n佐藤,a@x.test,青葉商会\n", "utf-8"
    )
    listing = read(path)
    assert listing.facts["header_rows"] == [1, 2]
    assert "The header takes two rows (1 and 2)." in listing.notes
    report = check(str(path), load_policy(changes={"dns.source": ("off", "test")}))
    assert "H112" in set(report.findings["rule"])


ORDERS = {
    "nothing said": (["05/06/2026", "07/08/2026"], "", "ambiguous"),
    "said": (["05/06/2026", "07/08/2026"], "dmy", "dmy"),
    "cells contradict each other": (["25/06/2026", "06/25/2026", "05/06/2026"], "mdy", "mdy"),
    "the cells settle it": (["25/06/2026", "07/08/2026"], "mdy", "dmy"),
    "year first": (["2026-06-05"], "dmy", "ymd"),
}


@pytest.mark.parametrize(("cells", "said", "order"), ORDERS.values(), ids=ORDERS)
def test_a_date_order_settles_what_the_column_does_not(cells, said, order) -> None:
    frame = pd.DataFrame({0: pd.Series(cells, dtype=TEXT)})
    table = assign_roles(["Last Mailed"], frame, date_order=said)
    assert table["order"].tolist() == [order]


def test_a_wrong_date_order_is_told_with_the_right_ones() -> None:
    with pytest.raises(Exception, match='"dmy" or "mdy" or "ymd"'):
        load_policy(changes={"list.date_order": ("ydm", "test")})
