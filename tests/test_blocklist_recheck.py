"""The six-monthly examination lifts what is resolved, and only that."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from blocklist_places import NOW, add, event, look, store, url
from listhygiene.blocklist import Blocklist, open_blocklist
from listhygiene.model.errors import BlocklistError

__all__ = ["store", "url"]

VERDICTS = {
    "T1": ("resolved", "the domain has mail servers again"),
    "P2": ("standing", "the domain does not exist"),
    "T3": ("unknown", "no answer"),
    "P3": ("person", "only the recipient knows"),
}


def examine(blocks: pd.DataFrame) -> pd.DataFrame:
    """Answer by the cause alone."""
    assert set(blocks.columns) >= {"address", "domain", "type", "cause", "since", "diagnostic"}
    found = [VERDICTS[cause] for cause in blocks["cause"]]
    return pd.DataFrame(found, index=blocks.index, columns=["outcome", "why"])


def fill(store: Blocklist) -> None:
    add(store, *(event(f"{cause.lower()}@example.com", cause, days=200) for cause in VERDICTS))
    add(store, event("fresh@example.com", "T1", days=20))


def outcomes(blocks: pd.DataFrame) -> dict[str, str]:
    return dict(zip(blocks["address"], blocks["outcome"], strict=True))


def test_the_right_side_is_examined_and_what_is_resolved_lifted(store: Blocklist) -> None:
    fill(store)
    found = store.recheck(examine)
    assert outcomes(found.blocks) == {
        "t1@example.com": "resolved",
        "p2@example.com": "standing",
        "t3@example.com": "unknown",
        "p3@example.com": "person",
    }
    assert look(store, "t1@example.com").empty
    assert len(look(store, "p2@example.com", "t3@example.com", "p3@example.com")) == 3
    last = store.show("t1@example.com").iloc[-1]
    assert (last["kind"], last["reason"]) == ("recheck", "the domain has mail servers again")


def test_a_domain_is_handed_out_as_dns_has_it(store: Blocklist) -> None:
    add(store, event("ann@例え.example", "T1", days=200))
    seen: list[str] = []

    def asking(blocks: pd.DataFrame) -> pd.DataFrame:
        seen.extend(blocks["domain"])
        return examine(blocks)

    store.recheck(asking)
    assert seen == ["xn--r8jz45g.example"]


def test_what_was_examined_is_not_due_again_but_the_unknown_is(store: Blocklist) -> None:
    fill(store)
    store.recheck(examine)
    assert store.due()["address"].tolist() == ["t3@example.com"]
    assert store.describe()["due"] == 1
    assert outcomes(store.recheck(examine).blocks) == {"t3@example.com": "unknown"}


def test_after_six_months_it_is_due_again(store: Blocklist, url: str) -> None:
    fill(store)
    store.recheck(examine)
    for months, expected in ((5, False), (6, True)):
        later = open_blocklist(url, write=False, now=NOW + pd.DateOffset(months=months))
        assert ("p2@example.com" in set(later.due()["address"])) is expected


def test_a_dry_run_records_nothing(store: Blocklist, url: str) -> None:
    fill(store)
    reader = open_blocklist(url, write=False, now=NOW)
    assert outcomes(reader.recheck(examine, dry_run=True).blocks)["t1@example.com"] == "resolved"
    assert len(look(store, "t1@example.com")) == 1
    assert store.describe()["due"] == 4
    with pytest.raises(BlocklistError, match="only be read"):
        reader.recheck(examine)


def test_every_block_may_be_examined(store: Blocklist) -> None:
    fill(store)
    assert len(store.recheck(examine, every=True).blocks) == 5
    assert look(store, "fresh@example.com").empty


def test_a_crash_half_way_loses_nothing_and_a_rerun_goes_on(
    store: Blocklist, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("listhygiene.blocklist.recheck.BATCH", 2)
    add(store, *(event(f"a{n}@example.com", "T1", days=200 + n) for n in range(6)))
    seen: list[str] = []

    def failing(blocks: pd.DataFrame) -> pd.DataFrame:
        if seen:
            raise RuntimeError("the machine stops here")
        seen.extend(blocks["address"])
        return examine(blocks)

    with pytest.raises(RuntimeError):
        store.recheck(failing)
    assert len(store.list_blocks()) == 4
    rest = store.recheck(examine).blocks
    assert len(rest) == 4
    assert not set(rest["address"]) & set(seen)
    assert store.list_blocks().empty


def test_two_examinations_at_once_record_each_block_once(store: Blocklist) -> None:
    fill(store)

    def slow(blocks: pd.DataFrame) -> pd.DataFrame:
        store.recheck(examine)  # another run comes first
        store.unblock(blocks["address"], reason="seen to", by="Sato")
        return examine(blocks)

    store.recheck(slow)
    for cause in ("t1", "p2", "p3"):
        kinds = store.show(f"{cause}@example.com")["kind"].tolist()
        assert kinds.count("recheck") == 1, cause


@pytest.mark.parametrize("days", [-2, 401])
def test_a_clock_that_jumped_lifts_nothing(store: Blocklist, url: str, days: int) -> None:
    fill(store)
    odd = open_blocklist(url, write=True, now=NOW + timedelta(days=days))
    found = odd.recheck(examine, every=True)
    assert "the clock" in found.refused
    assert found.blocks.empty
    assert len(look(store, "t1@example.com")) == 1
    trusted = odd.recheck(examine, every=True, trust_clock=True)
    assert not trusted.refused
    assert look(store, "t1@example.com").empty
    assert not odd.recheck(examine, every=True).refused


def test_a_bounce_after_the_examination_blocks_again(store: Blocklist, url: str) -> None:
    fill(store)
    store.recheck(examine)
    later = open_blocklist(url, write=True, now=NOW + timedelta(days=1))
    add(later, event("t1@example.com", "T1", days=-0.5))
    row = look(later, "t1@example.com").iloc[0]
    assert (row["block_type"], row["block_strikes"]) == ("temporary", 1)
