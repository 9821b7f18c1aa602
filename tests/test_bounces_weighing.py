"""Words that no table foresaw name a cause together, and say nothing where they know nothing."""

from __future__ import annotations

import pytest

from listhygiene.bounces.causes import CAUSES, name_cause
from listhygiene.bounces.causes.weighing import UNCODED, outweigh, weigh, weights, words_of


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("550 HELO doesn't match the address it comes from", "T3"),
        ("550 mailbox sleeps since its owner left", "P3"),
        ("554 machines without a name in reverse are sent away", "T3"),
        ("450 please knock again in a quarter of an hour", "T5"),
        ("554 attached scripts are turned away here", "T6"),
    ],
)
def test_words_decide_where_no_wording_is_known(text: str, cause: str) -> None:
    named = name_cause(text)
    assert named.code == cause
    assert named.rule.startswith('words "')
    assert named.line == text


@pytest.mark.parametrize(
    "text",
    [
        "550 a poem about rivers",
        "Something about the weather in spring",
        "The staff of the post office wishes you a happy new year",
        "Here is your list of recipients",
    ],
)
def test_words_that_say_nothing_name_nothing(text: str) -> None:
    assert name_cause(text).code == ""


def test_a_code_is_heavier_than_words_that_say_nothing() -> None:
    assert name_cause("550 5.7.1 weather").code == "P4"


def test_only_a_short_text_is_a_response_without_a_code() -> None:
    told = "the server stopped answering in the middle of the session"
    assert outweigh(told, "", coded=False)[0] == "T5"
    assert outweigh(f"{told} {'and so on ' * UNCODED}", "", coded=False) == ("", [])


def test_what_stands_before_the_reply_is_not_weighed() -> None:
    told = "550 mailbox is not currently active"
    frame = "relay.example spam blacklist quota host said: "
    assert outweigh(frame + told, "", coded=True) == outweigh(told, "", coded=True)


def test_words_are_counted_once_whatever_class_a_status_has() -> None:
    assert words_of("no no 4.2.2 no") == words_of("5.2.2 no")


def test_every_word_weighs_for_some_cause() -> None:
    causes, table, telling = weights()
    assert set(causes) == set(CAUSES) - {"T2"}
    assert not [word for word, of in table.items() if not of or not set(of) <= set(causes)]
    assert not [word for word in table if "@" in word and word != "@"]
    assert telling < set(table)


def test_a_long_text_knows_no_more_than_a_short_one() -> None:
    short = weigh("mailbox full")
    assert short.best() == "T4"
    assert short.why("T4") == ["full", "mailbox"]
