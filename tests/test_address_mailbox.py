"""Which addresses reach the same mailbox, and how an address is hidden."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.address import canonical, judge
from listhygiene.address.mask import mask, mask_texts, printable
from listhygiene.model.listing import TEXT


def keys(*texts: str) -> list[str]:
    return canonical(judge(pd.Series(texts, dtype=TEXT))).tolist()


@pytest.mark.parametrize(
    "spellings",
    [
        ("ann.smith+news@gmail.com", "AnnSmith@googlemail.com"),
        ("ann+news@outlook.jp", "ann@outlook.jp"),
        ("ann@me.com", "ann@mac.com", "ANN+x@icloud.com"),
        ("ann+x@fastmail.com", "anything@ann.fastmail.com"),
        ("ann+x@ya.ru", "ann@yandex.com"),
        ("Ann@example.com", "ann@example.com"),
        ("ann..smith@docomo.ne.jp", "Ann..Smith@docomo.ne.jp"),
    ],
)
def test_spellings_of_one_mailbox_have_one_key(spellings: tuple[str, ...]) -> None:
    assert len(set(keys(*spellings))) == 1


@pytest.mark.parametrize(
    "people",
    [
        ("ann.smith@example.com", "annsmith@example.com"),
        ("ann+news@example.com", "ann@example.com"),
        ("ann.smith@outlook.com", "annsmith@outlook.com"),
        ("ann@outlook.com", "ann@hotmail.com"),
        ("ann-news@yahoo.co.jp", "ann@yahoo.co.jp"),
        ("ann..s@docomo.ne.jp", "ann.s@docomo.ne.jp"),
        ("ann@bob.example.com", "bob@example.com"),
    ],
)
def test_two_people_have_two_keys(people: tuple[str, ...]) -> None:
    assert len(set(keys(*people))) == len(people)


def test_no_address_has_no_key() -> None:
    assert keys("junk", "+tag@gmail.com", "", "ann@@example.com") == ["", "", "", ""]


def test_keys_keep_the_index() -> None:
    judged = judge(pd.Series(["a@example.com", "b@gmail.com"], index=[5, 2], dtype=TEXT))
    assert canonical(judged).index.tolist() == [5, 2]
    assert canonical(judged[:0]).tolist() == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("taro@example.co.jp", "t***@example.co.jp"),
        ("t@example.co.jp", "t***@example.co.jp"),
        ("山田@例え.jp", "山***@例え.jp"),
        ("Taro Yamada <taro@example.com>", "T***"),
        ("a@example.com b@example.com", "a***"),
        ("090-0000-0000", "0***"),
        ("", ""),
    ],
)
def test_masking(text: str, shown: str) -> None:
    assert mask(text) == shown
    assert mask_texts(pd.Series([text], dtype=TEXT)).tolist() == [shown]


@given(st.lists(st.text(alphabet="ab@.- \x1b\u202e\n漢é'<", max_size=12), max_size=8))
def test_masking_a_column_is_masking_each(texts: list[str]) -> None:
    assert mask_texts(pd.Series(texts, dtype=TEXT)).tolist() == [mask(text) for text in texts]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_nothing_of_the_local_part_but_its_first_character_is_shown(local: str) -> None:
    shown = mask(f"Q{local}@example.com")
    assert shown in ("Q***@example.com", "Q***")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_printed_texts_steer_nothing(text: str) -> None:
    steering = {*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)}
    assert not steering & set(map(ord, printable(text)))


def test_what_is_printable_stays() -> None:
    assert printable("山田 <taro@example.com>\x1b[2J") == "山田 <taro@example.com>\\u001b[2J"
