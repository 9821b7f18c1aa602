"""What `clean` promises of a CSV however it is written: back byte for byte, and again the same."""

from __future__ import annotations

import itertools
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hall import Answers, make_policy
from listhygiene.changelog import read_log, undo
from listhygiene.cleaning import Cleaning, clean
from listhygiene.model.errors import ListHygieneError
from listhygiene.pipeline import check
from listhygiene.traces import name_edited

ANSWERS = Answers({"gone.test": "nxdomain"})
ADDRESSES = ["ann@a.test", " ann@a.test", "BOB@B.TEST", "<cem@c.test>", "mailto:d@d.test,", "none",
             "x@gone.test", "taro@gmial.com", "a,b@c.test", "日本@例え.test", "　e@e.test　", "",
             "f@f.test; g@g.test", '"h"@h.test', "ｉ@ｉ．ｔｅｓｔ", "j@j..test"]  # fmt: skip
TEXTS = ["", "Ann", "佐藤", "é", "a,b", 'say "hi"', "line\nbreak", "cr\r\nlf", "=1+1", "+81 90",
         "-5", "@x", "\x00", "a\x00b", "\x1f", "tab\there", ";", "|", "'q", " ", "　", "髙", "～",
         "€", "x" * 300, "total", "合計", "0012", "\ufeff", "\u2028", "'=1",
         "y" * 70_000]  # fmt: skip
HEADERS = [["Email", "Name"], ["メールアドレス", "氏名", "会社"], ["Email"], ["Email", "", "Name"],
           ["ID", "Email", "Last Mailed", "Note"],
           ["名前", "mail", "同意", "備考", "", ""]]  # fmt: skip
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp",
             "cp1252", "iso2022_jp", "gb18030", "big5"]  # fmt: skip
LINE_ENDS = [["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"], ["\r\r\n"]]
HOWS = [Cleaning(), Cleaning(accept=("T",)), Cleaning(only=("send",)), Cleaning(split=True),
        Cleaning(formulas="escape")]  # fmt: skip
NUMBER = itertools.count()

some = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def spell(text: str, cut: str, quoting: str) -> str:
    risky = any(mark in text for mark in ('"', cut, "\n", "\r"))
    if quoting == "none" or (quoting == "few" and not risky):
        return text
    return '"' + text.replace('"', '""') + '"'


def write_any(chance: random.Random) -> bytes:
    """Write a list in any dialect: ragged rows, blank lines, totals, broken quotes and bytes."""
    cut, quoting = chance.choice(",;\t|"), chance.choice(["few", "few", "all", "none"])
    header, odd = chance.choice(HEADERS), chance.random() < 0.4
    rows = [["List of May"], [""]] if chance.random() < 0.1 else []
    rows.append(header)
    mail = next((at for at, name in enumerate(header) if "mail" in name.lower()), 0)
    for number in range(chance.choice([1, 2, 5, 12])):
        row = [chance.choice(TEXTS) for _ in header]
        row[mail] = chance.choice([*ADDRESSES, f"u{number}@u.test"])
        row[0] = str(number) if header[0] == "ID" else row[0]
        if odd and chance.random() < 0.2:
            row = row[:-1] if chance.random() < 0.5 else [*row, "more"]
        rows += [row, header] if chance.random() < 0.03 else [row]
    rows += [["Total", "3"]] if chance.random() < 0.1 else []
    lines = [cut.join(spell(text, cut, quoting) for text in row) for row in rows]
    ends = chance.choice(LINE_ENDS)
    text = "".join(line + chance.choice(ends) * chance.choice([1] * 9 + [2]) for line in lines)
    text = text.rstrip("\r\n") if chance.random() < 0.3 else text
    raw = text.encode(chance.choice([*ENCODINGS, *["utf-8"] * 6]), "ignore")
    if odd and chance.random() < 0.2:
        place = chance.randrange(len(raw))
        raw = raw[:place] + bytes([chance.choice([0, 34, 255, 129])]) + raw[place:]
    return raw


