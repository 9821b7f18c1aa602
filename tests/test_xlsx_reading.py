"""Workbooks as people see them: texts, dates, numbers, hidden and merged things, sheets."""

from __future__ import annotations

import datetime
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.worksheet.table import Table

from listhygiene.model.errors import UnreadableList, UsageError
from listhygiene.model.listing import Listing, ReadOptions
from listhygiene.ooxml.formats import Shown, kind_of, show, show_number
from listhygiene.ooxml.text import decode, encode
from listhygiene.readers.xlsx import kind_of as kind_of_file
from listhygiene.readers.xlsx import read, recognises
from workbooks import (
    DOCUMENT,
    HEADER,
    MAIN,
    PACKAGE,
    ROWS,
    package,
    parts_of,
    read_here,
    save,
    sheet_xml,
    text_rows,
)


def column(listing: Listing, place: int = 0) -> list[str]:
    return list(listing.frame[place])


def cells(path: Path, *raw: str, styles: str = "", book: str = "") -> list[str]:
    """Return what a column of raw cells reads as; each is the inside of `<c r="A2" ...`."""
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>Email</t></is></c></row>' + "".join(
        f'<row r="{n}"><c r="A{n}"{cell}</c></row>' for n, cell in enumerate(raw, start=2)
    )
    link = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/styles" Target="styles.xml"/>'
    )
    made = package(
        path,
        sheet_xml(rows),
        workbook=book,
        links=link if styles else "",
        parts={"xl/styles.xml": styles} if styles else {},
    )
    return column(read_here(made))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("><v>9012345678</v>", "9012345678"),
        ("><v>9012345678.0</v>", "9012345678"),
        ("><v>9.012345678E9</v>", "9012345678"),
        ("><v>12345678901234567890</v>", "12345678901234567890"),
        ("><v>1.2300000000000001E+18</v>", "1230000000000000100"),
        ("><v>0.10000000000000001</v>", "0.1"),
        ("><v>-5</v>", "-5"),
        ("><v>1E-7</v>", "1E-07"),
        ("><v>1E+300</v>", "1E+300"),
        (' t="b"><v>1</v>', "TRUE"),
        (' t="b"><v>0</v>', "FALSE"),
        (' t="e"><v>#N/A</v>', "#N/A"),
        (' t="str"><f>A1&amp;"x"</f><v>Emailx</v>', "Emailx"),
        (' t="d"><v>2024-05-01T00:00:00Z</v>', "2024-05-01"),
        (' t="d"><v>2024-05-01T13:30:00</v>', "2024-05-01 13:30:00"),
        (' t="inlineStr"><is><t>0123</t></is>', "0123"),
        (' t="inlineStr"><is><t>a_x000D_b</t></is>', "a\rb"),
        (' t="inlineStr"><is><t>a_x005F_x000D_b</t></is>', "a_x000D_b"),
        (' t="inlineStr"><is><t>&lt;a&gt; &amp;#65; &#x3042;</t></is>', "<a> &#65; あ"),
        (' t="inlineStr"><is><r><t>an</t></r><r><rPr><b/></rPr><t>n</t></r></is>', "ann"),
        (' t="inlineStr"><is><t>山田</t><rPh sb="0" eb="1"><t>ヤマダ</t></rPh></is>', "山田"),
        (' t="inlineStr"><is><t><![CDATA[<a@b>]]></t></is>', "<a@b>"),
        (' t="inlineStr"><is><t>=1+1</t></is>', "=1+1"),
        ("><f t='shared' si='0'/><v>7</v>", "7"),
        (" cm='1'><f>X()</f><v>8</v>", "8"),
    ],
)
def test_a_cell_reads_as_it_is_shown(tmp_path: Path, raw: str, text: str) -> None:
    others = "><v>1</v>", ' t="inlineStr"><is><t>x</t></is>'
    assert cells(tmp_path / "a.xlsx", others[0], raw, others[1], raw) == ["1", text, "x", text]


