"""The bounce rate: by campaign, month, cause, type and domain; unknown where it is unknown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from blocklist_places import NOW, add, event, store, texts, url
from listhygiene.blocklist import Blocklist
from listhygiene.model.errors import UsageError

__all__ = ["store", "url"]


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def fill(store: Blocklist) -> None:
    """Spring: 4 of 100 bounced; summer: 12 of 200; autumn: 1 of an unknown number."""
    spring = [event(f"s{n}@example.com", "P3", days=199, campaign="spring") for n in range(3)]
    summer = [event(f"u{n}@example.net", "T4", days=99, campaign="summer") for n in range(10)]
    add(
        store,
        *spring,
        event("rep@example.com", "T4", days=199, campaign="spring"),
        event("rep@example.com", "T4", days=198, campaign="spring"),
        *summer,
        event("rep@example.com", "T5", days=99, campaign="summer"),
        event("gone@example.org", "P2", days=98, campaign="summer"),
        event("ok@example.com", "T5", days=99, campaign="summer"),
        event("ok@example.com", "delivery", days=98, campaign="summer"),
        event("away@example.com", "T2", days=99, campaign="summer"),
        event("away@example.com", "auto-reply", days=99, campaign="summer"),
        event("eve@example.com", "complaint", days=99, campaign="summer"),
        event("late@example.com", "P3", days=9, campaign="autumn"),
    )
    store.sent("spring", count=100, at=ago(200))
    store.sent("summer", count=200, at=ago(100))


def test_the_rate_of_a_campaign(store: Blocklist) -> None:
    fill(store)
    table = store.rates().campaigns.set_index("campaign")
    assert table.index.tolist() == ["spring", "summer", "autumn"]
    assert table["bounced"].tolist() == [4, 12, 1]
    assert table["permanent"].tolist() == [3, 1, 1]
    assert table["temporary"].tolist() == [1, 11, 0]
    assert table["rate"].iloc[:2].tolist() == pytest.approx([0.04, 0.06])
    assert table["over"].tolist()[:2] == [False, True]
    assert table["change"].iloc[1] == pytest.approx(0.02)


def test_what_was_never_said_to_be_sent_is_unknown(store: Blocklist) -> None:
    fill(store)
    found = store.rates()
    assert found.unknown == ("autumn",)
    autumn = found.campaigns.iloc[-1]
    assert pd.isna(autumn["sent"])
    assert pd.isna(autumn["rate"])
    assert pd.isna(autumn["over"])
    assert pd.isna(found.total["rate"].iloc[0])
    assert found.causes["rate"].isna().all()


def test_the_rate_of_a_period(store: Blocklist) -> None:
    fill(store)
    found = store.rates(since=ago(210), until=ago(50))
    assert found.unknown == ()
    total = found.total.iloc[0]
    assert (total["sent"], total["bounced"], total["recipients"]) == (300, 16, 15)
    assert total["rate"] == pytest.approx(16 / 300)
    assert total["over"]
    assert found.months["month"].tolist() == ["2026-05", "2026-08"]
    assert found.months["rate"].tolist() == pytest.approx([0.04, 0.06])


@pytest.mark.parametrize(("line", "over"), [(0.05, True), (0.06, False), (0.059, True)])
def test_over_the_line_means_over(store: Blocklist, line: float, over: bool) -> None:
    fill(store)
    table = store.rates(line=line).campaigns.set_index("campaign")
    assert bool(table.loc["summer", "over"]) is over


def test_causes_in_the_order_of_effect(store: Blocklist) -> None:
    fill(store)
    table = store.rates(until=ago(50)).causes
    assert table["cause"].tolist() == ["T4", "P3", "P2", "T5"]
    assert table["bounced"].tolist() == [11, 3, 1, 1]
    assert table["rate"].iloc[0] == pytest.approx(11 / 300)
    assert table["share"].sum() == pytest.approx(1)


def test_domains_and_their_providers(store: Blocklist) -> None:
    fill(store)
    people = [f"u{n}@example.net" for n in range(10)] + [f"v{n}@example.com" for n in range(30)]
    assert store.sent("summer", recipients=texts(*people), at=ago(100)) == 200
    named = {"example.net": "Example Mail"}
    table = store.rates(providers=lambda domains: domains.map(named)).domains.set_index("domain")
    assert table.index[0] == "example.net"
    assert table.loc["example.net", "provider"] == "Example Mail"
    assert table.loc["example.net", ["sent", "bounced"]].tolist() == [10, 10]
    assert table.loc["example.com", "rate"] == pytest.approx(1 / 30)
    assert pd.isna(table.loc["example.org", "rate"])


def test_repeat_offenders(store: Blocklist) -> None:
    fill(store)
    table = store.rates().offenders
    assert table[["address", "bounced", "cause"]].values.tolist() == [["rep@example.com", 2, "T5"]]


def test_bounces_without_a_campaign(store: Blocklist) -> None:
    add(store, event("ann@example.com", "P3", days=3), event("ann@example.com", "P3", days=400))
    found = store.rates(since=ago(30))
    assert found.campaigns["campaign"].tolist() == [""]
    assert found.total[["bounced", "unnamed"]].values.tolist() == [[1, 1]]
    assert found.unknown == ()


def test_a_bounce_belongs_to_what_was_just_sent_to_the_address(store: Blocklist) -> None:
    store.sent("spring", recipients=texts("ann@example.com", "bob@example.com"), at=ago(30))
    store.sent("summer", recipients=texts("ann@example.com"), at=ago(10))
    for days in (29, 9, 60):
        add(store, event("ann@example.com", "T4", days=days))
    add(store, event("bob@example.com", "T4", days=9), event("cat@example.com", "T4", days=29))
    table = store.rates().campaigns.set_index("campaign")
    assert table["bounced"].to_dict() == {"": 3, "spring": 1, "summer": 1}
    assert store.rates().total["rate"].tolist() == pytest.approx([2 / 3])


def test_an_empty_blocklist_has_no_rate(store: Blocklist) -> None:
    found = store.rates()
    assert found.campaigns.empty
    assert found.causes.empty
    assert pd.isna(found.total["rate"].iloc[0])


def test_sent_counts_recipients_once(store: Blocklist) -> None:
    assert store.sent("spring", recipients=texts("a@example.com", "b@example.com")) == 2
    assert store.sent("spring", recipients=texts("B@EXAMPLE.com", "b@example.com", "x")) == 3
    assert store.sent("spring", count=1000) == 1000
    assert store.sent("spring", count=900) == 900
    assert store.describe()["addresses"] == 0


def test_sent_needs_a_name_and_a_number(store: Blocklist) -> None:
    with pytest.raises(UsageError, match="name"):
        store.sent(" ", count=1)
    with pytest.raises(UsageError, match="0 contacts or more"):
        store.sent("spring", count=-1)


def test_the_historys_own_rates(store: Blocklist) -> None:
    people = texts(*(f"p{n}@example.com" for n in range(20)))
    codes = pd.Series(["C511 A311"] * 10 + ["A311"] * 8 + [""] * 2)
    store.sent("spring", recipients=people, codes=codes, at=ago(30))
    add(
        store,
        *(event(f"p{n}@example.com", "P3", days=29, campaign="spring") for n in range(3)),
        event("p3@example.com", "P3", days=25),
        event("p4@example.com", "P3", days=3),
        event("p5@example.com", "P3", days=40),
    )
    assert store.history_rates(least=10) == pytest.approx({"C511": 0.4, "A311": 4 / 18})
    assert set(store.history_rates(least=11)) == {"A311"}
    assert store.history_rates() == {}
