"""The user's own workbook back: what was asked for has changed, and nothing else has."""

from __future__ import annotations

import datetime
import re
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table

from listhygiene.model.errors import ListHygieneError, UnwritableList
from listhygiene.model.listing import TEXT, Edits
from listhygiene.writers.xlsx import refused_cells, restore, write, writes
from workbooks import (
    COLUMNS,
    HEADER,
    ROWS,
    annotated,
    package,
    parts_of,
    read_here,
    save,
    sheet_xml,
    shown,
    text_rows,
)

SHEET = "xl/worksheets/sheet1.xml"


def clean(path: Path, **edits: object) -> Path:
    """Read a workbook, annotate it, and write it beside; check what must always hold."""
    listing = read_here(path)
    out = path.with_name("out.xlsx")
    restoring = write(listing, annotated(listing, **edits), out)
    assert restore(out.read_bytes(), restoring) == path.read_bytes()
    return out


def rich_workbook(path: Path) -> None:
    book = save(path)
    sheet = book.active
    sheet["B2"].comment = Comment("a remark", "me")
    sheet["A2"].hyperlink = "mailto:ann@example.com"
    sheet["A3"].font = openpyxl.styles.Font(bold=True)
    sheet["C2"] = datetime.datetime(2026, 5, 1)
    sheet.freeze_panes = "A2"
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=1, max_row=4))
    book.create_sheet("Numbers").add_chart(chart, "B2")
    book["Numbers"]["A1"] = "=SUM(1,2)"
    book.save(path)


def test_every_other_part_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rich_workbook(path)
    before, after = parts_of(path), parts_of(clean(path, cells={(0, 0): "new@example.com"}))
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {SHEET, "xl/styles.xml"}


def test_the_zip_records_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rich_workbook(path)
    out = clean(path)
    with zipfile.ZipFile(path) as one, zipfile.ZipFile(out) as other:
        for old, new in zip(one.infolist(), other.infolist(), strict=True):
            same = ("filename", "date_time", "compress_type", "external_attr", "extra", "comment")
            assert [getattr(old, name) for name in same] == [getattr(new, name) for name in same]
        assert other.testzip() is None


@pytest.mark.parametrize(
    ("remark", "behind"),
    [(b"a PK\x05\x06 and more than an end record holds", b""), (b"", b"\0" * 30), (b"a", b"b")],
)
def test_remarks_and_what_is_put_behind_the_file_stay(
    tmp_path: Path, remark: bytes, behind: bytes
) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = remark
    path.write_bytes(path.read_bytes() + behind)
    assert clean(path).read_bytes().endswith(remark + behind)


def test_changed_and_added_cells_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    out = clean(path, cells={(0, 0): " =x@example.com", (2, 1): "", (1, 1): "a\rb_x0041_\x01"})
    rows = shown(out)
    assert rows[0] == [*HEADER, *COLUMNS]
    assert rows[1][:3] == [" =x@example.com", "Ann", "2026-05-01"]
    assert rows[3][1] is None
    assert rows[1][3:] == ["send", None, '=1+1 <b> & "0"', None]
    assert rows[2][3:6] == ["review", "D401 C511", '=1+1 <b> & "1"']
    listing = read_here(out)
    assert list(listing.frame[1]) == ["Ann", "a\rb_x0041_\x01", ""]
    cell = openpyxl.load_workbook(out).active["F2"]
    assert cell.data_type == "s"


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rich_workbook(path)
    once = clean(path)
    listing = read_here(once)
    twice = tmp_path / "twice.xlsx"
    write(listing, annotated(listing), twice)
    assert twice.read_bytes() == once.read_bytes()


def test_a_second_run_replaces_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    once = clean(path)
    listing = read_here(once)
    edits = annotated(listing)
    edits.columns[COLUMNS[0]][:] = ["hold", "hold", ""]
    write(listing, edits, tmp_path / "twice.xlsx")
    rows = shown(tmp_path / "twice.xlsx")
    assert rows[0] == [*HEADER, *COLUMNS]
    assert [row[3] for row in rows[1:]] == ["hold", "hold", None]


