"""Workbooks of other formats: XLS, XLSB and ODS in the spellings that programs give them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from hall import Answers, make_policy, read_rows
from listhygiene.cleaning import clean
from listhygiene.model.errors import UnreadableList
from listhygiene.readers import read
from workbooks import binary_workbook, old_workbook

ROWS = (
    ("Email", "Name", "Id", "Member"),
    (" ann@a.test ", "Ann", 7, True),
    ("taro@a.test", None, 0.25, False),
    ("bob@a.test", "鈴木 " * 60, 1e21, None),
)
SHOWN = [
    [" ann@a.test ", "Ann", "7", "TRUE"],
    ["taro@a.test", "", "0.25", "FALSE"],
    ["bob@a.test", "鈴木 " * 60, "1000000000000000000000", ""],
]


@pytest.mark.parametrize("short", [False, True], ids=["with columns", "without columns"])
def test_a_binary_workbook_is_read_whole_and_written_back(tmp_path: Path, short: bool) -> None:
    path = binary_workbook(tmp_path / "a.xlsb", ROWS, short=short)
    listing = read(path)
    assert (listing.format, listing.header) == ("xlsb", ROWS[0])
    assert listing.frame.to_numpy().tolist() == SHOWN
    clean(str(path), str(tmp_path / "o.xlsx"), make_policy(), lookup=Answers())
    back = read_rows(tmp_path / "o.xlsx")
    assert [row[0] for row in back] == ["Email", "ann@a.test", "taro@a.test", "bob@a.test"]
    assert back[3][1] == "鈴木 " * 60


def test_a_binary_workbook_cut_off_is_told(tmp_path: Path) -> None:
    path = binary_workbook(tmp_path / "a.xlsb", ROWS)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableList):
        read(path)


def open_document(path: Path, gap: str, first: str) -> Path:
    """Write an ODS whose table has gaps between its elements, beginning with a part."""
    cells = "".join(
        f'{gap}<table:table-row>{gap}<table:table-cell office:value-type="string">'
        f"<text:p>{text}</text:p></table:table-cell>{gap}</table:table-row>"
        for text in ("Email", " ann@a.test", "bob@a.test")
    )
    urn = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = " ".join(f'xmlns:{one}="{urn}:{one}:1.0"' for one in ("office", "table", "text"))
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    parts = {
        "mimetype": kind,
        "content.xml": f'<?xml version="1.0"?><office:document-content {spaces}><office:body>'
        f'<office:spreadsheet>{gap}<table:table table:name="Contacts">{cells}{gap}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:'
        f'opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:media-type="{kind}" '
        'manifest:full-path="/"/></manifest:manifest>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(parts, key=lambda one: one != first):
            archive.writestr(name, parts[name])
    return path


@pytest.mark.parametrize("gap", ["", "\n    "], ids=["tight", "with gaps"])
@pytest.mark.parametrize("first", ["mimetype", "META-INF/manifest.xml"])
def test_an_open_document_of_any_spelling_is_read(tmp_path: Path, gap: str, first: str) -> None:
    listing = read(open_document(tmp_path / "a.ods", gap, first))
    assert (listing.format, listing.header) == ("ods", ("Email",))
    assert listing.frame[0].str.strip().tolist() == ["ann@a.test", "bob@a.test"]


def test_tabs_and_errors_of_an_open_document_are_read(tmp_path: Path) -> None:
    path = open_document(tmp_path / "a.ods", "", "mimetype")
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            parts[name] = archive.read(name).decode()
    parts["content.xml"] = (
        parts["content.xml"]
        .replace("<text:p> ann@a.test</text:p>", "<text:p>ann<text:tab/>@a.test</text:p>")
        .replace(
            'office:value-type="string"><text:p>bob@a.test',
            'office:value-type="string" office:string-value="" calcext:value-type="error" '
            'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
            "<text:p>#N/A",
        )
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    assert read(path).frame[0].tolist() == ["ann\t@a.test", "#N/A"]


ERRORS = {b"\x2a": "#N/A", b"\x07": "#DIV/0!", b"\x17": "#REF!", b"\x1d": "#NAME?"}


@pytest.mark.parametrize("short", [False, True])
def test_errors_of_a_binary_workbook_are_read(tmp_path: Path, short: bool) -> None:
    rows = [("Email", "Name"), *((code, "Ann") for code in ERRORS), ("ann@a.test", b"\x2a")]
    listing = read(binary_workbook(tmp_path / "a.xlsb", rows, short=short))
    assert listing.frame[0].tolist() == [*ERRORS.values(), "ann@a.test"]
    assert listing.frame[1].tolist() == ["Ann"] * 4 + ["#N/A"]


def test_errors_of_an_old_workbook_are_read_or_told(tmp_path: Path) -> None:
    rows = [("Email", "Name"), *((code, "鈴木") for code in ERRORS), ("ann@a.test", b"\x2a\x2a")]
    listing = read(old_workbook(tmp_path / "a.xls", rows))
    assert listing.frame[0].tolist() == [*ERRORS.values(), "ann@a.test"]
    assert listing.frame[1].tolist() == ["鈴木"] * 4 + [""]
    assert any("read as blank: 1 cell." in note for note in listing.notes)


def test_a_workbook_older_than_any_reader_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(b"\x09\x04\x06\x00\x00\x00\x10\x00" + bytes(200))
    with pytest.raises(UnreadableList, match="a workbook of Excel 4"):
        read(path)


MARKED_UP = {
    "a web page": b"\xef\xbb\xbf\n<HTML><body><table><tr><td>Email<tr><td>ann@a.test</table>",
    "an XML document": b'<?xml version="1.0"?><Workbook><Cell>ann@a.test</Cell></Workbook>',
    "a SYLK file": b'ID;PWXL;N;E\r\nC;Y1;X1;K"Email"\r\nC;Y2;X1;K"ann@a.test"\r\nE\r\n',
    "a vCard file": b"BEGIN:VCARD\r\nVERSION:3.0\r\nEMAIL;TYPE=work:ann@a.test\r\nEND:VCARD\r\n",
    "an LDIF file": b"version: 1\ndn: cn=Ann,dc=a,dc=test\nmail: ann@a.test\n",
    "a JSON document": b'[\n  {"email": "ann@a.test", "name": "Ann"}\n]\n',
    "a DIF file": b'TABLE\r\n0,1\r\n"list"\r\nVECTORS\r\n0,1\r\n""\r\n1,0\r\n"ann@a.test"\r\n',
}


@pytest.mark.parametrize("what", MARKED_UP)
def test_what_only_has_the_name_of_a_list_is_refused(tmp_path: Path, what: str) -> None:
    (tmp_path / "list.xls").write_bytes(MARKED_UP[what])
    with pytest.raises(UnreadableList, match=what):
        read(tmp_path / "list.xls")


@pytest.mark.parametrize(
    "text", ["ID;Phone;Email\n1;090;ann@a.test\n", "TABLE,Email\n0,ann@a.test\n"]
)
def test_headers_that_look_like_marks_are_headers(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert read(tmp_path / "a.csv").frame.shape[0] == 1
