"""The blocklist: what is told to it, and what it answers; the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from blocklist_places import NOW, add, event, look, store, texts, url
from listhygiene.blocklist import BlockFilter, Blocklist, Message, open_blocklist
from listhygiene.model.bounce import Event, Kind, Type
from listhygiene.model.errors import UsageError

__all__ = ["store", "url"]


def test_a_permanent_bounce_blocks_at_once(store: Blocklist) -> None:
    add(store, event("ann@example.com", "P3", days=3, diagnostic="550 no such user"))
    found = look(store, "ann@example.com", "bob@example.com")
    assert list(found.index) == ["ann@example.com"]
    row = found.iloc[0]
    assert (row["block_type"], row["block_cause"]) == ("permanent", "P3")
    assert row["block_since"] == pd.Timestamp("2026-11-20 12:00")
    assert (row["block_diagnostic"], row["block_match"]) == ("550 no such user", "address")
    assert not row["block_final"]


def test_the_answer_has_the_agreed_columns_and_types(store: Blocklist) -> None:
    add(store, event("ann@example.com", "T4"), event("eve@example.com", "complaint"))
    found = look(store, "ann@example.com", "eve@example.com")
    empty = look(store, "nobody@example.com")
    assert empty.empty
    assert found.dtypes.equals(empty.dtypes)
    assert found.dtypes["block_since"] == "datetime64[s]"
    assert found.dtypes["block_strikes"] == "int64"
    assert pd.isna(found.loc["eve@example.com", "block_since"])
    assert found.loc["eve@example.com", "block_type"] == ""


def test_temporary_bounces_strike_until_a_delivery(store: Blocklist) -> None:
    add(store, *(event("ann@example.com", "T4", days=one) for one in (5, 4, 3)))
    assert look(store, "ann@example.com").iloc[0]["block_strikes"] == 3
    add(store, event("ann@example.com", "delivery", days=2))
    assert look(store, "ann@example.com").empty


def test_older_events_that_arrive_later_take_their_place(store: Blocklist) -> None:
    add(store, event("ann@example.com", "delivery", days=2))
    add(store, event("ann@example.com", "T4", days=3))
    assert look(store, "ann@example.com").empty
    add(store, event("ann@example.com", "T4", days=1))
    assert look(store, "ann@example.com").iloc[0]["block_strikes"] == 1


@pytest.mark.parametrize("kind", ["auto-reply", "delay", "challenge", "T2"])
def test_what_is_no_bounce_never_blocks(store: Blocklist, kind: str) -> None:
    add(store, event("ann@example.com", kind))
    assert look(store, "ann@example.com").empty
    assert len(store.show("ann@example.com")) == 1


def test_the_same_input_twice_changes_nothing(store: Blocklist) -> None:
    events = [event("ann@example.com", "T4", days=1), event("bob@example.com", "P3", days=1)]
    first = store.add_events(events, "input", "a.mbox")
    before = look(store, "ann@example.com", "bob@example.com")
    again = store.add_events(events, "input", "a.mbox")
    other = store.add_events(events, "other input with the same events", "b.mbox")
    assert (first.new, first.repeated) == (2, False)
    assert (again.new, again.repeated) == (0, True)
    assert (other.new, other.known, other.repeated) == (0, 2, False)
    pd.testing.assert_frame_equal(before, look(store, "ann@example.com", "bob@example.com"))


def test_an_event_without_a_time_happened_when_it_came(store: Blocklist) -> None:
    store.add_events([Event("ann@example.com", Kind.BOUNCE, "dsn", cause="P3")], "k", "a.eml")
    assert look(store, "ann@example.com").iloc[0]["block_since"] == pd.Timestamp("2026-11-23 12:00")


def test_a_notice_dated_in_the_future_counts_from_its_receipt(store: Blocklist) -> None:
    add(store, event("ann@example.com", "P3", days=-4000))
    assert look(store, "ann@example.com").iloc[0]["block_since"].year == 2026


def test_events_without_an_address_are_counted_and_not_kept(store: Blocklist) -> None:
    added = store.add_events(
        [
            event(one, "P3")
            for one in ("", "no address", "x" * 600 + "@example.com", "\udc80@x.test")
        ]
        + [event("ann@example.com", "P3", diagnostic="550 " * 10_000, campaign="c" * 9000)],
        "k",
        "\udc80.eml",
    )
    assert (added.read, added.new, added.unaddressed) == (5, 1, 4)


def test_undecided_messages_are_kept_whole(store: Blocklist) -> None:
    message = Message(b"From: x\x00\xff\r\n\r\nperhaps", "inbox/7", "no recipient")
    added = store.add_events([], "k", "inbox", undecided=[message, message])
    assert added.undecided == 1
    waiting = store.undecided()
    assert waiting[["file", "why"]].values.tolist() == [["inbox/7", "no recipient"]]
    number = int(waiting["id"].iloc[0])
    assert store.undecided_message(number) == message.content
    assert store.settle(number, reason="a newsletter", by="Sato")
    assert store.undecided().empty
    assert not store.settle(number, reason="again", by="Sato")
    assert store.undecided_message(number) == message.content


@pytest.mark.parametrize(
    ("listed", "asked", "match"),
    [
        ("Ann@EXAMPLE.com", "Ann@example.com", "address"),
        ("Ann@example.com", "ann@example.com", "canonical"),
        ("ann@example.com", "ANN@example.com", "canonical"),
        ("a.nn+news@gmail.com", "ann@gmail.com", "canonical"),
        ("ann@gmail.com", "a.nn+news@gmail.com", "canonical"),
        ("a.n.n@gmail.com", "an.n@gmail.com", "canonical"),
        ("ann@xn--r8jz45g.example", "ann@例え.example", "address"),
        ("  ann@example.com ", "ann@example.com", "address"),
        ("o'brien@example.com", "o'brien@example.com", "address"),
        ('"ann b"@example.com', '"ann b"@example.com', "address"),
        ("ann..b@docomo.ne.jp", "ann..b@docomo.ne.jp", "address"),
    ],
)
def test_an_address_is_found_by_any_spelling(
    store: Blocklist, listed: str, asked: str, match: str
) -> None:
    add(store, event(listed, "P3"))
    assert look(store, asked)["block_match"].tolist() == [match]


@pytest.mark.parametrize("asked", ["", " ", "@", "ann@", "@example.com", "ann@example.com\x00x"])
def test_nothing_matches_what_is_no_address(store: Blocklist, asked: str) -> None:
    add(store, event("ann@example.com", "P3"), event("", "P3"), event("@example.com", "P3"))
    assert look(store, asked).empty


@pytest.mark.parametrize(
    "address", ["' OR 1=1 --@example.com", "a%@example.com", "ann'); DROP TABLE x;--@example.com"]
)
def test_an_address_is_never_a_statement(store: Blocklist, address: str) -> None:
    add(store, event("ann@example.com", "P3"), event(address, "P3"))
    assert len(look(store, address, "ann@example.com")) == 2
    assert store.describe()["addresses"] == 2


def test_the_heaviest_state_of_a_mailbox_counts(store: Blocklist) -> None:
    add(
        store,
        event("ann@gmail.com", "T4", days=1),
        event("a.nn@gmail.com", "P3", days=2),
        event("an.n@gmail.com", "unsubscribe", days=3),
    )
    row = look(store, "ann@gmail.com").iloc[0]
    assert (row["block_type"], row["block_match"]) == ("permanent", "canonical")
    assert pd.notna(row["unsubscribed"])


def test_block_and_unblock_by_hand(store: Blocklist) -> None:
    store.block(texts("ann@example.com"), Type.TEMPORARY, cause="", reason="asked", by="Sato")
    row = look(store, "ann@example.com").iloc[0]
    assert (row["block_type"], row["block_cause"], row["block_final"]) == ("temporary", "T7", True)
    done = store.unblock(texts("ann@example.com", "x@example.com"), reason="resolved", by="Sato")
    assert done["why"].tolist() == ["unblocked", "not blocked"]
    assert done["done"].tolist() == [True, False]
    assert look(store, "ann@example.com").empty
    kinds = store.show("ann@example.com")[["kind", "reason", "by"]].values.tolist()
    assert kinds == [["block", "asked", "Sato"], ["unblock", "resolved", "Sato"]]


def test_a_permanent_block_is_not_unblocked_but_allowed(store: Blocklist, url: str) -> None:
    add(store, event("ann@example.com", "P3", days=9))
    done = store.unblock(texts("ann@example.com"), reason="resolved", by="Sato")
    assert not done["done"].any()
    assert "blocklist allow" in done["why"].iloc[0]
    store.allow(texts("ann@example.com"), reason="she wrote to us", by="Sato")
    row = look(store, "ann@example.com").iloc[0]
    assert row["allowed"] == "Sato, 2026-11-23: she wrote to us"
    assert row["block_type"] == "permanent"
    assert store.due(every=True).empty
    assert store.list_blocks()["allowed"].tolist() == [row["allowed"]]
    later = open_blocklist(url, write=True, now=NOW + timedelta(days=1))
    add(later, event("ann@example.com", "P3", days=-1))
    assert look(later, "ann@example.com").iloc[0]["allowed"] == ""


def test_unblocking_and_allowing_need_a_reason_and_a_name(store: Blocklist) -> None:
    with pytest.raises(UsageError, match="reason"):
        store.unblock(texts("ann@example.com"), reason=" ", by="Sato")
    with pytest.raises(UsageError, match="reason"):
        store.allow(texts("ann@example.com"), reason="", by="Sato")
    with pytest.raises(UsageError, match="--by"):
        store.allow(texts("ann@example.com"), reason="known", by="")


def test_an_address_is_unblocked_at_most_five_times(url: str) -> None:
    for day in range(6):
        store = open_blocklist(url, write=True, now=NOW + timedelta(days=day))
        add(store, event("ann@example.com", "T4", days=-day + 0.5))
        done = store.unblock(texts("ann@example.com"), reason=f"resolved {day}", by="Sato")
    assert not done["done"].any()
    assert done["why"].iloc[0] == "unblocked 5 times already, the most that is allowed"
    assert look(store, "ann@example.com").iloc[0]["block_type"] == "temporary"


def test_unblocking_reaches_every_spelling(store: Blocklist) -> None:
    add(store, event("a.nn@gmail.com", "T4"), event("ann+x@gmail.com", "T4"))
    assert store.unblock(texts("ann@gmail.com"), reason="resolved", by="Sato")["done"].all()
    assert look(store, "a.nn@gmail.com", "ann+x@gmail.com", "ann@gmail.com").empty


def fill(store: Blocklist) -> None:
    add(
        store,
        event("ann@example.com", "P3", days=200, campaign="spring"),
        event("bob@example.com", "T4", days=100, campaign="spring"),
        event("bob@example.com", "T4", days=3, campaign="autumn"),
        event("cat@example.net", "P2", days=3, campaign="autumn"),
        event("eve@example.com", "complaint", days=3),
        event("gil@example.com", "unsubscribe", days=3),
    )


ANN, BOB, CAT = "ann@example.com", "bob@example.com", "cat@example.net"
FILTERS = [
    (BlockFilter(), [CAT, BOB, ANN]),
    (BlockFilter(kind="permanent"), [CAT, ANN]),
    (BlockFilter(kind="temporary"), [BOB]),
    (BlockFilter(causes=("P2", "T4")), [CAT, BOB]),
    (BlockFilter(since=NOW - timedelta(days=150)), [CAT, BOB]),
    (BlockFilter(until=NOW - timedelta(days=150)), [ANN]),
    (BlockFilter(campaign="spring"), [BOB, ANN]),
    (BlockFilter(campaign="autumn", kind="temporary"), [BOB]),
    (BlockFilter(due=True), [ANN]),
    (BlockFilter(within=texts("x@example.com", BOB, "CAT@example.net")), [BOB, CAT]),
    (BlockFilter(within=texts(BOB, CAT), kind="permanent"), [CAT]),
    (BlockFilter(within=texts("x@example.com")), []),
    (BlockFilter(consent=True), [CAT, "eve@example.com", "gil@example.com", BOB, ANN]),
]


@pytest.mark.parametrize(("chosen", "expected"), FILTERS, ids=range(len(FILTERS)))
def test_list_has_the_filters_of_the_page(
    store: Blocklist, chosen: BlockFilter, expected: list[str]
) -> None:
    fill(store)
    found = store.list_blocks(chosen)["address"].tolist()
    assert sorted(found) == sorted(expected)
    if not chosen.consent:
        assert found == expected


def test_a_list_within_a_list_keeps_its_rows(store: Blocklist) -> None:
    fill(store)
    found = store.list_blocks(BlockFilter(within=texts("x@example.com", ANN).set_axis([7, 9])))
    assert found.index.tolist() == [9]
    assert found["match"].tolist() == ["address"]


def test_show_tells_the_history(store: Blocklist) -> None:
    add(store, event("a.nn@gmail.com", "T4", days=2, status="4.2.2", reply="452"))
    add(store, event("ann@gmail.com", "T4", days=3, diagnostic="nul \x00 and \udc80"))
    found = store.show("ANN@gmail.com")
    assert found["address"].tolist() == ["ann@gmail.com", "a.nn@gmail.com"]
    assert found["match"].tolist() == ["canonical", "canonical"]
    assert found["file"].tolist() == ["test.mbox", "test.mbox"]
    assert store.show("nobody@example.com").empty
    assert store.show("no address").empty


def test_describe_counts_addresses_and_what_is_due(store: Blocklist) -> None:
    fill(store)
    told = store.describe()
    assert (told["addresses"], told["due"]) == (5, 1)


def test_a_reader_serves_and_refuses_to_write(store: Blocklist, url: str) -> None:
    from listhygiene.model.errors import BlocklistError

    fill(store)
    reader = open_blocklist(url, write=False, now=NOW)
    assert len(look(reader, ANN, BOB)) == 2
    with pytest.raises(BlocklistError, match="may only be read"):
        add(reader, event("new@example.com", "P3"))
    with pytest.raises(BlocklistError, match="may only be read"):
        reader.unblock(texts(BOB), reason="resolved", by="Sato")
    assert look(reader, "new@example.com").empty
