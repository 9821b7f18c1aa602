"""`listhygiene clean` of one list: what it writes under each option, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from hall import Answers, make_policy, read_rows, write_list
from listhygiene.changelog import read_log, undo
from listhygiene.cleaning import Cleaning, clean
from listhygiene.model.errors import ListHygieneError, UnwritableList, UsageError
from listhygiene.pipeline import check

HEADER = ["Email", "Name", "Last Mailed"]
ROWS = [
    HEADER,
    ["ann@a.test", "Ann", "2026-10-01"],
    [" <bob@b.test> ", "Bob", "2026-10-01"],
    ["nobody", "Cem", "2026-10-01"],
    ["ann@a.test", "Ann again", "2026-10-01"],
]
VERDICTS = ["listhygiene_verdict", "send", "send", "hold", "review"]
KINDS = ["csv", "xlsx"]


@pytest.fixture(params=KINDS)
def source(request, tmp_path) -> Path:
    return write_list(tmp_path / f"list.{request.param}", ROWS)


def column(path: Path, place: int) -> list[str]:
    return [row[place] for row in read_rows(path)]


def test_the_list_comes_back_repaired_and_annotated(run, source) -> None:
    out = source.with_name(f"out{source.suffix}")
    before = source.read_bytes()
    assert run("clean", source, "-o", out) == 0
    assert column(out, 0) == ["Email", "ann@a.test", "bob@b.test", "nobody", "ann@a.test"]
    assert column(out, 3) == VERDICTS
    assert read_rows(out)[0][4:] == [
        "listhygiene_codes",
        "listhygiene_reason",
        "listhygiene_suggestion",
    ]
    assert source.read_bytes() == before
    log = read_log(f"{out}.changes.jsonl")
    assert [(one.line, one.before, one.after) for one in log.changes] == [
        (3, " <bob@b.test> ", "bob@b.test")
    ]
    assert log.head["input_sha256"]
    assert log.head["when"]


def test_undo_gives_the_original_back_exactly(run, source) -> None:
    out = source.with_name(f"out{source.suffix}")
    run("clean", source, "-o", out)
    assert run("undo", out) == 0
    assert out.read_bytes() == source.read_bytes()


def test_clean_again_changes_nothing(run, source) -> None:
    out, again = (source.with_name(f"{name}{source.suffix}") for name in ("out", "again"))
    run("clean", source, "-o", out)
    run("clean", out, "-o", again)
    assert again.read_bytes() == out.read_bytes()
    assert not read_log(f"{again}.changes.jsonl").changes


def links(source: Path) -> list[Path]:
    soft, hard = (source.with_name(f"{name}{source.suffix}") for name in ("soft", "hard"))
    soft.symlink_to(source)
    hard.hardlink_to(source)
    return [source, source.parent / "." / source.name, soft, hard]


def test_the_input_is_no_output(run, source, capsys) -> None:
    before = source.read_bytes()
    for out in links(source):
        assert run("clean", source, "-o", out) == 2
        assert "the output is the input" in capsys.readouterr().err
    assert source.read_bytes() == before


def test_in_place_and_back_step_by_step(run, source) -> None:
    original = source.read_bytes()
    assert run("clean", source, "--in-place") == 0
    first = source.read_bytes()
    assert run("clean", source, "--in-place", "--ignore", "C521") == 0
    assert source.read_bytes() != first
    assert run("undo", source) == 0
    assert source.read_bytes() == first
    assert run("undo", source) == 0
    assert source.read_bytes() == original
    assert run("undo", source) == 3


def test_in_place_twice_keeps_the_way_back(run, source, capsys) -> None:
    original = source.read_bytes()
    run("clean", source, "--in-place")
    capsys.readouterr()
    assert run("clean", source, "--in-place") == 0
    assert "there is nothing to change" in capsys.readouterr().err
    assert run("undo", source) == 0
    assert source.read_bytes() == original


EXCLUDING = {
    "no output": [],
    "two outputs": ["--in-place", "-o", "x.csv"],
    "split and only": ["--split", "--only=send", "-o", "x.csv"],
    "split and in place": ["--split", "--in-place"],
}


@pytest.mark.parametrize("arguments", EXCLUDING.values(), ids=EXCLUDING)
def test_options_that_exclude_each_other_are_refused(run, source, arguments, tmp_path) -> None:
    before = sorted(tmp_path.iterdir())
    assert run("clean", source, *arguments) == 2
    assert sorted(tmp_path.iterdir()) == before


def test_only_keeps_the_contacts_of_a_verdict(run, source) -> None:
    out = source.with_name(f"out{source.suffix}")
    assert run("clean", source, "-o", out, "--only", "send") == 0
    assert column(out, 0) == ["Email", "ann@a.test", "bob@b.test"]


def test_split_writes_a_file_a_verdict(run, source) -> None:
    out = source.with_name(f"out{source.suffix}")
    assert run("clean", source, "-o", out, "--split") == 0
    parts = {name: out.with_name(f"out.{name}{out.suffix}") for name in ("send", "review", "hold")}
    assert {name: column(path, 1)[1:] for name, path in parts.items()} == {
        "send": ["Ann", "Bob"],
        "review": ["Ann again"],
        "hold": ["Cem"],
    }
    assert not out.exists()


def test_rows_left_out_of_a_csv_can_be_had_back(run, tmp_path) -> None:
    source = write_list(tmp_path / "list.csv", ROWS)
    original = source.read_bytes()
    assert run("clean", source, "--in-place", "--only", "send") == 0
    assert run("undo", source) == 0
    assert source.read_bytes() == original


def test_rows_are_not_taken_out_of_a_workbook_in_its_place(run, tmp_path, capsys) -> None:
    source = write_list(tmp_path / "list.xlsx", ROWS)
    original = source.read_bytes()
    assert run("clean", source, "--in-place", "--only", "send") == 3
    assert "could not be undone" in capsys.readouterr().err
    assert source.read_bytes() == original
    out = tmp_path / "out.xlsx"
    run("clean", source, "-o", out, "--only", "send")
    assert "new file of values" in capsys.readouterr().err


def test_cells_beyond_the_last_header_are_not_lost_unsaid(run, tmp_path, capsys) -> None:
    source = tmp_path / "list.csv"
    source.write_text("Email,Name\nann@a.test,Ann\nbob@a.test,Bob,more\ntaro@a.test,Taro\n")
    assert run("clean", source, "-o", tmp_path / "out.xlsx") == 0
    assert "1 row out of balance: any cells beyond the last header" in capsys.readouterr().err
    raw = tmp_path / "raw.csv"
    assert run("clean", source, "-o", tmp_path / "kept.xlsx", "--quarantine", raw) == 0
    assert "beyond the last header" not in capsys.readouterr().err
    assert raw.read_text() == "bob@a.test,Bob,more\n"


def test_quarantined_rows_leave_the_output_raw(run, tmp_path) -> None:
    source, out, aside = (tmp_path / name for name in ("list.csv", "out.csv", "aside.csv"))
    source.write_bytes(b'Email,Name\r\nann@a.test,Ann\r\nbob@b.test,"B, ob",x\r\nc@c.test,C\r\n')
    assert run("clean", source, "-o", out) == 0
    assert b'bob@b.test,"B, ob",x\r\n' in out.read_bytes()
    assert run("clean", source, "-o", out, "--quarantine", aside) == 0
    assert aside.read_bytes() == b'bob@b.test,"B, ob",x\r\n'
    assert [row[0] for row in read_rows(out)] == ["Email", "ann@a.test", "c@c.test"]
    undo(out)
    assert out.read_bytes() == source.read_bytes()


def test_a_row_as_wide_as_the_annotated_header_is_never_written_over(run, tmp_path) -> None:
    source, out, again = (tmp_path / name for name in ("list.csv", "out.csv", "again.csv"))
    wide = "c@c.test,C,2026-10-01,own,cells,of,it\n"
    source.write_text("Email,Name,Last Mailed\na@a.test,A,2026-10-01\n" + wide)
    run("clean", source, "-o", out)
    run("clean", out, "-o", again)
    assert wide in out.read_text()
    assert again.read_bytes() == out.read_bytes()


FORMULAS = {
    "keep": "=1+1",
    "escape": "'=1+1",
}


@pytest.mark.parametrize(("option", "after"), FORMULAS.items(), ids=FORMULAS)
def test_csv_formulas(run, tmp_path, option, after) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_text("Email,Name\nann@a.test,=1+1\nbob@b.test,+81 90 1234 5678\n")
    assert run("clean", source, "-o", out, "--csv-formulas", option) == 0
    assert column(out, 1) == ["Name", after, "+81 90 1234 5678"]
    undo(out)
    assert out.read_bytes() == source.read_bytes()


def test_csv_formulas_can_be_refused(run, tmp_path, capsys) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_text("Email,Name\nann@a.test,=1+1\n")
    assert run("clean", source, "-o", out, "--csv-formulas", "refuse") == 3
    assert "line 2, column 2" in capsys.readouterr().err
    assert not out.exists()


def test_formulas_of_a_workbook_stay(run, tmp_path) -> None:
    source = write_list(tmp_path / "list.xlsx", [HEADER, ["ann@a.test", "=1+1", "2026-10-01"]])
    out = tmp_path / "out.xlsx"
    assert run("clean", source, "-o", out) == 0
    assert read_rows(out)[1][1] == "=1+1"


ACCEPTED = {
    "the only reading that DNS supports": ({"exampleco.test": "nxdomain"}, "t@example.co.test"),
    "a tie is left alone": ({}, "t@example,co.test"),
    "none that DNS supports": (
        {"exampleco.test": "nxdomain", "example.co.test": "no_host", "co.test": "nxdomain"},
        "t@example,co.test",
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("answers", "after"), ACCEPTED.values(), ids=ACCEPTED)
def test_accepted_proposals(tmp_path, kind, answers, after) -> None:
    source, out = tmp_path / f"list.{kind}", tmp_path / f"out.{kind}"
    rows = [["Email", "Name"], ["t@example,co.test", "Taro"]]
    if kind == "csv":
        source.write_text('Email,Name\n"t@example,co.test",Taro\n')
    else:
        write_list(source, rows)
    how = Cleaning(accept=("T204",))
    clean(str(source), str(out), make_policy(), how, lookup=Answers(answers))
    row = read_rows(out)[1]
    assert row[0] == after
    changed = after != "t@example,co.test"
    assert row[2:4] == (["review", "C542"] if changed else ["hold", "A301 T204"])
    assert (row[5] == "") == changed  # the suggestion stays where nothing was chosen
    log = read_log(f"{out}.changes.jsonl")
    assert [one.rule for one in log.changes] == (["T204"] if changed else [])


@pytest.mark.parametrize("kind", KINDS)
def test_an_accepted_repair_awaits_a_look(tmp_path, kind) -> None:
    source, out, again, seen = (tmp_path / f"{n}.{kind}" for n in ("list", "out", "again", "seen"))
    write_list(source, [["Email", "Name"], ["t@example;co.test", "Taro"], ["a@a.test", "Ann"]])
    policy, how = make_policy(), Cleaning(accept=("T204",))
    answers = Answers({"exampleco.test": "nxdomain"})
    clean(str(source), str(out), policy, how, lookup=answers)
    assert read_rows(out)[1][2:4] == ["review", "C542"]
    verdicts = check(str(out), policy, lookup=answers).verdicts
    assert verdicts.astype(str).tolist() == ["review", "send"]
    clean(str(out), str(again), policy, how, lookup=answers)
    assert again.read_bytes() == out.read_bytes()
    rows = read_rows(out)
    rows[1][3:5] = ["", ""]
    clean(str(write_list(seen, rows)), str(again), policy, how, lookup=answers)
    assert read_rows(again)[1][2:4] == ["send", ""]


def test_nothing_is_accepted_unasked(tmp_path) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_text('Email,Name\n"t@example,co.test",Taro\n')
    answers = Answers({"exampleco.test": "nxdomain"})
    clean(str(source), str(out), make_policy(), lookup=answers)
    assert read_rows(out)[1][0] == "t@example,co.test"


def test_the_platforms_headers_are_written_and_logged(run, tmp_path) -> None:
    source, out = tmp_path / "list.csv", tmp_path / "out.csv"
    source.write_text("E-mail Address,Family name\nann@a.test,Ann\n")
    assert run("clean", source, "-o", out, "--platform", "zoho-crm") == 0
    assert read_rows(out)[0][:2] == ["Email", "Last Name"]
    logged = read_log(f"{out}.changes.jsonl").changes
    assert [(one.before, one.after, one.rule) for one in logged] == [
        ("E-mail Address", "Email", "platform"),
        ("Family name", "Last Name", "platform"),
    ]
    undo(out)
    assert out.read_bytes() == source.read_bytes()


def test_the_platforms_row_limit_splits_the_list(run, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("listhygiene.platforms.Platform.row_limit", lambda self, form: 2)
    source, out = write_list(tmp_path / "list.csv", ROWS), tmp_path / "out.csv"
    assert run("clean", source, "-o", out, "--platform", "zoho-crm") == 0
    parts = [tmp_path / "out.1.csv", tmp_path / "out.2.csv"]
    assert [column(one, 1)[1:] for one in parts] == [["Ann", "Bob"], ["Cem", "Ann again"]]
    assert "takes 2 rows a file" in capsys.readouterr().err
    assert not out.exists()
    for one in parts:
        assert run("undo", one) == 0
        assert one.read_bytes() == source.read_bytes()
    assert run("clean", source, "--in-place", "--platform", "zoho-crm") == 3


def test_a_failing_writer_leaves_the_old_file(tmp_path, source, monkeypatch) -> None:
    out = source.with_name(f"out{source.suffix}")
    out.write_bytes(b"old")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(UnwritableList, match="nothing was changed"):
        clean(str(source), str(out), make_policy())
    assert out.read_bytes() == b"old"
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([source.name, out.name])


def test_a_log_that_cannot_be_written_keeps_the_list(tmp_path, source, monkeypatch) -> None:
    before = source.read_bytes()

    def fail(*_, **__):
        raise UnwritableList("disk full")

    monkeypatch.setattr("listhygiene.handback.write_log", fail)
    with pytest.raises(UnwritableList):
        clean(str(source), None, make_policy(), Cleaning(in_place=True))
    assert source.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [source.name]


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE is POSIX")
@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk_leaves_the_old_file(tmp_path, kind) -> None:
    many = [[f"user{n}@a.test", f"Name {n}", "2026-10-01"] for n in range(3000)]
    source = write_list(tmp_path / f"list.{kind}", [HEADER, *many])
    before = source.read_bytes()
    limit = len(before) // 2
    program = (
        "import resource, signal, sys\n"
        "from listhygiene.cli.main import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "clean", str(source), "--in-place", "--dns", "off"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path / "own")},
        timeout=120,
    )
    assert done.returncode == 3, done.stderr.decode()
    assert b"nothing was changed" in done.stderr
    assert source.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [source.name]


def test_the_key_of_a_row_is_logged(tmp_path) -> None:
    source = tmp_path / "list.csv"
    source.write_text("会員番号,Email\n007, ann@a.test\n008,bob@b.test\n", encoding="utf-8")
    clean(str(source), str(tmp_path / "out.csv"), make_policy())
    log = read_log(tmp_path / "out.csv.changes.jsonl")
    assert log.head["key"] == "会員番号"
    assert [one.key for one in log.changes] == ["007"]


def test_a_log_is_read_only_whole(tmp_path) -> None:
    source = write_list(tmp_path / "list.csv", ROWS)
    clean(str(source), str(tmp_path / "out.csv"), make_policy())
    log = tmp_path / "out.csv.changes.jsonl"
    head = json.loads(log.read_text(encoding="utf-8").splitlines()[0])
    log.write_text(json.dumps(head) + "\n", encoding="utf-8")
    with pytest.raises(ListHygieneError, match="cut off"):
        undo(tmp_path / "out.csv")


def test_what_is_no_list_is_told_before_anything_is_written(tmp_path) -> None:
    with pytest.raises(ListHygieneError, match="no such file"):
        clean(str(tmp_path / "none.csv"), str(tmp_path / "out.csv"), make_policy())
    with pytest.raises(UsageError):
        clean(str(write_list(tmp_path / "list.csv", ROWS)), None, make_policy())


def test_remarks_that_the_encoding_lacks_are_spelt_alike_twice(tmp_path) -> None:
    source, out, again = (tmp_path / name for name in ("list.csv", "out.csv", "again.csv"))
    source.write_bytes("Email,Name\nnobody,René\n".encode("cp1252"))
    policy = make_policy(lang="ja", list__encoding="cp1252")
    clean(str(source), str(out), policy)
    clean(str(out), str(again), policy)
    assert again.read_bytes() == out.read_bytes()
    assert b"\\u" in out.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_columns_are_no_finding(tmp_path, kind) -> None:
    source = write_list(tmp_path / f"list.{kind}", [["Email"], ["ann@gmial.com"], ["b@b.test"]])
    out = tmp_path / f"out.{kind}"
    clean(str(source), str(out), make_policy(), lookup=Answers())
    report = check(str(out), make_policy(), lookup=Answers())
    assert not {"H103", "H104", "H105"} & set(report.findings["rule"].astype(str))


def test_hidden_rows_can_be_left_alone(run, tmp_path, capsys) -> None:
    source, out, again = (tmp_path / f"{name}.xlsx" for name in ("list", "out", "again"))
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.save(source)
    assert run("check", source, "--hidden-rows", "skip", "--ignore", "C521") == 1
    assert "1 hidden row is skipped" in capsys.readouterr().out
    assert run("clean", source, "-o", out, "--hidden-rows", "skip") == 0
    assert [row[0] for row in read_rows(out)] == [row[0] for row in ROWS]
    assert column(out, 3) == ["listhygiene_verdict", "send", "", "hold", "review"]
    assert run("clean", out, "-o", again, "--hidden-rows", "skip") == 0
    assert again.read_bytes() == out.read_bytes()
    assert run("undo", out) == 0
    assert out.read_bytes() == source.read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX")
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_kill_at_any_step_leaves_a_whole_file(tmp_path, count) -> None:
    source = write_list(tmp_path / "list.csv", ROWS)
    before = source.read_bytes()
    program = (
        "import os, signal, sys\n"
        "from listhygiene.cli.main import main\n"
        "done, replace = [], os.replace\n"
        "def dying(*args):\n"
        "    done.append(args)\n"
        f"    if len(done) == {count}:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    replace(*args)\n"
        "os.replace = dying\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", program, "clean", str(source), "--in-place", "--dns", "off"]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "own")}
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, env=environment, timeout=120)
    assert done.returncode == -9
    assert source.read_bytes() == before
    clean(str(source), None, make_policy(), Cleaning(in_place=True))
    undo(source)
    assert source.read_bytes() == before


def test_blank_columns_of_a_list_without_headers_are_the_users_own(tmp_path) -> None:
    source, out, again = (tmp_path / name for name in ("list.csv", "out.csv", "again.csv"))
    source.write_text("ann@a.test,,x,y,z\nbob@b.test,,p,q,r\n")
    clean(str(source), str(out), make_policy(), lookup=Answers())
    assert out.read_text().startswith("ann@a.test,,x,y,z,send,,,\n")
    clean(str(out), str(again), make_policy(), lookup=Answers())
    assert again.read_bytes() == out.read_bytes()


def test_escaped_cells_are_escaped_once(tmp_path) -> None:
    source, out, again = (tmp_path / name for name in ("list.csv", "out.csv", "again.csv"))
    source.write_text("Email,Name\n@,=1+1\n=x@b.test,'=own\n")
    how = Cleaning(formulas="escape")
    clean(str(source), str(out), make_policy(), how, lookup=Answers())
    assert [row[:2] for row in read_rows(out)[1:]] == [["'@", "'=1+1"], ["'=x@b.test", "''=own"]]
    clean(str(out), str(again), make_policy(), how, lookup=Answers())
    assert again.read_bytes() == out.read_bytes()
