"""Repairs never change who is meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from address_texts import odd_texts
from listhygiene.address import is_address, is_plain, judge_one
from listhygiene.address.edges import strip_edges
from listhygiene.address.encoded import decode
from listhygiene.address.inside import read_inside
from listhygiene.address.odd import ROUNDS, repair
from listhygiene.address.plain import PLAIN
from listhygiene.address.repair import Repair
from listhygiene.address.several import split_several
from listhygiene.address.wrapping import unwrap
from listhygiene.model.listing import TEXT
from listhygiene.model.rule import Grade
from listhygiene.rules import (
    catalogue,
    full_width_character,
    needless_quotes,
    placeholder_text,
    upper_case_domain,
)

RULES = [one for code, one in sorted(catalogue().items()) if code.startswith("T")]
FINDERS: dict[str, Callable[[str], Sequence[Repair]]] = {
    "T201": unwrap,
    "T202": strip_edges,
    "T203": full_width_character._narrow,
    "T204": read_inside,
    "T205": split_several,
    "T206": placeholder_text._stands_for_none,
    "T207": upper_case_domain._lower,
    "T208": needless_quotes._unquote,
    "T209": decode,
}

PLAIN_TEXTS = st.from_regex(re.compile(PLAIN.replace(r"\z", r"\Z"), re.ASCII), fullmatch=True)
ATOMS = st.from_regex(r"[a-z0-9_!#$&*+/=?^{|}~-]{1,8}", fullmatch=True)
LOCALS = st.lists(ATOMS, min_size=1, max_size=3).map(".".join)
DOMAINS = st.sampled_from(
    ["example.com", "example.co.jp", "mail.example.ne.jp", "shop.test", "x.example", "example.co"]
)
PEOPLE = st.builds(lambda local, domain: f"{local}@{domain}", LOCALS, DOMAINS)
WRAPS = [
    " {} ", "\u3000{}", "{}\u200b", "\ufeff{}", "{},", "{};", '"{}"', "'{}'", "“{}”", "[{}]",
    "<{}>", "Ann Smith <{}>", '"Smith, Ann" <{}>', "山田＜{}＞", "mailto:{}", "{} (Ann)", ",{}",
    "{}\n", "{}\t;", "「{}」",
]  # fmt: skip
BETWEEN = st.sampled_from([" ", ", ", "; ", "\n", " :: ", "、", ",", "|", "/", "&"])
SIGNS = "ab.@, ;:'\"<>()[]。．＠，　\u200b\u202e%4&#x0=?/山ー’-…\n"
WRECKS = st.one_of(
    st.text(alphabet=SIGNS, min_size=1, max_size=20),
    st.sampled_from([text for text in odd_texts(3000, 5) if text]),
    st.builds(
        lambda person, sign, place: person[:place] + sign + person[place:],
        PEOPLE,
        st.text(alphabet=SIGNS, max_size=2),
        st.integers(0, 20),
    ),
)


def cleaned(text: str) -> str:
    """Return the text as `clean` writes it: the safe repairs, one after the other."""
    for _ in range(ROUNDS):
        before = text
        for find in FINDERS.values():
            safe = [one.after for one in find(text) if one.grade is Grade.SAFE]
            text = str(safe[0]) if safe else text
        if text == before:
            break
    return text


def readings(text: str) -> list[Repair]:
    """Return what the rules say of a text when it is cleaned."""
    clean = cleaned(text)
    return [one for find in FINDERS.values() for one in find(clean)]


def widen(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def bare(text: str) -> str:
    """Return what of a text a repair may not touch: no spaces, nothing invisible, no width."""
    text = unicodedata.normalize("NFKC", text).replace("。", ".").replace('"', "")
    return "".join(one for one in text if unicodedata.category(one)[0] not in "ZC")


def same_person(before: str, after: str) -> bool:
    """Say whether an address stands in a text as it is, up to width, spaces and domain case."""
    local, _, domain = bare(after).rpartition("@")
    return bool(re.search(re.escape(local) + "@" + f"(?i:{re.escape(domain)})", bare(before)))


@given(PLAIN_TEXTS)
@settings(max_examples=300, deadline=None)
def test_no_rule_has_anything_to_say_of_a_plain_text(text: str) -> None:
    assert is_plain(pd.Series([text], dtype=TEXT)).all()
    assert {code: find(text) for code, find in FINDERS.items() if find(text)} == {}


@given(st.lists(WRECKS, max_size=20))
@settings(max_examples=300, deadline=None)
def test_what_a_rule_could_find_it_is_asked_for(texts: list[str]) -> None:
    table = pd.DataFrame({"text": pd.Series(texts, dtype=TEXT)})
    for one in RULES:
        rows = one.judge(table, None)
        expected = [
            (place, found.grade, found.after or "")
            for place, text in enumerate(texts)
            for found in FINDERS[one.code](text)
        ]
        rows["after"] = rows["after"].fillna("")
        got = rows[["text", "grade", "after"]].itertuples(index=False, name=None)
        assert list(got) == expected, one.code


@given(PEOPLE, st.lists(st.sampled_from(WRAPS), max_size=3), st.booleans())
@settings(max_examples=300, deadline=None)
def test_whatever_is_wrapped_around_an_address_the_person_stays(
    person: str, wraps: list[str], wide: bool
) -> None:
    assume("mailto:{}" not in wraps or not set("?%") & set(person))  # a sign there, RFC 6068 2
    text = widen(person) if wide else person
    for wrap in wraps:
        text = wrap.format(text)
    if len(wraps) < 2:
        assert cleaned(text) == person
    else:
        assert person in cleaned(text) or widen(person) in cleaned(text)
    assert {one.after for one in readings(text) if one.after} <= {person}


@given(WRECKS)
@settings(max_examples=1000, deadline=None)
def test_a_safe_repair_only_takes_off_what_is_around(text: str) -> None:
    if re.search(r"&#?\w+;|%[0-9a-fA-F]{2}", text):
        return  # decoding writes other characters: see the cases of T209
    after = cleaned(text)
    assert after == text or same_person(text, after)
    if judge_one(text).syntax in ("ok", "legacy"):
        assert judge_one(text) == judge_one(after), "an address must stay the same address"


@given(WRECKS)
@settings(max_examples=300, deadline=None)
def test_cleaning_what_was_cleaned_changes_nothing(text: str) -> None:
    once = cleaned(text)
    assert cleaned(once) == once


@given(PEOPLE, PEOPLE, BETWEEN)
@settings(deadline=None)
def test_of_two_people_none_is_chosen(one: str, other: str, between: str) -> None:
    text = f"{one}{between}{other}"
    if between in "|/&":
        assert cleaned(text) == text
    elif one == other:
        assert cleaned(text) == one
    else:
        assert cleaned(text) == text
        assert [found.after for found in readings(text)] == [one, other]


@pytest.mark.parametrize(
    "text", ["a@x.example b", "a@x.test,b", "a@example.com .b", "a@example.com b.c"]
)
def test_what_follows_an_address_is_not_drawn_into_its_domain(text: str) -> None:
    found = readings(text)
    assert [one.grade for one in found] == [Grade.REFUSED]
    assert "part of its domain" in found[0].detail


@given(PEOPLE)
@settings(deadline=None)
def test_every_proposal_is_an_address(person: str) -> None:
    local, domain = person.split("@")
    texts = [f"{local}@{domain.replace('.', mark, 1)}" for mark in (",", " ", "、", "..", ";")]
    texts += [f"{local[:1]} {person}", f"'{person}", f"{local} at {domain}", f"Ann Lee {person}"]
    proposed = [one for text in texts for one in readings(text) if one.grade is Grade.PROPOSED]
    assert all(is_address(str(one.after)) for one in proposed)
    assert all(one.after in (None, person) for one in readings(texts[-1]))


def test_the_fold_cleans_as_the_rules_one_after_the_other() -> None:
    texts = [*dict.fromkeys(text for text in odd_texts(3000, 9) if text.strip())]
    found = repair(pd.Series(texts, dtype=TEXT), RULES, None)
    safe = found[(found["grade"] == Grade.SAFE).to_numpy()].drop_duplicates("text")
    assert len(safe) > 100
    expected = {place: cleaned(text) for place, text in enumerate(texts) if cleaned(text) != text}
    assert dict(zip(safe["text"], safe["after"], strict=True)) == expected


def test_a_huge_or_hostile_text_is_survived() -> None:
    texts = ["a@" * 200_000, "<" * 100_000 + "@", " " * 4000 + "@", "(" * 2000 + "@" + ")" * 2000]
    texts += ["a@" + "b. " * 1300, "&#0;@" * 500, "'" * 4000 + "@x", "a," * 1900 + "@example.com"]
    texts += ["=@" * 1500 + "a@b.test", "a@b.test " * 400, "<a@b.test>" * 400, "\u0301@" * 900]
    found = repair(pd.Series(texts, dtype=TEXT), RULES, None)
    assert set(found["text"]) <= set(range(len(texts)))


def test_details_hold_no_address() -> None:
    texts = ["Ann <ann@example.com>", "ann@example,com", "a@b.test c@d.test", "'ann@example.com"]
    found = repair(pd.Series(texts, dtype=TEXT), RULES, None)
    assert set(found["text"]) == {0, 1, 2, 3}
    assert not found["detail"].str.contains("@", regex=False).any()


LOST = [0x1A, *range(0x80, 0xA0)]
"""What stands where a wrong encoding lost a letter: the u-umlaut, the apostrophe, the ellipsis."""


@pytest.mark.parametrize("place", ["m{}ller@example.com", "{}aron@example.com", "ann@example.co{}"])
def test_a_letter_lost_to_a_wrong_encoding_is_never_dropped(place: str) -> None:
    for code in LOST:
        assert [one.grade for one in strip_edges(place.format(chr(code)))] == [Grade.REFUSED]


@pytest.mark.parametrize("code", [*range(0x09), *range(0x0E, 0x20), 0x7F])
def test_a_control_inside_an_address_is_not_dropped_unasked(code: int) -> None:
    found = strip_edges(f"an{chr(code)}n@example.com")
    assert not any(one.grade is Grade.SAFE for one in found)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("ann@example.com\u200bTel", None),
        ("ann@example.com\u2060.jp", None),
        ("ann@example.co\u200b.jp", "ann@example.co.jp"),
        ("ann@exam\u200bple.com", "ann@example.com"),
    ],
)
def test_an_unseen_space_divides_a_domain_from_what_follows(text: str, after: str | None) -> None:
    safe = [one.after for one in strip_edges(text) if one.grade is Grade.SAFE]
    assert safe == ([after] if after else [])


@pytest.mark.parametrize(
    ("text", "grade", "after"),
    [
        ("Ann <mailto:ann%2Bx@example.com?subject=Hi>", Grade.SAFE, "ann+x@example.com"),
        ("mailto:t%E9@example.com", Grade.REFUSED, None),
        ("mailto:an%0An@example.com", Grade.REFUSED, None),
        ("mailto:?to=ann@example.com", Grade.REFUSED, None),
    ],
)
def test_a_link_is_decoded_or_left_alone(text: str, grade: Grade, after: str | None) -> None:
    assert [(one.grade, one.after) for one in unwrap(text)] == [(grade, after)]


def test_further_recipients_of_a_link_are_read_without_their_field() -> None:
    found = split_several("mailto:ann@example.com?cc=bob@example.com")
    assert [one.after for one in found] == ["ann@example.com", "bob@example.com"]


def test_a_code_repeated_in_links_is_not_written_undecoded() -> None:
    found = split_several("mailto:a%2Bx@example.com mailto:a%2Bx@example.com")
    assert [one.grade for one in found] == [Grade.PROPOSED]


@pytest.mark.parametrize("text", ["“ann”@example.com", "「ann」@example.com"])
def test_quotation_marks_of_a_local_part_go_together(text: str) -> None:
    assert [one.after for one in strip_edges(text)] == ["ann@example.com"]
