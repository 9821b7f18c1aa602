"""Looking up domains: suffixes, providers, throw-away domains, roles, look-alikes."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from listhygiene.data import disposable, lookalikes, provider_status, roles, suffixes
from listhygiene.data.names import find, names_of
from listhygiene.data.providers import (
    is_free_webmail,
    is_personal,
    operator,
    personal_kind,
    providers,
)
from listhygiene.data.versions import versions
from listhygiene.model.errors import ListHygieneError
from listhygiene.model.listing import TEXT

NAMES = st.lists(
    st.sampled_from(["a", "b", "co", "jp", "com", "mail"]), min_size=1, max_size=4
).map(".".join)


def texts(*values: str) -> pd.Series:
    return pd.Series(values, index=[7 * n + 3 for n in range(len(values))], dtype=TEXT)


def nearest(name: str, listed: list[str]) -> int:
    while True:
        if name in listed:
            return listed.index(name)
        _, dot, name = name.partition(".")
        if not dot:
            return -1


@given(st.lists(NAMES, max_size=20), st.lists(NAMES, unique=True, max_size=8))
def test_the_nearest_name_above_is_found(domains: list[str], listed: list[str]) -> None:
    found = find(texts(*domains), names_of(listed))
    assert found.tolist() == [nearest(name, listed) for name in domains]


@given(st.lists(NAMES, max_size=20), st.lists(NAMES, unique=True, max_size=8))
def test_names_that_do_not_stand_for_more_match_only_themselves(
    domains: list[str], listed: list[str]
) -> None:
    found = find(texts(*domains), names_of(listed, subdomains=False))
    assert found.tolist() == [listed.index(one) if one in listed else -1 for one in domains]


SUFFIX_CASES = {
    "toshiba.co.jp": ("co.jp", "toshiba.co.jp"),
    "mail.toshiba.co.jp": ("co.jp", "toshiba.co.jp"),
    "co.jp": ("co.jp", ""),
    "example.com": ("com", "example.com"),
    "www.city.kobe.jp": ("kobe.jp", "city.kobe.jp"),
    "a.b.c.kobe.jp": ("c.kobe.jp", "b.c.kobe.jp"),
    "x.unknownend": ("", ""),
    "me.github.io": ("io", "github.io"),
    "": ("", ""),
}


@pytest.mark.parametrize(("name", "expected"), SUFFIX_CASES.items())
def test_suffixes(name: str, expected: tuple[str, str]) -> None:
    both = suffixes.public_suffix(texts(name)), suffixes.registrable(texts(name))
    assert (both[0].iloc[0], both[1].iloc[0]) == expected


def test_idn_suffixes_are_known_in_ascii() -> None:
    assert suffixes.registrable(texts("a.xn--io0a7i")).iloc[0] == "a.xn--io0a7i"


def test_single_names() -> None:
    assert suffixes.is_known_suffix("co.jp")
    assert not suffixes.is_known_suffix("toshiba.co.jp")
    assert suffixes.has_known_end("toshiba.co.jp")
    assert not suffixes.has_known_end("co.jp")
    assert not suffixes.has_known_end("x.cojp")


KINDS = {
    "docomo.ne.jp": "carrier",
    "ab.ezweb.ne.jp": "carrier",
    "d.vodafone.ne.jp": "carrier",
    "jp-t.ne.jp": "carrier",
    "di.pdx.ne.jp": "carrier",
    "nifty.com": "isp",
    "ab1.mb.infoweb.ne.jp": "isp",
    "flower.ocn.ne.jp": "isp",
    "gmail.com": "webmail",
    "yahoo.co.jp": "webmail",
    "rediffmail.com": "webmail",
    "0-mail.com": "",
    "vodafone.ne.jp": "",
    "a.gmail.com": "",
    "acme.example": "",
}


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_personal_kinds(name: str, kind: str) -> None:
    assert personal_kind(texts(name)).tolist() == [kind]
    assert is_personal(texts(name)).tolist() == [kind != ""]
    assert is_free_webmail(texts(name)).tolist() == [kind == "webmail"]


def test_operators_and_the_index() -> None:
    asked = texts("gmail.com", "acme.example", "flower.ocn.ne.jp")
    found = operator(asked)
    assert found.tolist() == ["Google", "", "NTT DOCOMO OCN"]
    assert found.index.equals(asked.index)


def test_ended_providers_are_told_with_their_day() -> None:
    found = provider_status.provider_status(texts("gmail.com", "yahoo.cn"))
    assert found.index.tolist() == [10]
    assert found.iloc[0][["status", "since"]].tolist() == ["ended", "2013-08-19"]


def test_throw_away_domains_with_their_subdomains() -> None:
    asked = texts("mailinator.com", "x.mailinator.com", "gmail.com", "acme.example")
    assert disposable.is_disposable(asked).tolist() == [True, True, False, False]


def test_newer_lists_in_a_folder_win(tmp_path: Path) -> None:
    (tmp_path / disposable.FILE).write_text("# comment\nthrow.test\nduck.com\n\n", "utf-8")
    (tmp_path / suffixes.FILE).write_text(
        "// ===BEGIN ICANN DOMAINS===\nnewend\n// ===END ICANN DOMAINS===\nprivate.test\n", "utf-8"
    )
    asked = texts("a.throw.test", "mailinator.com", "x.duck.com")
    assert disposable.is_disposable(asked, tmp_path).tolist() == [True, False, False]
    found = suffixes.registrable(texts("a.b.newend", "a.com"), tmp_path)
    assert found.tolist() == ["b.newend", ""]
    told = versions(tmp_path)
    assert "sha256" in told["publicsuffixlist"]
    assert "sha256" in told["disposable-email-domains"]


def test_a_folder_without_newer_lists_changes_nothing(tmp_path: Path) -> None:
    assert disposable.is_disposable(texts("mailinator.com"), tmp_path).tolist() == [True]
    assert suffixes.registrable(texts("a.com"), tmp_path).tolist() == ["a.com"]
    assert versions(tmp_path) == versions()


@pytest.mark.parametrize("content", [b"\xff\xfe", b"<html>not found</html>"])
def test_a_damaged_suffix_list_is_told_with_its_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / suffixes.FILE).write_bytes(content)
    with pytest.raises(ListHygieneError, match=suffixes.FILE):
        suffixes.public_suffix(texts("a.com"), tmp_path)


def test_a_damaged_list_of_throw_away_domains_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / disposable.FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(ListHygieneError, match=disposable.FILE):
        disposable.is_disposable(texts("a.com"), tmp_path)


@functools.cache
def packaged_list() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)


LABELS = st.sampled_from(["a", "city", "kobe", "co", "jp", "com", "uk", "no", "xn--p1ai", "www"])


@given(st.lists(st.lists(LABELS, min_size=1, max_size=5).map(".".join), max_size=10))
def test_suffixes_are_the_librarys(names: list[str]) -> None:
    library = packaged_list()
    assert suffixes.public_suffix(texts(*names)).tolist() == [
        library.publicsuffix(name) or "" for name in names
    ]
    assert suffixes.is_public_suffix(texts(*names)).tolist() == [
        library.publicsuffix(name) == name for name in names
    ]
    assert suffixes.has_known_top(texts(*names)).tolist() == [
        library.publicsuffix(name) is not None for name in names
    ]


OFFICES = {
    "info": "info",
    "Info2": "info",
    "customer-service": "customerservice",
    "info+list": "info",
    "o-toiawase": "otoiawase",
    "ir": "ir",
    "i.r": "",
    "taro": "",
    "": "",
}


@pytest.mark.parametrize(("local", "office"), OFFICES.items())
def test_offices(local: str, office: str) -> None:
    assert roles.role(texts(local)).tolist() == [office]


def test_an_office_at_a_personal_provider_says_nothing() -> None:
    found = roles.is_role(texts("info", "info"), texts("acme.example", "gmail.com"))
    assert found.tolist() == [True, False]


@given(st.lists(st.text(max_size=8), max_size=8))
def test_any_local_part_and_name_can_be_asked(values: list[str]) -> None:
    clean = [one for one in values if one.isprintable()]
    asked = texts(*clean)
    assert len(roles.role(asked)) == len(clean)
    assert len(lookalikes.mixed_scripts(asked)) == len(clean)
    assert len(lookalikes.looks_like(asked)) == len(clean)


SCRIPTS = {
    "gmаil.com": "Cyrillic, Latin",
    "тест.com": "",
    "日本語ドメイン.jp": "",
    "サーバーshop.jp": "",
    "中文ㄅabc.tw": "",
    "한국abc.kr": "",
    "ひらがな한국.jp": "Hangul, Hiragana",
    "plain-1.com": "",
}


@pytest.mark.parametrize(("name", "scripts"), SCRIPTS.items())
def test_scripts_that_are_not_written_together(name: str, scripts: str) -> None:
    assert lookalikes.mixed_scripts(texts(name)).tolist() == [scripts]


LOOKS = {
    "gmаil.com": "gmail.com",
    "grnail.com": "gmail.com",
    "yah00.co.jp": "yahoo.co.jp",
    "d0como.ne.jp": "docomo.ne.jp",
    "gmail.com": "",
    "l63.com": "163.com",
    "modern.com": "",
}


@pytest.mark.parametrize(("name", "provider"), LOOKS.items())
def test_names_that_look_like_a_providers(name: str, provider: str) -> None:
    assert lookalikes.looks_like(texts(name)).tolist() == [provider]


@given(
    st.lists(st.sampled_from(["gmail", "grnail", "g", "m", "rn", "0", "1", "o", "l", "а", "ａ"]))
)
def test_many_names_are_mistaken_as_one_is(parts: list[str]) -> None:
    names = ["".join(parts[:cut]) + ".com" for cut in range(len(parts) + 1)] + ["yahoo.co.jp"]
    wanted = {lookalikes.skeleton(row["domain"]): row["domain"] for row in reversed(providers())}
    own = {row["domain"] for row in providers()}
    expected = ["" if one in own else wanted.get(lookalikes.skeleton(one), "") for one in names]
    assert lookalikes.looks_like(texts(*names)).tolist() == expected


def test_nothing_heavy_is_imported_with_the_package() -> None:
    code = "import sys, listhygiene.data; assert not {'pandas', 'rapidfuzz'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_each_suffix_is_found_as_in_the_whole_list() -> None:
    bases = {one.lstrip("!").removeprefix("*.") for one in suffixes._rules(None)}
    ascii_ = {".".join(part.encode("idna").decode() for part in one.split(".")) for one in bases}
    asked = texts(*sorted({name for one in ascii_ for name in (one, f"b.a.{one}")}))
    whole = packaged_list()
    assert suffixes.public_suffix(asked).tolist() == [whole.publicsuffix(one) for one in asked]
    assert suffixes.registrable(asked).tolist() == [whole.privatesuffix(one) or "" for one in asked]
    told = suffixes.is_public_suffix(asked).tolist()
    assert told == [whole.publicsuffix(one) == one for one in asked]
