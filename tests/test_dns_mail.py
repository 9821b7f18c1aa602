"""What DNS answers mean for mail, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.dns.mail import judge_mail
from listhygiene.dns.names import to_labels
from listhygiene.dns.routes import Reach, reach_of
from listhygiene.model.answer import Answer, MailAnswer, Question, Records, Status

GLOBAL = "8.8.8.8"


def answers(rows: str) -> dict[Question, Records]:
    """Read lines "NAME TYPE record, record" or "NAME TYPE !status"."""
    found = {}
    for row in filter(None, (row.strip() for row in rows.splitlines())):
        name, kind, rest = row.split(" ", 2)
        status = Status(rest[1:]) if rest.startswith("!") else Status.OK
        texts = () if rest.startswith("!") else tuple(sorted(rest.split(", ")))
        found[name, kind] = Records(status, texts, 300, why="timeout" if rest == "!unknown" else "")
    return found


def judge(rows: str, domain: str = "a.test", real: tuple[str, ...] = ()) -> MailAnswer:
    known = answers(rows)

    def query(questions: list[Question], progress: object) -> dict[Question, Records]:
        return {key: known.get(key, Records(Status.NXDOMAIN)) for key in questions}

    return judge_mail([domain], query, None, real)[domain]


@pytest.mark.parametrize(
    ("rows", "answer", "hosts", "unroutable", "detail"),
    [
        ("a.test MX 10 m.test\nm.test A 8.8.8.8", "mx", "m.test", False, ""),
        ("a.test MX 0 .", "null_mx", "", None, ""),
        ("a.test MX !nxdomain", "nxdomain", "", None, ""),
        ("a.test MX !unknown", "unknown", "", None, ""),
        ("a.test MX !nodata\na.test A 8.8.8.8", "implicit_mx", "a.test", False, ""),
        (
            "a.test MX !nodata\na.test A !nodata\na.test AAAA 2606:4700::1",
            "implicit_mx",
            "a.test",
            False,
            "",
        ),
        ("a.test MX !nodata\na.test A !nodata\na.test AAAA !nodata", "no_host", "", None, ""),
        ("a.test MX !nodata\na.test A !nxdomain", "no_host", "", None, ""),
        ("a.test MX !nodata\na.test A !unknown\na.test AAAA !nodata", "unknown", "", None, ""),
        ("a.test MX !nodata\na.test A !nodata\na.test AAAA !unknown", "unknown", "", None, ""),
        (
            "a.test MX !nodata\na.test A 10.0.0.1\na.test AAAA !nodata",
            "implicit_mx",
            "a.test",
            True,
            "a.test: 10.0.0.1",
        ),
        ("a.test MX 10 localhost", "mx", "localhost", True, "localhost: localhost"),
        (
            "a.test MX 10 192.0.2.1",
            "mx",
            "192.0.2.1",
            True,
            "192.0.2.1: IP address as a name",
        ),
        ("a.test MX 10 m.test\nm.test A !nxdomain", "mx", "m.test", True, "m.test: nonexistent"),
        (
            "a.test MX 10 m.test\nm.test A !nodata\nm.test AAAA !nodata",
            "mx",
            "m.test",
            True,
            "m.test: no address",
        ),
        (
            "a.test MX 0 ., 10 m.test\nm.test A 8.8.8.8",
            "mx",
            ". m.test",
            False,
            "",
        ),
        (
            "a.test MX 0 ., 10 m.test\nm.test A 127.0.0.1\nm.test AAAA ::1",
            "mx",
            ". m.test",
            True,
            ".: null target; m.test: 127.0.0.1, ::1",
        ),
        ("a.test MX 10 .", "mx", ".", True, ".: null target"),
        (
            "a.test MX 9 b.test, 10 c.test\nb.test A 10.1.1.1\nb.test AAAA !nodata\n"
            "c.test A !unknown\nc.test AAAA !nodata",
            "mx",
            "b.test c.test",
            None,
            "",
        ),
        (
            "a.test MX 9 b.test, 10 c.test\nb.test A !unknown\nb.test AAAA !unknown\n"
            "c.test A 8.8.8.8",
            "mx",
            "b.test c.test",
            False,
            "",
        ),
        (
            "a.test MX 10 m.test\nm.test A 10.0.0.1\nm.test AAAA 2606:4700::1",
            "mx",
            "m.test",
            False,
            "",
        ),
        (
            "a.test MX 10 m.test\nm.test A 192.0.2.1\nm.test AAAA !nodata",
            "mx",
            "m.test",
            True,
            "m.test: 192.0.2.1",
        ),
    ],
)
def test_mail(rows: str, answer: str, hosts: str, unroutable: bool | None, detail: str) -> None:
    found = judge(rows)
    seen = (found.answer, " ".join(found.hosts), found.unroutable, found.detail)
    assert seen == (answer, hosts, unroutable, detail)


def test_targets_are_ranked_by_number() -> None:
    rows = "a.test MX 100 c.test, 20 b.test, 5 z.test\nz.test A 8.8.8.8"
    assert judge(rows).hosts == ("z.test", "b.test", "c.test")


@pytest.mark.parametrize(("domain", "unroutable"), [("a.test", False), ("a.example", True)])
def test_documentation_addresses_count_for_domains_treated_as_real(
    domain: str, unroutable: bool
) -> None:
    rows = f"{domain} MX 10 m.test\nm.test A 203.0.113.5\nm.test AAAA !nodata"
    assert judge(rows, domain, real=("test",)).unroutable is unroutable


def test_the_given_spelling_is_the_key() -> None:
    rows = "a.test MX 10 m.test\nm.test A 8.8.8.8"
    assert judge(rows, "A.Test").domain == "A.Test"
    assert judge(rows, "A.Test").answer is Answer.MX


def test_few_questions_and_each_once() -> None:
    known = answers(
        "m.test A 8.8.8.8\n" + "\n".join(f"d{i}.test MX 10 m.test, 20 n.test" for i in range(9))
    )
    asked: list[Question] = []

    def query(questions: list[Question], progress: object) -> dict[Question, Records]:
        asked.extend(questions)
        return {key: known[key] for key in questions}

    judge_mail([f"d{i}.test" for i in range(9)] * 2, query)
    assert len(asked) == 10  # nine MX, one A: the other targets need not be known


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        (GLOBAL, "global"),
        ("192.0.0.9", "global"),
        ("192.0.0.8", "nowhere"),
        ("100.64.1.1", "nowhere"),
        ("172.31.255.255", "nowhere"),
        ("172.32.0.0", "global"),
        ("0.0.0.0", "nowhere"),
        ("255.255.255.255", "nowhere"),
        ("239.1.1.1", "nowhere"),
        ("198.51.100.1", "documentation"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("::ffff:10.0.0.1", "nowhere"),
        ("::ffff:8.8.8.8", "global"),
        ("fe80::1", "nowhere"),
        ("fd00::1", "nowhere"),
        ("2606:4700::1111", "global"),
        ("nonsense", "nowhere"),
    ],
)
def test_reach(text: str, reach: str) -> None:
    assert reach_of(text) is Reach(reach)


STATUSES = st.sampled_from(["8.8.8.8", "10.0.0.1", "!nodata", "!nxdomain", "!unknown"])


@given(
    mx=st.sampled_from(["!nodata", "10 m.test", "10 m.test, 20 n.test"]),
    ends=st.lists(STATUSES, min_size=6, max_size=6),
)
def test_unknown_is_never_bad(mx: str, ends: list[str]) -> None:
    """With one unknown address nothing is called bad, unless another answer proves it."""
    keys = [f"{name} {kind}" for name in ("a.test", "m.test", "n.test") for kind in ("A", "AAAA")]
    found = judge("\n".join([f"a.test MX {mx}", *map(" ".join, zip(keys, ends, strict=True))]))
    names = found.hosts or ("a.test",)
    ways = [ends[keys.index(f"{name} {kind}")] for name in names for kind in ("A", "AAAA")]
    firsts = ways[0::2]
    bad = found.unroutable is True or found.answer in (Answer.NO_HOST, Answer.NXDOMAIN)
    if bad:
        assert "8.8.8.8" not in firsts
        unknown = [
            a == "!unknown" or (a not in ("!nxdomain", "8.8.8.8") and aaaa == "!unknown")
            for a, aaaa in zip(ways[0::2], ways[1::2], strict=True)
        ]
        assert not any(unknown)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("a.test", 2),
        ("a" * 63 + ".test", 2),
        ("a" * 64 + ".test", None),
        (".".join(["a" * 49] * 5), 5),
        (".".join(["a" * 50] * 5), None),
        ("a..test", None),
        (".test", None),
        ("", None),
        ("ü.test", None),
        ("a\\.b.test", 2),
        ("a\\999.test", None),
    ],
)
def test_labels(name: str, count: int | None) -> None:
    labels = to_labels(name)
    assert (None if labels is None else len(labels)) == count