def test_columns_go_past_merged_ranges(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    book.active.merge_cells("C3:F3")
    book.save(path)
    assert shown(clean(path))[0] == [*HEADER, None, None, None, *COLUMNS]


def test_styled_blank_cells_keep_their_style(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    red = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    for place in ("D2", "E3", "Z2", "A3"):
        book.active[place].fill = red
    book.save(path)
    sheet = openpyxl.load_workbook(clean(path)).active
    assert sheet["D1"].value == COLUMNS[0]
    assert [sheet[place].fill.fgColor.rgb for place in ("D2", "E3", "Z2", "A3")] == ["00FF0000"] * 4
    assert sheet["D2"].value == "send"


def test_a_new_header_looks_like_its_neighbour(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    for cell in book.active[1]:
        cell.font = openpyxl.styles.Font(bold=True)
    book.save(path)
    sheet = openpyxl.load_workbook(clean(path)).active
    assert sheet["D1"].font.b
    assert not sheet["D2"].font.b


def test_a_table_grows_with_its_list(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    book.active.add_table(Table(displayName="People", ref="A1:C4"))
    book.save(path)
    out = clean(path)
    table = openpyxl.load_workbook(out).active.tables["People"]
    assert table.ref == "A1:G4"
    assert table.autoFilter.ref == "A1:G4"
    assert [column.name for column in table.tableColumns] == [*HEADER, *COLUMNS]
    assert len({column.id for column in table.tableColumns}) == 7
    assert b'tableColumns count="7"' in parts_of(out)["xl/tables/table1.xml"]


def test_a_table_with_totals_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path, [HEADER, *ROWS, ("Total", None, "3")])
    book.active.add_table(Table(displayName="People", ref="A1:C5", totalsRowCount=1))
    book.save(path)
    out = clean(path)
    assert openpyxl.load_workbook(out).active.tables["People"].ref == "A1:G5"
    assert shown(out)[4] == ["Total", None, "3", None, None, None, None]


def test_a_table_beside_others_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path, [[*HEADER, "Note"], *([*row, "x"] for row in ROWS)])
    book.active.add_table(Table(displayName="People", ref="A1:C4"))
    book.save(path)
    out = clean(path)
    assert openpyxl.load_workbook(out).active.tables["People"].ref == "A1:C4"
    assert shown(out)[0] == [*HEADER, "Note", *COLUMNS]


def test_a_filter_grows_with_its_list(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    book.active.auto_filter.ref = "A1:C4"
    book.save(path)
    assert b"_FilterDatabase" in parts_of(path)["xl/workbook.xml"]
    out = clean(path)
    assert b'<autoFilter ref="A1:G4"' in parts_of(out)[SHEET]
    assert b"$A$1:$G$4" in parts_of(out)["xl/workbook.xml"]


def test_dimension_spans_and_widths_follow(tmp_path: Path) -> None:
    rows = text_rows([HEADER, *ROWS]).replace("<row r", '<row spans="1:3" r')
    head = (
        '<dimension ref="A1:C4"/><cols><col min="1" max="2" width="30" customWidth="1"/>'
        '<col min="4" max="16384" width="9" hidden="1"/></cols>'
    )
    path = package(tmp_path / "a.xlsx", sheet_xml(rows, head))
    sheet = parts_of(clean(path))[SHEET].decode()
    assert '<dimension ref="A1:G4"/>' in sheet
    assert sheet.count('spans="1:7"') == 4
    assert '<col min="1" max="2" width="30" customWidth="1"/>' in sheet
    assert '<col min="8" max="16384" width="9" hidden="1"/>' in sheet
    assert re.findall(r'<col min="([4-7])" max="\1" width="\d+" customWidth="1"/>', sheet) == [
        "4",
        "5",
        "6",
        "7",
    ]


def test_verdicts_are_coloured(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    rule = openpyxl.formatting.rule.CellIsRule("equal", ["1"], font=openpyxl.styles.Font(b=True))
    book.active.conditional_formatting.add("A1:A4", rule)
    book.active["A2"].hyperlink = "https://example.com"
    book.save(path)
    sheet = openpyxl.load_workbook(clean(path)).active
    found = {str(one.sqref): one.rules for one in sheet.conditional_formatting}
    assert set(found) == {"A1:A4", "D1:D4"}
    rules = found["D1:D4"]
    assert [one.formula for one in rules] == [['"send"'], ['"review"'], ['"hold"']]
    assert [one.dxf.fill.bgColor.rgb for one in rules] == ["FFC6EFCE", "FFFFEB9C", "FFFFC7CE"]
    priorities = [one.priority for rules in found.values() for one in rules]
    assert len(set(priorities)) == 4


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Email</t></is></c></row>'
        '<row r="2"/><row r="3"><c r="A3" t="inlineStr"><is><t>a@example.com</t></is></c></row>',
        '<row><c t="inlineStr"><is><t>Email</t></is></c></row>'
        '<row><c t="inlineStr"><is><t>a@example.com</t></is></c></row>',
        '<row r="1" ><c r="A1" t="inlineStr" ><is><t>Email</t></is></c ></row >\n'
        "<!-- <row><c r='A9'/></row> --><row r='2'>\n"
        "<c r='A2' t='inlineStr'><is><t><![CDATA[a@example.com]]></t></is></c></row>",
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Email</t></is></c><c r="B1" s="0"/></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>a@example.com</t></is></c><c r="D2"/></row>',
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Email</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>a@example.com</t></is></c>'
        '<extLst><ext uri="x"/></extLst></row>',
    ],
    ids=["self-closed", "no-references", "odd-spaces", "blank-cells", "extension"],
)
@pytest.mark.parametrize("form", ["plain", "prefix", "utf-16", "shift_jis"])
def test_unusual_spellings_are_spliced(tmp_path: Path, rows: str, form: str) -> None:
    xml: str | bytes = sheet_xml(rows)
    if form == "prefix":
        xml = re.sub(r"<(/?)(?!!|\?|x:)(?=\w)", r"<\1x:", sheet_xml(rows)).replace(
            "xmlns=", "xmlns:x="
        )
    elif form == "utf-16":
        xml = sheet_xml(rows).replace("UTF-8", "UTF-16").encode("utf-16")
    elif form == "shift_jis":
        xml = sheet_xml(rows).replace("UTF-8", "Shift_JIS").encode("cp932")
    path = package(tmp_path / "a.xlsx", xml)
    out = clean(path, cells={(0, 0): "é@example.com"})
    listing = read_here(out)
    assert listing.header == ("Email", *COLUMNS)
    assert list(listing.frame.loc[0]) == ["é@example.com", "send", "", '=1+1 <b> & "0"', ""]
    if form != "shift_jis":  # which openpyxl cannot open
        assert shown(out)[-1][:2] == ["é@example.com", "send"]


def test_formulas_and_errors_are_never_written_over(tmp_path: Path) -> None:
    rows = (
        text_rows([["Email", "Name"]])
        + '<row r="2"><c r="A2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>'
        '<c r="B2" t="inlineStr"><is><t> x</t></is></c></row>'
        '<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row>'
    )
    path = package(tmp_path / "a.xlsx", sheet_xml(rows))
    cells = {(0, 0): "n", (0, 1): "x", (1, 0): "m"}
    refused = refused_cells(read_here(path), Edits(cells=cells))
    assert refused == {(0, 0): "the cell holds a formula", (1, 0): "the cell holds an error"}
    sheet = parts_of(clean(path, cells=cells))[SHEET]
    assert b'<c r="A2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>' in sheet
    assert b'<c r="A3" t="e"><v>#N/A</v></c>' in sheet
    assert b"<t>x</t>" in sheet


@pytest.mark.parametrize("kind", ['t="array"', 't="array" aca="1"', 't="dataTable" dt2D="1"'])
def test_no_part_of_an_array_is_written_over(tmp_path: Path, kind: str) -> None:
    rows = text_rows([["Email", "Name"]]) + "".join(
        f'<row r="{row}"><c r="A{row}" t="str">{formula}<v> a{row}@example.com</v></c></row>'
        for row, formula in (
            (2, f'<f {kind} ref="A2:C3">LOWER(F2:H3)</f>'),
            (3, ""),
            (4, ""),
        )
    )
    path = package(tmp_path / "a.xlsx", sheet_xml(rows))
    cells = {(row, 0): "n" for row in range(3)}
    assert refused_cells(read_here(path), Edits(cells=cells)) == {
        (0, 0): "the cell holds a formula",
        (1, 0): "the cell holds a formula",
    }
    out = clean(path, cells=cells)
    sheet = parts_of(out)[SHEET]
    assert b'<c r="A3" t="str"><v> a3@example.com</v></c>' in sheet
    assert b'<c r="D3"' in sheet


def test_a_text_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    listing = read_here(path)
    with pytest.raises(UnwritableList, match=r"cell A2.*32,767"):
        write(listing, Edits(cells={(0, 0): "x" * 32_768}), tmp_path / "out.xlsx")
    write(listing, Edits(cells={(0, 0): "x" * 32_767}), tmp_path / "out.xlsx")
    assert len(read_here(tmp_path / "out.xlsx").frame[0][0]) == 32_767


def test_headers_are_renamed_but_not_those_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path, [["Email", None], ["ann@example.com", "x"]])
    listing = read_here(path)
    write(listing, Edits(headers={0: "メール", 1: "Name"}), tmp_path / "out.xlsx")
    assert shown(tmp_path / "out.xlsx")[0] == ["メール", "Name"]
    book.active["B1"] = "Name"
    book.active.add_table(Table(displayName="People", ref="A1:B2"))
    book.save(path)
    listing = read_here(path)
    with pytest.raises(UnwritableList, match="Excel table"):
        write(listing, Edits(headers={0: "メール"}), tmp_path / "out.xlsx")


def test_no_room_is_refused(tmp_path: Path) -> None:
    tail = '<mergeCells count="1"><mergeCell ref="B3:XFD3"/></mergeCells>'
    path = package(tmp_path / "a.xlsx", sheet_xml(text_rows([HEADER, *ROWS]), tail=tail))
    listing = read_here(path)
    with pytest.raises(UnwritableList, match="no free columns"):
        write(listing, annotated(listing), tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_rows_out_of_order_are_refused(tmp_path: Path) -> None:
    rows = text_rows([HEADER, ROWS[0]]) + text_rows([ROWS[1]], 9) + text_rows([ROWS[2]], 5)
    listing = read_here(package(tmp_path / "a.xlsx", sheet_xml(rows)))
    with pytest.raises(UnwritableList, match="not in order"):
        write(listing, annotated(listing), tmp_path / "out.xlsx")


def test_a_workbook_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    listing = read_here(path)
    save(path, [HEADER, ROWS[1]])
    with pytest.raises(UnwritableList, match="changed while"):
        write(listing, annotated(listing), tmp_path / "out.xlsx")


def test_in_place(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    before = path.read_bytes()
    listing = read_here(path)
    restoring = write(listing, annotated(listing), path)
    assert shown(path)[0] == [*HEADER, *COLUMNS]
    assert restore(path.read_bytes(), restoring) == before


def test_an_edited_file_is_not_undone_and_its_cells_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path)
    listing = read_here(path)
    out = tmp_path / "out.xlsx"
    restoring = write(listing, annotated(listing), out)
    book = openpyxl.load_workbook(out)
    book.save(out)
    with pytest.raises(ListHygieneError, match="no cell of the list differs"):
        restore(out.read_bytes(), restoring)
    book.active["B3"] = "Robert"
    book.save(out)
    with pytest.raises(ListHygieneError, match=r"edited since.*cells B3\)"):
        restore(out.read_bytes(), restoring)
    book.active["A4"] = "x@example.com"
    book.save(out)
    with pytest.raises(ListHygieneError, match=r"columns A, B of the rows 3, 4"):
        restore(out.read_bytes(), restoring)


def test_macros_stay_with_their_kind(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx")
    path = (tmp_path / "a.xlsx").rename(tmp_path / "a.xlsm")
    listing = read_here(path)
    with pytest.raises(UnwritableList, match=r"Name the output out\.xlsm"):
        write(listing, annotated(listing), tmp_path / "out.xlsx")
    write(listing, annotated(listing), tmp_path / "out.xlsm")


def test_left_out_rows_make_a_new_workbook_of_values(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = text_rows([HEADER, *ROWS, ("=1+1@example.com", " 007", "a_x000D_b")])
    package(path, sheet_xml(rows))
    listing = read_here(path)
    keep = np.array([True, False, True, True])
    out = tmp_path / "out.xlsx"
    restoring = write(listing, annotated(listing, keep=keep, cells={(0, 1): "_x0041_"}), out)
    book = openpyxl.load_workbook(out)
    assert "values" in book.properties.description
    sheet = book.active
    assert {cell.data_type for row in sheet for cell in row if cell.value} == {"s"}
    again = read_here(out)
    assert again.header == (*HEADER, *COLUMNS)
    assert list(again.frame[0]) == ["ann@example.com", "taro@example.net", "=1+1@example.com"]
    assert list(again.frame[1]) == ["_x0041_", "太郎", " 007"]
    assert again.frame[2][2] == "a\rb"
    with pytest.raises(ListHygieneError, match="new workbook"):
        restore(out.read_bytes(), restoring)


def test_a_list_of_nobody_gets_its_headers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path, [HEADER])
    assert shown(clean(path)) == [[*HEADER, *COLUMNS]]


def test_a_list_without_headers_gets_cells_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    save(path, ROWS)
    once = clean(path)
    rows = shown(once)
    listing = read_here(once)
    write(listing, annotated(listing), tmp_path / "twice.xlsx")
    assert (tmp_path / "twice.xlsx").read_bytes() == once.read_bytes()
    assert rows[0] == [*ROWS[0], "send", None, '=1+1 <b> & "0"']


@pytest.mark.parametrize(
    ("kind", "name", "yes"),
    [("xlsx", "o.xlsx", True), ("csv", "o.xlsx", True), ("csv", "o.csv", False),
     ("xls", "o.xlsx", True), ("xlsx", "o.csv", False), ("xlsx", "o.xlsm", True)],
)  # fmt: skip
def test_what_is_written_here(tmp_path: Path, kind: str, name: str, yes: bool) -> None:
    save(tmp_path / "a.xlsx")
    listing = read_here(tmp_path / "a.xlsx")
    object.__setattr__(listing, "format", kind)
    assert writes(listing, Path(name)) is yes


NAUGHTY = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("_x0D&<>\"'\r\n\t\x00\x1f\ufffe "),
    max_size=12,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(NAUGHTY, NAUGHTY), min_size=1, max_size=5), st.data())
def test_any_text_survives(
    tmp_path: Path, texts: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Whatever is written into cells, old or new, is what is read, and undo gives all back."""
    path = tmp_path / "a.xlsx"
    count = len(texts)
    save(path, [["Email", "Name"], *([f"a{n}@example.com", "x"] for n in range(count))])
    listing = read_here(path)
    chosen = data.draw(st.sets(st.integers(0, count - 1)))
    column = pd.Series([new for _, new in texts], dtype=TEXT)
    edits = Edits(
        cells={(row, 1): texts[row][0] for row in chosen}, columns={"listhygiene_reason": column}
    )
    out = tmp_path / "out.xlsx"
    restoring = write(listing, edits, out)
    again = read_here(out)
    assert again.header == ("Email", "Name", "listhygiene_reason")
    for row, (old, new) in enumerate(texts):
        assert again.frame[1][row] == (old if row in chosen else "x")
        assert again.frame[2][row] == new if 2 in again.frame else new == ""
    assert restore(out.read_bytes(), restoring) == path.read_bytes()