@some
@given(seed=st.integers(0, 1 << 40), how=st.sampled_from(HOWS), spare=st.booleans())
def test_any_list_comes_back_byte_for_byte(tmp_path, seed, how, spare) -> None:
    folder = tmp_path / str(next(NUMBER))
    folder.mkdir()
    source, out = folder / "list.csv", folder / "out.csv"
    source.write_bytes(write_any(random.Random(seed)))
    try:
        cleaned = clean(str(source), str(out), make_policy(), how, lookup=ANSWERS, spare=spare)
    except ListHygieneError:
        assert sorted(folder.iterdir()) == [source]
        return
    other = clean(str(source), str(folder / "other.csv"), make_policy(), how, lookup=ANSWERS)
    for one, two in zip(cleaned.files, other.files, strict=True):
        assert Path(one).read_bytes() == Path(two).read_bytes()
        logs = [read_log(f"{file}.changes.jsonl") for file in (one, two)]
        assert logs[0].changes == logs[1].changes
        assert logs[0].head["restoring"] == logs[1].head["restoring"]
        undo(one)
        assert Path(one).read_bytes() == source.read_bytes()
    shutil.rmtree(folder)


@some
@given(seed=st.integers(0, 1 << 40))
@example(seed=41424)  # the repair takes away the letters that tell the encoding
def test_a_second_run_changes_nothing_and_reads_what_was_written(tmp_path, seed) -> None:
    folder = tmp_path / str(next(NUMBER))
    folder.mkdir()
    source, out, again = (folder / name for name in ("list.csv", "out.csv", "again.csv"))
    chance = random.Random(seed)
    source.write_bytes(write_any(chance))
    try:
        clean(str(source), str(out), make_policy(), lookup=ANSWERS)
    except ListHygieneError:
        return
    written = out.read_bytes()
    log = read_log(f"{out}.changes.jsonl")
    told = name_edited(out, log.head["restoring"]["cells"])
    clean(str(out), str(again), make_policy(), lookup=ANSWERS)
    if b"\x00" not in written and not told:  # UTF-16 whose bytes were spoilt is read as anything
        assert again.read_bytes() == written
    shutil.rmtree(folder)


ODD = {
    "remarks hold another delimiter": b"ID,Email,Name\n0,f@f.test; g@g.test,\n1,a;b@c.test,Ann",
    "no header": b"a@c.test,Ann\nb@c.test,Bob\n",
    "no header, and an odd first row": b'"a,b@c.test",Ann\nu1@u.test,x\n@gone.test,\n',
    "the header is repeated": b"Email,Name\na@a.test,A\nEmail,Name\nb@b.test ,B\n",
    "the header is repeated in quotes": b'"Email";"Name"\na@a.test;A\n"Email";"Name"\nb@b.test;B\n',
    "a total below one column": b"Email\na@a.test\nb@b.test\nTotal\n",
    "a total": b"Email,Name\na@a.test,A\n\nTotal,1\n",
    "rows out of balance": b"Email,Name\na@a.test,A,x\nb@b.test\nc@c.test,C\n",
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_a_cleaned_list_holds_the_contacts_that_it_held(run, tmp_path, raw) -> None:
    source, out, again = (tmp_path / name for name in ("list.csv", "out.csv", "again.csv"))
    source.write_bytes(raw)
    assert run("clean", source, "-o", out) == 0
    before, after = (check(str(one), make_policy(), lookup=ANSWERS) for one in (source, out))
    assert len(before.verdicts) == len(after.verdicts)
    log = read_log(f"{out}.changes.jsonl")
    assert name_edited(out, log.head["restoring"]["cells"]) == ""
    assert run("clean", out, "-o", again) == 0
    assert again.read_bytes() == out.read_bytes()
    assert run("undo", out) == 0
    assert out.read_bytes() == raw
