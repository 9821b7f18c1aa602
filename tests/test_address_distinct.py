"""Plain texts read at once, and the rest judged, are the addresses that judging each would give."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from address_texts import odd_texts
from listhygiene.address import is_plain, judge, library
from listhygiene.address.distinct import distinct_addresses, read_halves
from listhygiene.model.listing import TEXT
from listhygiene.texts import to_arrow

LOCALS = ["ann", "Ann", "INFO", "info", "o'neil", "a b", "a..b", "日本", "a" * 60, ""]
DOMAINS = ["a.test", "A.test", "xn--wgv71a119e.jp", "日本語.jp", "docomo.ne.jp", "a", "a,test"]
addresses = st.builds("{}@{}".format, st.sampled_from(LOCALS), st.sampled_from(DOMAINS))
lists = st.lists(st.tuples(addresses, st.none() | addresses, st.booleans()), max_size=12)


def hold(texts: list[str], cleaned: list[str], missing: list[bool]) -> None:
    """Compare with judging each text by itself; what is plain is never cleaned nor missing."""
    given = pd.Series(texts, dtype=TEXT)
    plain = is_plain(given).to_numpy()
    repaired = given.where(plain, pd.Series(cleaned, dtype=TEXT))
    absent = np.array(missing, dtype=bool) & ~plain
    each = judge(repaired)
    halves = read_halves(to_arrow(given), plain)
    odd = ~halves.sure
    found, domains, coded, place = distinct_addresses(halves, each[odd], absent[odd])
    assert ((place < 0) == absent).all()
    assert found["address"].is_unique
    assert domains["domain"].is_unique
    shown = found.assign(ascii_domain=pd.Series(coded.to_pylist(), dtype=TEXT).fillna(""))
    shown["domain_text"] = shown["ascii_domain"].map(
        dict(zip(domains["domain"], domains["unicode"], strict=True)) | {"": ""}
    )
    want = each[~absent].reset_index(drop=True)
    got = shown.iloc[place[~absent]].reset_index(drop=True)[want.columns]
    assert got.astype(str).to_dict("list") == want.astype(str).to_dict("list")
    firsts = dict.fromkeys(want["ascii_domain"].loc[lambda one: one != ""])
    assert domains["domain"].tolist() == list(firsts)


@given(lists)
@settings(max_examples=200, deadline=None)
def test_any_texts_have_the_addresses_that_judging_each_gives(rows) -> None:
    texts = list(dict.fromkeys(text for text, _, _ in rows))
    others = {text: other for text, other, _ in rows if other}
    missing = {text for text, _, gone in rows if gone}
    hold(texts, [others.get(one, one) for one in texts], [one in missing for one in texts])


@pytest.mark.parametrize("tested", [True, False])
def test_odd_texts_have_the_addresses_that_judging_each_gives(tested, monkeypatch) -> None:
    monkeypatch.setattr(library, "is_as_tested", lambda: tested)
    texts = list(dict.fromkeys(odd_texts(3_000, seed=11)))
    hold(texts, texts, [False] * len(texts))
