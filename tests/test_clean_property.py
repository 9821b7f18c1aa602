"""What `clean` promises of every list: what it keeps opens the gate, and again is the same."""

from __future__ import annotations

import csv
import io
import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall import Answers, make_policy
from listhygiene.changelog import undo
from listhygiene.cleaning import Cleaning, clean
from listhygiene.model.report import Gate
from listhygiene.pipeline import check

ANSWERS = Answers(
    {
        "gone.test": "nxdomain",
        "null.test": "null_mx",
        "host.test": "no_host",
        "implicit.test": "implicit_mx",
        "silent.test": "unknown",
    }
)
DOMAINS = ["a.test", "b.example", "gone.test", "null.test", "host.test", "implicit.test"]
DOMAINS += ["silent.test", "gmail.com", "gmial.com", "例え.test", "mailinator.com", "localhost"]
LOCALS = ["ann", "Bob", "info", "o'neil", "x..y", ".dot", "日本", "a" * 65, "a b", "a,b", '"q q"']
TEXTS = ["", " ", "none", "なし", "nobody", "@", "a@b@c.test", "a@x.test; b@y.test", "a@x,test"]
DRESSES = ["{}", " {} ", "<{}>", "Ann <{}>", "mailto:{}", "{},", "'{}'", '"{}"', "　{}"]
DATES = ["2026-10-01", "2026-01-01", "", "05/06/2026", "2027-01-01", "soon"]
CONSENTS = ["yes", "no", "", "はい", "?"]

address = st.builds("{}@{}".format, st.sampled_from(LOCALS), st.sampled_from(DOMAINS))
dressed = st.builds(lambda dress, it: dress.format(it), st.sampled_from(DRESSES), address)
text = st.one_of(dressed, dressed, st.sampled_from(TEXTS))
contact = st.tuples(
    text, text, st.sampled_from(DATES), st.sampled_from(CONSENTS), st.sampled_from(["", "1", "0"])
)
COLUMNS = ["Email", "Secondary Email", "Last Mailed", "Consent", "Opt Out"]
WIDTHS = st.sampled_from([1, 3, 5])
NUMBER = itertools.count()

few = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def write(path, rows, width) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([COLUMNS[:width], *(row[:width] for row in rows)])
    path.write_text(stream.getvalue(), encoding="utf-8")


@pytest.fixture
def paths(tmp_path):
    """Return a function that names files for one example: the list, and two outputs."""

    def name():
        here = tmp_path / str(next(NUMBER))
        here.mkdir()
        return here / "list.csv", here / "out.csv", here / "again.csv"

    return name


@few
@given(rows=st.lists(contact, min_size=1, max_size=25), width=WIDTHS, accept=st.booleans())
def test_kept_contacts_never_close_the_gate(paths, rows, width, accept) -> None:
    source, out, _ = paths()
    write(source, rows, width)
    policy = make_policy()
    how = Cleaning(only=("send",), accept=("T",) if accept else ())
    clean(str(source), str(out), policy, how, lookup=ANSWERS)
    report = check(str(out), policy, lookup=ANSWERS)
    if not len(report.verdicts):
        return
    assert set(report.verdicts.astype(str)) == {"send"}
    blamed = {one.key for one in report.decision.reasons if one.decision == Gate.CLOSED}
    assert blamed <= {"gate.header_errors", "gate.sender_errors"}


@few
@given(rows=st.lists(contact, min_size=1, max_size=25), width=WIDTHS, accept=st.booleans())
def test_again_is_the_same_and_back_is_the_original(paths, rows, width, accept) -> None:
    source, out, again = paths()
    write(source, rows, width)
    policy, how = make_policy(), Cleaning(accept=("T",) if accept else ())
    clean(str(source), str(out), policy, how, lookup=ANSWERS)
    repeated = clean(str(out), str(again), policy, how, lookup=ANSWERS)
    assert again.read_bytes() == out.read_bytes()
    assert not repeated.changes
    undo(out)
    assert out.read_bytes() == source.read_bytes()
