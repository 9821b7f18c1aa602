"""Misspelt domains: what is suspected, and what is left alone."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from listhygiene.data.candidates import list_candidates
from listhygiene.data.impossible import BARE_SUFFIX, NO_HOST_NAME, NO_SUCH_END, impossible_reason
from listhygiene.data.nearness import near_by_one_key
from listhygiene.data.slips import slip_cost
from listhygiene.data.typos import COLUMNS, suggest
from listhygiene.model.listing import TEXT


def table(*names: str, contacts: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"domain": pd.Series(names, dtype=TEXT), "contacts": contacts})


def suggestion(name: str) -> str:
    found = suggest(table(name))["suggestion"].dropna()
    return str(found.iloc[0]) if len(found) else ""


# bounceshift.com/learn/most-common-email-typos
BOUNCESHIFT = {
    "gamil.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.co": "gmail.com",
    "gmali.com": "gmail.com",
    "gnail.com": "gmail.com",
    "icluod.com": "icloud.com",
    "iclud.com": "icloud.com",
    "hotmil.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
}
NAMED = {
    "gmailc.om": "gmail.com",
    "docomone.jp": "docomo.ne.jp",
    "ya.hoo.co.jp": "yahoo.co.jp",
    "i.softbankne.jp": "softbank.ne.jp",
    "docomo.ne.ne.jp": "docomo.ne.jp",
    "gmail.gmail.com": "gmail.com",
    "docomo.jp": "docomo.ne.jp",
    "gmail.co.jp": "gmail.com",
    "ezweb.co.jp": "ezweb.ne.jp",
    "icloud.ne.jp": "icloud.com",
    "gmail.comemail": "gmail.com",
    "softbank.ne.jo": "softbank.ne.jp",
    "yaohoo.com": "yahoo.com",
    "compcast.net": "comcast.net",
    "hotmal.co": "hotmail.com",
    "hotmail.cqo.jp": "hotmail.co.jp",
    "yahoo.cojp": "yahoo.co.jp",
    "au.con": "au.com",
    "dokomo.ne.jp": "docomo.ne.jp",
    "sonet.ne.jp": "so-net.ne.jp",
    "comacast.net": "comcast.net",
    "gmail": "gmail.com",
}
REAL = [
    "softbank.co.jp",
    "biglobe.co.jp",
    "cloud.com",
    "bayer.com",
    "proton.ch",
    "nec.com",
    "sap.com",
    "ibm.com",
    "line.me",
    "gmo.jp",
    "u-tokyo.ac.jp",
    "meti.go.jp",
    "hicloud.com",
    "tmall.com",
    "acer.com",
    "mlive.com",
    "mail.com",
    "ymail.com",
    "me.com",
    "gmail.com",
    "docomo.ne.jp",
    "ab.ezweb.ne.jp",
    "hotmail.gr",
    "hotmail.co.jp",
    "example.com",
    "shop.test",
    "duck.com",
    "dream.ocn.ne.jp",
    "toshiba.co.jp",
    "sony.com",
    "jal.co.jp",
    "ana.co.jp",
    "ntt.com",
    "kddi.com",
]


@pytest.mark.parametrize(("typed", "meant"), [*BOUNCESHIFT.items(), *NAMED.items()])
def test_misspellings_are_seen(typed: str, meant: str) -> None:
    assert suggestion(typed) == meant


@pytest.mark.parametrize("name", REAL)
def test_real_domains_are_left_alone(name: str) -> None:
    assert suggest(table(name)).empty


def test_softbanks_two_domains_are_both_named() -> None:
    found = suggest(table("sofbank.ne.jp", "i.softbnk.jp"))
    pairs = found[["suggestion", "suggestion2"]].to_numpy().tolist()
    assert pairs == [["softbank.ne.jp", "i.softbank.jp"], ["i.softbank.jp", "softbank.ne.jp"]]


def test_the_rows_carry_the_labels_and_types_promised() -> None:
    given_ = table("acme.example", "gmai.com", "toshiba.co.jp", "x.nosuchend")
    given_.index = pd.Index([40, 30, 20, 10], name="domain_id")
    found = suggest(given_)
    assert found.index.tolist() == [30, 10]
    assert found.index.name == "domain_id"
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == {
        name: str(dtype) for name, dtype in COLUMNS.items()
    }
    assert found.loc[30, "trap"]
    assert found.loc[10, "impossible"] == NO_SUCH_END
    assert found["suggestion"].isna().tolist() == [False, True]


@pytest.mark.parametrize("names", [(), ("gmail.com",), ("toshiba.co.jp",)])
def test_nothing_suspicious_gives_an_empty_frame(names: tuple[str, ...]) -> None:
    found = suggest(table(*names))
    assert found.empty
    assert list(found.columns) == list(COLUMNS)


def test_allowed_domains_and_their_subdomains_are_right() -> None:
    assert suggest(table("gmai.com", "mail.gmai.com"), allowed=("Gmai.com",)).empty


def test_an_ended_provider_is_never_suggested() -> None:
    assert suggestion("yahoo.co.cn") != "yahoo.cn"


def test_a_listed_squatter_is_a_trap() -> None:
    found = suggest(table("gotmail.com"))
    assert found["suggestion"].tolist() == ["hotmail.com"]
    assert found["trap"].tolist() == [True]


def test_the_lists_own_frequent_domains_are_candidates() -> None:
    names = table("toshiba.co.jp", "tosihba.co.jp", "acme1.example.jp", "hitachi.co.jp")
    names["contacts"] = [40, 1, 1, 3]
    found = suggest(names)
    assert found["suggestion"].tolist() == ["toshiba.co.jp"]
    assert found["tier"].tolist() == [3]


@pytest.mark.parametrize(
    ("frequent", "contacts", "rare"),
    [
        ("toshiba.co.jp", 19, "tosihba.co.jp"),
        ("shop1.co.jp", 40, "shop2.co.jp"),
        ("toshiba.co.jp", 40, "toshiba.ne.jp"),
        ("jal.co.jp", 40, "jap.co.jp"),
        ("umich.edu", 40, "cmich.edu"),
    ],
)
def test_neighbours_that_are_no_slips(frequent: str, contacts: int, rare: str) -> None:
    names = table(frequent, rare)
    names["contacts"] = [contacts, 1]
    assert suggest(names).empty


def test_two_frequent_neighbours_are_both_right() -> None:
    assert suggest(table("toshiba.co.jp", "tosihba.co.jp", contacts=40)).empty


IMPOSSIBLE = {
    "x.con": NO_SUCH_END,
    "co.jp": BARE_SUFFIX,
    "a_b.com": NO_HOST_NAME,
    "a..com": NO_HOST_NAME,
    "-a.com": NO_HOST_NAME,
    "a.com.": NO_HOST_NAME,
    "": NO_HOST_NAME,
    "a" * 64 + ".com": NO_HOST_NAME,
    ".".join(["a" * 60] * 5) + ".com": NO_HOST_NAME,
    "x.com": "",
    "xn--wgv71a119e.jp": "",
    "gmail.co": "",
    "softbank.ne.jo": "",
}


@pytest.mark.parametrize(("name", "reason"), IMPOSSIBLE.items())
def test_what_cannot_exist(name: str, reason: str) -> None:
    assert impossible_reason(pd.Series([name], dtype=TEXT)).tolist() == [reason]


ENDS = {
    "acme.con": "acme.com",
    "acme.cojp": "acme.co.jp",
    "acme.jpp": "acme.jp",
    "acme.nte": "acme.net",
    "acme.qqqqq": "",
    "acme": "",
}


@pytest.mark.parametrize(("name", "repaired"), ENDS.items())
def test_a_misspelt_end_is_repaired_where_only_one_is_near(name: str, repaired: str) -> None:
    assert suggestion(name) == repaired


COSTS = {
    ("gmail", "gmail"): 0.0,
    ("gnail", "gmail"): 0.7,
    ("gmial", "gmail"): 0.7,
    ("gmaill", "gmail"): 0.7,
    ("gmal", "gmail"): 1.0,
    ("yaho", "yahoo"): 0.7,
    ("gmaipl", "gmail"): 0.7,
    ("gxail", "gmail"): 1.0,
    ("sonet", "so-net"): 0.6,
    ("", "ab"): 2.0,
}


@pytest.mark.parametrize(("pair", "cost"), COSTS.items())
def test_likely_slips_cost_less(pair: tuple[str, str], cost: float) -> None:
    assert slip_cost(*pair) == cost


WORDS = st.text("abcmnl.-0o", max_size=7)


@given(WORDS, WORDS)
def test_the_cost_lies_under_the_count_of_edits(typed: str, meant: str) -> None:
    edits = OSA.distance(typed, meant)
    assert 0.6 * edits - 1e-9 <= slip_cost(typed, meant) <= edits + 1e-9


LABELS = st.text("asv", min_size=5, max_size=7).map(lambda label: f"{label}.com")


@given(
    st.lists(LABELS, min_size=1, max_size=12, unique=True),
    st.lists(LABELS, min_size=1, max_size=4, unique=True),
)
def test_the_hashed_comparison_finds_every_pair_one_likely_edit_apart(
    typed: list[str], frequent: list[str]
) -> None:
    candidates = list_candidates(table(*frequent, contacts=50))
    found = near_by_one_key(pd.Series(typed, dtype=TEXT), candidates)
    pairs = set(zip(found["place"], found["suggestion"], strict=True))
    assert pairs == {
        (place, meant)
        for place, one in enumerate(typed)
        for meant in frequent
        if OSA.distance(one, meant) == 1
        and (slip_cost(one, meant) == 0.7 or len(one) != len(meant))
    }


@given(st.lists(st.text("abgmil.con-_jpé\x00あ", max_size=14), unique=True, max_size=8))
def test_any_text_can_be_asked(names: list[str]) -> None:
    found = suggest(table(*names, contacts=25))
    assert found.index.isin(range(len(names))).all()
