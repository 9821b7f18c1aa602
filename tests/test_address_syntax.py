"""Our judgement of an address is the library's, whatever the text."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import email_validator
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from address_texts import DOMAINS, LABELS, LOCALS, NOISE, differences, odd_texts
from listhygiene.address import judge, judge_one, library
from listhygiene.model.listing import TEXT

PARTS = st.one_of(
    st.sampled_from([*LOCALS, *LABELS, *DOMAINS]),
    st.text(alphabet=NOISE, max_size=4),
    st.text(max_size=6).filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text)),
    st.from_regex(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,20}", fullmatch=True),
)
ADDRESSES = st.builds(
    lambda local, at, domain: f"{local}{at}{domain}",
    st.lists(PARTS, max_size=2).map("".join),
    st.sampled_from(["@", "@", "@", "@@", "＠", ""]),
    st.lists(PARTS, max_size=4).map(".".join),
)


def one(text: str) -> dict[str, str]:
    return judge(pd.Series([text], dtype=TEXT)).astype(str).iloc[0].to_dict()


@given(st.lists(ADDRESSES, max_size=20))
@settings(max_examples=300, deadline=None)
def test_any_text_is_judged_as_the_library_does(texts: list[str]) -> None:
    assert differences(texts) == []


def test_odd_texts_are_judged_as_the_library_does() -> None:
    texts = list(odd_texts(20_000, seed=20_261_123))
    assert differences(texts) == []
    classes = judge(pd.Series(texts, dtype=TEXT))["syntax"].value_counts()
    assert (classes > 100).all(), "each class must be met often"


def test_without_the_fast_path_the_judgement_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pd.Series(list(odd_texts(5_000, seed=7)), dtype=TEXT)
    fast = judge(texts)
    monkeypatch.setattr(library, "is_as_tested", lambda: False)
    pd.testing.assert_frame_equal(judge(texts), fast)


def test_other_constants_of_the_library_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert library.is_as_tested()
    constants = sys.modules[library.load().__name__ + ".rfc_constants"]
    library.is_as_tested.cache_clear()
    monkeypatch.setattr(constants, "CASE_INSENSITIVE_MAILBOX_NAMES", ["info"])
    assert not library.is_as_tested()
    monkeypatch.undo()
    library.is_as_tested.cache_clear()
    assert library.is_as_tested()


@pytest.mark.corpora
def test_the_corpus_is_judged_as_the_library_does() -> None:
    folder = os.environ.get("LISTHYGIENE_CORPORA")
    if not folder:
        pytest.skip("LISTHYGIENE_CORPORA names no folder")
    lines = Path(folder, "addresses", "expected.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    texts = [row["address"] for row in rows if isinstance(row["address"], str)]
    texts = [text for text in texts if not any("\ud800" <= one <= "\udfff" for one in text)]
    assert len(texts) > 400
    assert differences(texts) == []
    usable = judge(pd.Series(texts, dtype=TEXT))["syntax"] != "refused"
    for row, ours in zip([row for row in rows if row["address"] in texts], usable, strict=True):
        if row["email_validator_strict"]:
            assert ours, row


@pytest.mark.parametrize(
    ("text", "address", "syntax"),
    [
        ("Ann@Example.COM", "Ann@example.com", "ok"),
        ("INFO@example.com", "info@example.com", "ok"),
        ("ann@shop.test", "ann@shop.test", "ok"),
        ("ann@printer.local", "ann@printer.local", "ok"),
        ("ann@ｐｒｉｎｔｅｒ．local", "ann@printer.local", "ok"),
        ("ann@xn--wgv71a119e.jp", "ann@日本語.jp", "ok"),
        ("zoe\u0308@example.com", "zoë@example.com", "smtputf8"),
        ("ann..smith@docomo.ne.jp", "ann..smith@docomo.ne.jp", "legacy"),
        ("Ann.@DOCOMO.ne.jp", "Ann.@docomo.ne.jp", "legacy"),
        ("ann..smith@example.com", "ann..smith@example.com", "refused"),
        ("...@docomo.ne.jp", "...@docomo.ne.jp", "refused"),
        ("ann@localhost", "ann@localhost", "refused"),
        ("", "", "refused"),
    ],
)
def test_normal_forms_and_classes(text: str, address: str, syntax: str) -> None:
    found = one(text)
    assert (found["address"], found["syntax"]) == (address, syntax)
    assert bool(found["error"]) == (syntax == "refused")
    assert tuple(found.values()) == tuple(judge_one(text))


def test_the_ascii_domain_is_what_dns_is_asked() -> None:
    found = one("ann@日本語.JP")
    assert (found["domain_text"], found["ascii_domain"]) == ("日本語.jp", "xn--wgv71a119e.jp")


def test_the_index_stays_and_missing_texts_are_refused() -> None:
    texts = pd.Series(["a@example.com", None, "x"], index=[7, 3, 7], dtype=TEXT)
    found = judge(texts)
    assert found.index.tolist() == [7, 3, 7]
    assert found["syntax"].tolist() == ["ok", "refused", "refused"]
    assert all(found[name].dtype == TEXT for name in found.columns if name != "syntax")
    assert judge(texts[:0]).columns.tolist() == found.columns.tolist()


def test_a_huge_text_is_refused_at_once() -> None:
    found = one("a" * 10_000_000 + "@example.com")
    assert found["syntax"] == "refused"
    assert "too long" in found["error"]


def test_the_library_of_other_code_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    judge_one('"a b"@example.com')
    assert "test" in email_validator.SPECIAL_USE_DOMAIN_NAMES
    monkeypatch.setattr(email_validator, "ALLOW_QUOTED_LOCAL", True)
    assert judge_one('"a b"@example.com').syntax == "refused"


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, listhygiene.address\n"
        "heavy = {'pandas', 'pyarrow', 'email_validator', 'publicsuffixlist', 'idna'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