@pytest.mark.parametrize(
    ("code", "serial", "text"),
    [
        ("yyyy-mm-dd", "45413", "2024-05-01"),
        ("yyyy/m/d h:mm", "45413.5625", "2024-05-01 13:30:00"),
        ("yyyy/m/d h:mm", "45413", "2024-05-01"),
        ("[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "45413", "2024-05-01"),
        ("[$-ja-JP-x-gannen]e/m/d;@", "45413", "2024-05-01"),
        ("d-mmm-yy", "45413.9", "2024-05-01"),
        ("h:mm AM/PM", "0.75", "18:00:00"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("00000", "123", "00123"),
        ("0.00E+00", "45413", "45413"),
        ("#,##0.00 &quot;days&quot;", "45413", "45413"),
        ("[Red]0", "45413", "45413"),
        ("yyyy-mm-dd", "60", "1900-02-29"),
        ("yyyy-mm-dd", "59", "1900-02-28"),
        ("yyyy-mm-dd", "-3", "-3"),
        ("yyyy-mm-dd", "9999999", "9999999"),
        ("@", "45413", "45413"),
    ],
)
def test_a_number_reads_as_its_format_shows_it(
    tmp_path: Path, code: str, serial: str, text: str
) -> None:
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts>'
        f'<numFmt numFmtId="170" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="170"/><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    got = cells(tmp_path / "a.xlsx", f' s="1"><v>{serial}</v>', "><v>1</v>", styles=styles)
    assert got[0] == text


@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize(
    "odd",
    [
        "<si><t>{}</t></si>",
        '<si><t xml:space="preserve">{}</t></si>',
        "<si>\n<t>{}</t>\n</si>",
        "<si><r><t>{}</t></r><r><rPr><b/></rPr><t></t></r></si>",
        '<si><t>{}</t><rPh sb="0" eb="1"><t>カナ</t></rPh><phoneticPr fontId="1"/></si>',
        "<!-- <si><t>no</t></si> --><si><t>{}</t></si>",
        "<si><t><![CDATA[{}]]></t></si>",
    ],
)
def test_shared_strings_of_every_form(tmp_path: Path, odd: str, prefix: str) -> None:
    made = (
        "<si><t>Email</t></si>" + odd.format(" 山@x ") + "<si/><si><t/></si>" + "<si><t>z</t></si>"
    )
    items = made if prefix == "" else re.sub(r"<(/?)(?=[a-zA-Z])", rf"<\1{prefix}", made)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{place}</v></c></row>'
        for n, place in enumerate((0, 1, 4, 2, 3, 1), start=1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    name = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    link = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/sharedStrings" Target="sharedStrings.xml"/>'
    )
    strings = f'<{prefix}sst {name}="{main}" count="5">{items}</{prefix}sst>'
    path = package(
        tmp_path / "a.xlsx", sheet_xml(rows), links=link, parts={"xl/sharedStrings.xml": strings}
    )
    assert column(read_here(path)) == [" 山@x ", "z", " 山@x "]


def test_dates_of_the_1904_system(tmp_path: Path) -> None:
    book = save(tmp_path / "a.xlsx", [["Email", "Last mailed"], ["ann@example.com", None]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["B2"] = datetime.datetime(2024, 5, 1)
    book.save(tmp_path / "a.xlsx")
    assert column(read_here(tmp_path / "a.xlsx"), 1) == ["2024-05-01"]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_an_escaped_text_comes_back(text: str) -> None:
    assert decode(encode(text)) == text
    assert decode(encode(text, ascii_only=True)) == text


@given(
    st.sampled_from(["_x000D_", "_x005F_", "_x0041", "_", "x0041_", "\r", "\x01", "\n", "&"])
    | st.text(max_size=3)
)
def test_escapes_do_not_run_together(text: str) -> None:
    for other in ("_x0041", "_", "\r", "x000D_", "_x005F_"):
        for both in (text + other, other + text, text + text):
            if not any("\ud800" <= char <= "\udfff" for char in both):
                assert decode(encode(both)) == both


@given(st.integers(-(10**14), 10**14))
def test_whole_numbers_read_exactly(number: int) -> None:
    assert show_number(repr(float(number))) == str(number)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_read_is_the_number_written(number: float) -> None:
    assert float(show_number(repr(number))) == number


@given(st.text(max_size=20), st.floats(0, 3_000_000))
def test_no_format_code_breaks_the_reader(code: str, serial: float) -> None:
    shown = kind_of(code)
    assert isinstance(shown, Shown)
    assert show(repr(serial), shown, False)


def test_the_list_keeps_its_place_on_the_sheet(tmp_path: Path) -> None:
    rows = [[], ["Contacts of spring"], [], [None, *HEADER], *([None, *row] for row in ROWS)]
    save(tmp_path / "a.xlsx", rows)
    listing = read_here(tmp_path / "a.xlsx")
    assert listing.header == HEADER
    assert listing.header_line == 4
    assert list(listing.lines) == [5, 6, 7]
    assert listing.preamble == 1
    assert listing.facts["columns"] == [2, 3, 4]
    assert column(listing) == [row[0] for row in ROWS]


def test_blank_rows_and_ragged_rows(tmp_path: Path) -> None:
    rows = [HEADER, ROWS[0], [], [None, None, None], ("bob@example.org",), ("", "x", "y", "over")]
    save(tmp_path / "a.xlsx", rows)
    listing = read_here(tmp_path / "a.xlsx")
    assert list(listing.lines) == [2, 5, 6]
    assert listing.header == (*HEADER, "")
    assert list(listing.frame.loc[2]) == ["", "x", "y", "over"]
    assert list(listing.frame.loc[1]) == ["bob@example.org", "", "", ""]


def test_repeated_and_blank_headers_stay(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx", [["Email", "Email", None, "Name"], ["a@example.com", "", "x", "A"]])
    assert read_here(tmp_path / "a.xlsx").header == ("Email", "Email", "", "Name")


def test_two_header_rows_and_merged_cells_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = [
        ["Person", None, "Contact"],
        ["First name", "Last name", "Email"],
        ["A", "B", "a@example.com"],
    ]
    book = save(path, rows)
    book.active.merge_cells("A1:B1")
    book.save(path)
    listing = read_here(path)
    assert listing.header == ("First name", "Last name", "Email")
    assert listing.header_line == 2
    assert any("two rows" in note for note in listing.notes)
    assert any("Merged header cells: A1:B1" in note for note in listing.notes)


def test_hidden_rows_columns_and_filters_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    sheet = book.active
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True
    sheet.auto_filter.ref = "A1:C4"
    sheet.protection.enable()
    book.save(path)
    listing = read_here(path)
    assert len(listing.frame) == 3
    assert "1 hidden row is judged too (a filter is on)." in listing.notes
    assert "Hidden columns are read too: B." in listing.notes
    assert any("protected" in note for note in listing.notes)


def test_links_to_another_address_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path)
    book.active["A2"].hyperlink = "mailto:ann@example.com?subject=Hi"
    book.active["A3"].hyperlink = "mailto:other@example.com"
    book.save(path)
    notes = read_here(path).notes
    assert "1 cell shows another address than the mailto: link has (rows 3)." in notes
    assert not any("@" in note for note in notes)


def test_formulas_read_by_their_last_value(tmp_path: Path) -> None:
    rows = (
        text_rows([["Email", "Name"]])
        + '<row r="2"><c r="A2" t="str"><f>"ann"&amp;"@example.com"</f><v>ann@example.com</v></c>'
        '<c r="B2"><f>1+1</f></c></row>'
    )
    listing = read_here(package(tmp_path / "a.xlsx", sheet_xml(rows)))
    assert column(listing) == ["ann@example.com"]
    assert any(note.startswith("2 cells are formulas") for note in listing.notes)
    assert any(note.startswith("1 formula holds no value") for note in listing.notes)


def make_sheets(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    for name, address in (
        ("顧客", "taro@example.jp"),
        ("Leads", "b@example.com"),
        ("Old", "c@example.com"),
    ):
        sheet = book.create_sheet(name)
        sheet.append(["Email"])
        sheet.append([address])
    book["Old"].sheet_state = "hidden"
    book.save(path)


def test_the_first_sheet_that_holds_anything(tmp_path: Path) -> None:
    make_sheets(tmp_path / "a.xlsx")
    listing = read_here(tmp_path / "a.xlsx")
    assert (listing.sheet, column(listing)) == ("顧客", ["taro@example.jp"])
    assert (
        "Other sheets hold addresses too and are not judged (--sheet names them, or all): Leads."
        in listing.notes
    )
    assert "Hidden sheets hold addresses and are not judged: Old." in listing.notes


@pytest.mark.parametrize(
    ("wanted", "address"),
    [("Leads", "b@example.com"), ("ｌｅａｄｓ", "b@example.com"), ("Old", "c@example.com")],
)
def test_a_sheet_by_name(tmp_path: Path, wanted: str, address: str) -> None:
    make_sheets(tmp_path / "a.xlsx")
    assert column(read_here(tmp_path / "a.xlsx", wanted)) == [address]


def test_a_sheet_that_is_not_there(tmp_path: Path) -> None:
    make_sheets(tmp_path / "a.xlsx")
    with pytest.raises(UsageError, match="Its sheets are: Empty, 顧客, Leads, Old"):
        read(tmp_path / "a.xlsx", ReadOptions(sheet="None"))


def test_a_table_is_read_without_its_totals(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = save(path, [HEADER, *ROWS, ("Total", None, "3")])
    table = openpyxl.worksheet.table.Table(displayName="People", ref="A1:C5", totalsRowCount=1)
    book.active.add_table(table)
    book.save(path)
    listing = read_here(path)
    assert list(listing.lines) == [2, 3, 4]
    assert "Totals at the end are no contacts (rows 5)." in listing.notes


def test_totals_at_the_end_are_no_contacts(tmp_path: Path) -> None:
    rows = [HEADER, *ROWS, ("合計", "3", None), ("as of May", None, None)]
    save(tmp_path / "a.xlsx", rows)
    assert list(read_here(tmp_path / "a.xlsx").lines) == [2, 3, 4]
    save(tmp_path / "a.xlsx", [HEADER, *ROWS, ("Total Ltd", "Ann", None), ROWS[0]])
    assert list(read_here(tmp_path / "a.xlsx").lines) == [2, 3, 4, 5, 6]


def test_a_repeated_header_is_no_contact(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx", [HEADER, ROWS[0], HEADER, ROWS[1]])
    listing = read_here(tmp_path / "a.xlsx")
    assert list(listing.lines) == [2, 4]
    assert any("repeats the header" in note for note in listing.notes)


def test_a_list_without_headers(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx", ROWS)
    listing = read_here(tmp_path / "a.xlsx")
    assert listing.header_line is None
    assert listing.header == ("", "", "")
    assert list(listing.lines) == [1, 2, 3]


@pytest.mark.parametrize("form", ["prefix", "utf-16", "latin-1", "no-references", "strict"])
def test_unusual_spellings_of_the_xml(tmp_path: Path, form: str) -> None:
    xml: str | bytes = sheet_xml(text_rows([("Email", "Name"), ("zoé@example.com", "Zoé")]))
    assert isinstance(xml, str)
    if form == "prefix":
        for name in ("worksheet", "sheetData", "row", "c", "is", "t"):
            for bracket in ("<", "</"):
                for end in (" ", ">"):
                    xml = xml.replace(f"{bracket}{name}{end}", f"{bracket}x:{name}{end}")
        xml = xml.replace("xmlns=", "xmlns:x=")
    elif form == "utf-16":
        xml = xml.replace("UTF-8", "UTF-16").encode("utf-16")
    elif form == "latin-1":
        xml = xml.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    elif form == "no-references":
        xml = xml.replace(' r="1"', "").replace(' r="2"', "")
        for place in ("A1", "B1", "A2", "B2"):
            xml = xml.replace(f' r="{place}"', "")
    else:
        xml = xml.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
    listing = read_here(package(tmp_path / "a.xlsx", xml))
    assert listing.header == ("Email", "Name")
    assert column(listing) == ["zoé@example.com"]
    assert column(listing, 1) == ["Zoé"]


def test_the_child_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "リスト.xlsx"
    book = save(path)
    book.active["B2"].comment = Comment("note", "me")
    book.save(path)
    here, there = read_here(path), read(path, ReadOptions())
    assert here.frame.equals(there.frame)
    assert (here.header, here.notes, here.facts) == (there.header, there.notes, there.facts)
    assert list(here.lines) == list(there.lines)
    assert there.format == "xlsx"
    assert str(there.frame[0].dtype) == "str" or "string" in str(there.frame[0].dtype)


def test_what_is_no_workbook_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 but nothing else")
    assert not recognises(path.read_bytes(), path)
    path.write_bytes(b"Email\nann@example.com\n")
    assert not recognises(path.read_bytes(), path)


def test_an_encrypted_workbook_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )
    assert kind_of_file(path.read_bytes()[:64], path) == "encrypted"
    with pytest.raises(UnreadableList, match=r"encrypted with a password.*take the password away"):
        read(path, ReadOptions())


@pytest.mark.parametrize("rows", [[], [[None, None]]])
def test_an_empty_workbook_is_told(tmp_path: Path, rows: list[list[object]]) -> None:
    save(tmp_path / "a.xlsx", rows)
    with pytest.raises(UnreadableList, match="the workbook is empty"):
        read_here(tmp_path / "a.xlsx")


def test_a_workbook_cut_off_is_told(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx")
    whole = (tmp_path / "a.xlsx").read_bytes()
    for share in (0.3, 0.7, 0.99):
        (tmp_path / "b.xlsx").write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(UnreadableList, match="Fetch it again"):
            read(tmp_path / "b.xlsx", ReadOptions())


def test_a_header_alone_is_a_list_of_nobody(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx", [HEADER])
    listing = read_here(tmp_path / "a.xlsx")
    assert listing.header == HEADER
    assert listing.frame.shape == (0, 3)


def test_the_original_is_not_touched(tmp_path: Path) -> None:
    save(tmp_path / "a.xlsx")
    shutil.copy(tmp_path / "a.xlsx", tmp_path / "b.xlsx")
    read(tmp_path / "a.xlsx", ReadOptions())
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def add_table(book: openpyxl.Workbook, name: str, at: str, rows: list[list[str]]) -> None:
    """Put an Excel table on the first sheet, its left upper corner at a cell."""
    corner = book.active[at]
    for down, row in enumerate(rows):
        for right, text in enumerate(row):
            book.active.cell(corner.row + down, corner.column + right, text)
    last = book.active.cell(corner.row + len(rows) - 1, corner.column + len(rows[0]) - 1)
    book.active.add_table(Table(displayName=name, ref=f"{at}:{last.coordinate}"))


OTHERS = [["Mail", "Shop"], ["shop@example.com", "Ink"], ["office@example.com", "Pen"]]


@pytest.mark.parametrize("own", [True, False], ids=["a table", "plain cells"])
@pytest.mark.parametrize("at", ["F1", "E3", "B9", "A9"])
def test_other_tables_on_the_sheet_are_no_part_of_the_list(
    tmp_path: Path, own: bool, at: str
) -> None:
    if at == "F1" and not own:
        return  # cells beside the list under headers of the same row are columns of it
    path = tmp_path / "a.xlsx"
    book = save(path)
    if own:
        book.active.add_table(Table(displayName="Leads", ref="A1:C4"))
    add_table(book, "Shops", at, OTHERS)
    book.save(path)
    listing = read_here(path)
    assert listing.header == HEADER
    assert listing.frame.to_numpy().tolist() == [list(row) for row in ROWS]
    assert "Other tables on the sheet are not judged: Shops." in listing.notes


def test_the_table_with_an_e_mail_column_is_the_list(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    add_table(book, "Stock", "A1", [["Item", "Price"], ["Ink", "2"], ["Pen", "1"]])
    add_table(book, "Leads", "D1", [["Name", "Email"], ["Ann", "ann@example.com"], ["Bob", "b@c"]])
    book.save(tmp_path / "a.xlsx")
    assert read_here(tmp_path / "a.xlsx").header == ("Name", "Email")


@pytest.mark.parametrize("at", ["F1", "E3", "B9", "A9"])
@pytest.mark.parametrize("filters", [0, 1])
def test_pivot_tables_on_the_sheet_are_no_part_of_the_list(
    tmp_path: Path, at: str, filters: int
) -> None:
    lines = [["Shop", "Sum"], ["Ink", "2"], ["Pen", "1"], ["Total", "3"]]
    book = save(tmp_path / "a.xlsx")
    sheet = book.active
    corner = sheet[at]
    for down, line in enumerate(lines):
        for right, text in enumerate(line):
            sheet.cell(corner.row + down, corner.column + right, text)
    last = sheet.cell(corner.row + 3, corner.column + 1).coordinate
    if filters and corner.row > 2:
        sheet.cell(corner.row - 2, corner.column, "Region")
    book.save(tmp_path / "a.xlsx")
    parts = parts_of(tmp_path / "a.xlsx")
    mark = f' rowPageCount="{filters}"' if filters else ""
    parts["xl/pivotTables/pivotTable1.xml"] = (
        f'<pivotTableDefinition xmlns="{MAIN}" name="Sums"><location ref="{at}:{last}"{mark}/>'
        "</pivotTableDefinition>"
    ).encode()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{DOCUMENT}/pivotTable" '
        'Target="../pivotTables/pivotTable1.xml"/></Relationships>'
    ).encode()
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    listing = read_here(tmp_path / "b.xlsx")
    assert listing.header == HEADER
    assert listing.frame.to_numpy().tolist() == [list(row) for row in ROWS]
    assert "Other tables on the sheet are not judged: Sums." in listing.notes
