"""Several lists, folders, patterns and zip archives: judged together, each back in its place."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from hall import Answers, make_policy, read_rows, write_list
from listhygiene.changelog import read_log, undo
from listhygiene.cleaning import clean
from listhygiene.intake import take_in
from listhygiene.model.errors import ListHygieneError, UnreadableList, UsageError
from listhygiene.pipeline import check

HEADER = ["Email", "Name"]


def rows(*names: str) -> list[list[str]]:
    return [HEADER, *([f"{name}@a.test", name.strip()] for name in names)]


@pytest.fixture
def folder(tmp_path) -> Path:
    """Two lists, one below, and what lies beside them."""
    here = tmp_path / "exports"
    (here / "sub").mkdir(parents=True)
    write_list(here / "a.csv", rows("ann", " bob"))
    write_list(here / "sub" / "b.xlsx", rows("cem", "ann"))
    (here / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (here / "readme.txt").write_text("How to use these files.")
    (here / ".hidden.csv").write_text("Email\nx@a.test\n")
    (here / "~$b.xlsx").write_bytes(b"lock")
    return here


def test_a_folder_is_judged_as_a_whole_and_what_is_no_list_is_named(run, folder, capsys) -> None:
    assert run("check", folder) == 0
    said = capsys.readouterr().out
    for file, why in (
        ("logo.png", "is no list by its name"),
        ("readme.txt", "is a text without addresses"),
        ("~$b.xlsx", "is a lock of an office program"),
    ):
        assert f"Skipped {folder / file}: it {why}." in said
    assert "C521" in said
    assert ".hidden" not in said


def test_a_repeated_contact_is_found_across_files(folder) -> None:
    report = check(str(folder), make_policy(), lookup=Answers())
    found = report.findings[(report.findings["rule"] == "C521").to_numpy()]
    assert found[["list", "row"]].to_numpy().tolist() == [[1, 1]]
    assert found["detail"].tolist() == [f"{folder / 'a.csv'}, line 2"]


def test_each_list_is_written_in_its_place(run, folder, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    assert run("clean", folder, "-o", out) == 0
    assert sorted(one.relative_to(out).as_posix() for one in out.rglob("*") if one.is_file()) == [
        "a.csv",
        "a.csv.changes.jsonl",
        "sub/b.xlsx",
        "sub/b.xlsx.changes.jsonl",
    ]
    assert [row[2] for row in read_rows(out / "a.csv")[1:]] == ["send", "send"]
    last = read_rows(out / "sub" / "b.xlsx")[2]
    assert last[2] == "review"
    assert "(a.csv)" in last[4]
    assert "Skipped" in capsys.readouterr().err
    for one, original in (("a.csv", folder / "a.csv"), ("sub/b.xlsx", folder / "sub" / "b.xlsx")):
        undo(out / one)
        assert (out / one).read_bytes() == original.read_bytes()


def test_cleaning_the_results_again_changes_nothing(run, folder, tmp_path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run("clean", folder, "-o", first)
    run("clean", first, "-o", second)
    for one in ("a.csv", "sub/b.xlsx"):
        assert (first / one).read_bytes() == (second / one).read_bytes()


def test_results_within_the_folder_are_no_lists(run, folder) -> None:
    out = folder / "out"
    out.mkdir()
    assert run("clean", folder, "-o", out) == 0
    assert run("clean", folder, "-o", out) == 0
    assert not (out / "out").exists()


def test_a_folder_in_place_and_back(run, folder) -> None:
    lists = [folder / "a.csv", folder / "sub" / "b.xlsx"]
    before = [one.read_bytes() for one in lists]
    assert run("clean", folder, "--in-place") == 0
    assert [one.read_bytes() for one in lists] != before
    for one in lists:
        assert run("undo", one) == 0
    assert [one.read_bytes() for one in lists] == before


PATTERNS = {
    "*.csv": ["a.csv"],
    "**/*.xlsx": ["sub/b.xlsx"],
    "sub/?.xlsx": ["b.xlsx"],
    "[ab].csv": ["a.csv"],
}


@pytest.mark.parametrize(("pattern", "places"), PATTERNS.items(), ids=PATTERNS)
def test_patterns_are_resolved_where_the_shell_does_not(folder, pattern, places) -> None:
    with take_in([str(folder / pattern)]) as intake:
        assert [one.place for one in intake.lists] == places


def test_a_file_may_have_the_name_of_a_pattern(folder) -> None:
    odd = write_list(folder / "[ab].csv", rows("odd"))
    with take_in([str(odd)]) as intake:
        assert [one.path for one in intake.lists] == [str(odd)]


def test_a_pattern_without_a_match_leaves_the_gate_undecided(run, folder, capsys) -> None:
    assert run("check", folder / "*.ods") == 3
    assert run("clean", folder / "*.ods", "-o", folder / "out") == 3
    assert "no file matches" in capsys.readouterr().err


def test_files_of_one_name_get_places_of_their_own(tmp_path) -> None:
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        write_list(tmp_path / name / "list.csv", rows(name))
    lists = [str(tmp_path / name / "list.csv") for name in ("north", "south")]
    clean(lists, str(tmp_path / "out"), make_policy(), lookup=Answers())
    assert (tmp_path / "out" / "north" / "list.csv").exists()
    assert (tmp_path / "out" / "south" / "list.csv").exists()


def test_a_list_named_twice_is_one_list(folder) -> None:
    one = str(folder / "a.csv")
    report = check([one, str(folder), one], make_policy(), lookup=Answers())
    assert len(report.lists) == 2


def test_the_blocklist_among_the_lists_is_none(tmp_path, folder) -> None:
    write_list(
        folder / "blocked.csv", [["address", "type", "cause"], ["x@a.test", "permanent", "P3"]]
    )
    policy = make_policy(blocklist__url=str(folder / "blocked.csv"))
    report = check(str(folder), policy, lookup=Answers())
    assert str(folder / "blocked.csv") in report.sources["skipped_files"]


def test_several_lists_do_not_go_to_one_file(folder, tmp_path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    with pytest.raises(UsageError, match="one file"):
        clean(str(folder), str(target), make_policy(), lookup=Answers())
    assert target.read_text() == "old"


def test_nothing_is_written_where_one_list_cannot_be_read(folder, tmp_path) -> None:
    (folder / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(UnreadableList, match=r"broken|archive"):
        clean(str(folder), str(tmp_path / "out"), make_policy(), lookup=Answers())
    assert not (tmp_path / "out").exists()


@pytest.fixture
def packed(tmp_path) -> Path:
    """An archive of two lists, a picture, a folder and an archive."""
    path = tmp_path / "lists.zip"
    write_list(tmp_path / "b.xlsx", rows("cem", "ann"))
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("c.csv", "Email\nx@a.test\n")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "Email,Name\nann@a.test,ann\n bob@a.test,bob\n")
        archive.writestr("logo.png", b"\x89PNG" * 99)
        archive.writestr("sub/", "")
        archive.write(tmp_path / "b.xlsx", "sub/b.xlsx")
        archive.writestr("inner.zip", inner.getvalue())
        archive.comment = b"kept"
    return path


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_lists_of_an_archive_are_judged(run, packed, capsys) -> None:
    assert run("check", packed) == 0
    said = capsys.readouterr().out
    assert f"{packed}/sub/b.xlsx" in said
    assert f"Skipped {packed}/inner.zip: it is an archive in an archive." in said
    assert "C521" in said


def test_an_archive_comes_back_as_one(run, packed, tmp_path) -> None:
    out, again = tmp_path / "out.zip", tmp_path / "again.zip"
    before = members(packed)
    assert run("clean", packed, "-o", out) == 0
    after = members(out)
    assert list(after) == list(before)
    assert {name for name in after if after[name] != before[name]} == {"a.csv", "sub/b.xlsx"}
    assert b"bob@a.test,bob,send" in after["a.csv"]
    with zipfile.ZipFile(out) as archive:
        assert archive.comment == b"kept"
        assert archive.testzip() is None
    assert [one.list for one in read_log(f"{out}.changes.jsonl").changes] == ["a.csv"]
    run("clean", out, "-o", again)
    assert again.read_bytes() == out.read_bytes()
    assert run("undo", out) == 0
    assert out.read_bytes() == packed.read_bytes()


def test_an_archive_in_place_and_back(run, packed) -> None:
    before = packed.read_bytes()
    assert run("clean", packed, "--in-place") == 0
    assert packed.read_bytes() != before
    assert run("clean", packed, "--in-place") == 0
    assert run("undo", packed) == 0
    assert packed.read_bytes() == before


def test_an_archive_and_a_list_go_to_a_folder(run, packed, folder, tmp_path) -> None:
    out = tmp_path / "out"
    assert run("clean", packed, folder / "a.csv", "-o", out) == 0
    assert sorted(one.name for one in out.iterdir()) == [
        "a.csv",
        "a.csv.changes.jsonl",
        "lists.zip",
        "lists.zip.changes.jsonl",
    ]


def test_an_edited_archive_is_not_undone(run, packed, tmp_path, capsys) -> None:
    out = tmp_path / "out.zip"
    run("clean", packed, "-o", out)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("more.csv", "Email\n")
    edited = out.read_bytes()
    assert run("undo", out) == 3
    assert "changed since" in capsys.readouterr().err
    assert out.read_bytes() == edited


def hostile(path: Path, name: str) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        if name == "a bomb":
            archive.writestr("a.csv", b"Email\n" + b"\0" * (80 << 20))
        elif name == "a way out":
            archive.writestr("../../a.csv", "Email\nx@a.test\n")
        elif name == "nothing":
            pass
        elif name == "no list":
            archive.writestr("logo.png", b"\x89PNG")
        else:
            archive.writestr("a.csv", "Email\nx@a.test\n" * 99)
    if name == "cut off":
        path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("name", ["a bomb", "a way out", "nothing", "no list", "cut off"])
def test_hostile_and_damaged_archives_are_refused(run, tmp_path, name, capsys) -> None:
    path = tmp_path / "lists.zip"
    hostile(path, name)
    assert run("check", path) == 3
    assert str(path) in capsys.readouterr().out
    with pytest.raises(ListHygieneError):
        clean(str(path), str(tmp_path / "out.zip"), make_policy(), lookup=Answers())
    assert not (tmp_path / "out.zip").exists()


def test_names_of_members_in_cp932_are_shown_as_written(tmp_path) -> None:
    path = tmp_path / "lists.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hyou.csv", "Email\nx@a.test\n")
    raw = path.read_bytes().replace(b"hyou.csv", "顧表".encode("cp932") + b".csv")
    path.write_bytes(raw)
    with take_in([str(path)]) as intake:
        assert [one.shown for one in intake.lists] == [f"{path}/顧表.csv"]


def test_quarantine_takes_one_list(run, folder, tmp_path) -> None:
    assert run("clean", folder, "-o", tmp_path / "out", "--quarantine", tmp_path / "q.csv") == 2
    assert not (tmp_path / "out").exists()
