"""Headers are known by their aliases, and the header row is found."""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listhygiene.headers import (
    HeaderPlace,
    columns_seen,
    find_header,
    header_names,
    holds_address,
    is_label,
    normalise,
    role_of,
    standard_name,
)
from listhygiene.model.contacts import Role

ROLES = {value for name, value in vars(Role).items() if name.isupper() and isinstance(value, str)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E-mail Address", "EMAIL_ADDRESS"),
        ("メールアドレス(必須)", "メールアドレス"),
        ("【必須】メールアドレス※", "メールアドレス"),
        ("ﾒｰﾙｱﾄﾞﾚｽ", "メールアドレス"),
        ("\ufeffEmail", "email"),
        ("ｅ－ｍａｉｌ", "email"),
        ("Prénom", "prenom"),
        ("First Name *", "first.name:"),
        ("メール\u3000アドレス", "メール アドレス"),
        ("Email (required)", "Email"),
        ("E\u200bmail", "Email"),
    ],
)
def test_spelling_makes_no_difference(one: str, other: str) -> None:
    assert normalise(one) == normalise(other) != ""


def test_voicing_marks_make_a_difference() -> None:
    assert normalise("バス") != normalise("ハス")


@given(st.text(max_size=40))
def test_a_normal_form_is_stable(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once or "(" in once or "[" in once


LAYOUTS = {
    "Zoho CRM": [
        ("First Name", "first_name"),
        ("Last Name", "last_name"),
        ("Email", "email"),
        ("Secondary Email", "secondary_email"),
        ("Email Opt Out", "opt_out"),
        ("Lead Source", "source"),
        ("Lead Owner", ""),
    ],
    "Mailchimp": [
        ("Email Address", "email"),
        ("OPTIN_TIME", "opt_in_date"),
        ("CONFIRM_TIME", "opt_in_date"),
        ("UNSUB_TIME", "opt_out"),
        ("LAST_CHANGED", ""),
        ("MEMBER_RATING", ""),
    ],
    "HubSpot": [
        ("hs_email_last_send_date", "last_mailed_at"),
        ("Last marketing email send date", "last_mailed_at"),
        ("hs_email_last_open_date", "last_opened_at"),
        ("Unsubscribed from all email", "opt_out"),
        ("Last marketing email name", ""),
    ],
    "Google, old": [
        ("Given Name", "first_name"),
        ("E-mail 1 - Type", ""),
        ("E-mail 1 - Value", "email"),
        ("E-mail 3 - Value", "secondary_email"),
    ],
    "Outlook, Japanese": [
        ("姓", "last_name"),
        ("名", "first_name"),
        ("会社名", "company"),
        ("電子メール アドレス", "email"),
        ("電子メールの種類", ""),
        ("電子メール表示名", ""),
        ("電子メール 2 アドレス", "secondary_email"),
    ],
    "Klaviyo": [
        ("Email Marketing Consent", "consent"),
        ("Email Marketing Consent Timestamp", "opt_in_date"),
        ("Last Open", "last_opened_at"),
    ],
    "Japanese": [
        ("最終送信日", "last_mailed_at"),
        ("配信停止", "opt_out"),
        ("配信同意", "consent"),
        ("取得元", "source"),
        ("ＴＥＬ会社", "phone"),
        ("メールアドレス(確認用)", ""),
    ],
    "German, French, Spanish": [
        ("Nachname", "last_name"),
        ("E-Mail-Adresse", "email"),
        ("Courriel", "email"),
        ("Correo electrónico", "email"),
        ("Abgemeldet", "opt_out"),
        ("Dernier envoi", "last_mailed_at"),
    ],
}


@pytest.mark.parametrize(
    ("header", "role"), [pair for layout in LAYOUTS.values() for pair in layout]
)
def test_the_headers_of_exports_are_known(header: str, role: str) -> None:
    assert role_of(header) == ((role, "strong") if role else ("", ""))


@pytest.mark.parametrize("header", ["登録日", "Last Activity", "Created Time", "DM可否", "担当者"])
def test_a_weak_alias_is_told_as_such(header: str) -> None:
    assert role_of(header)[1] == "weak"


@pytest.mark.parametrize("header", ["", "備考", "メールの件名一覧", "Emails", "LAST_CHANGED"])
def test_nothing_is_known_by_likeness(header: str) -> None:
    assert role_of(header) == ("", "")


def test_no_alias_has_two_roles_and_no_label_a_role() -> None:
    text = resources.files("listhygiene").joinpath("data/header_aliases.json").read_text("utf-8")
    document = json.loads(text)
    roles = defaultdict(set)
    for group in document["aliases"]:
        assert group["role"] in ROLES
        assert group["source"]
        assert group["lang"] in {"en", "ja", "de", "fr", "es"}
        for name in [*group.get("strong", ()), *group.get("weak", ())]:
            assert normalise(name)
            roles[normalise(name)].add(group["role"])
    assert [name for name, found in roles.items() if len(found) > 1] == []
    labels = {normalise(name) for group in document["labels"] for name in group["names"]}
    assert not labels & set(roles)
    assert is_label("電子メールの種類")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_the_suggested_header_plays_the_role(role: str) -> None:
    assert role_of(standard_name(role, "en")) == (role, "strong")
    assert role_of(standard_name(role, "ja")) == (role, "strong")


@pytest.mark.parametrize(
    ("cell", "is_one"),
    [
        ("taro@example.com", True),
        (" Taro <taro@example.com> ", True),
        ("taro＠example.com", True),
        ("mailto:taro@example.com", True),
        ("お問い合わせ: info@example.com まで", False),
        ("@taro", False),
        ("メールアドレス", False),
    ],
)
def test_an_address_is_told_from_a_header(cell: str, is_one: bool) -> None:
    assert holds_address(cell) is is_one


CONTACT = ["佐藤 太郎", "taro@example.com", "株式会社例"]
HEADER = ["氏名", "メールアドレス", "会社名"]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ([HEADER, CONTACT], HeaderPlace(0, 1, 0)),
        ([CONTACT, CONTACT], HeaderPlace(None)),
        ([["顧客リスト 2026"], [], HEADER, CONTACT], HeaderPlace(2, 1, 2)),
        ([["作成者", "hanako@example.com"], HEADER, CONTACT], HeaderPlace(1, 1, 1)),
        ([["出力日", "2026/11/01"], HEADER, CONTACT], HeaderPlace(1, 1, 1)),
        ([["顧客", "", "会社"], HEADER, CONTACT], HeaderPlace(0, 2, 1)),
        ([["email", "name"], ["メールアドレス", "氏名"], CONTACT[::-1]], HeaderPlace(0, 2, 0)),
        ([HEADER, ["必須", "必須", "任意"], CONTACT], HeaderPlace(0, 2, 0)),
        ([["Kontakt", "Ort"], ["a@example.com", "Bonn"]], HeaderPlace(0, 1, 0)),
        ([["a@example.com"], ["b@example.com"]], HeaderPlace(None)),
        ([["x", "y"], ["1", "2"]], HeaderPlace(0, 1, 0)),
        ([CONTACT, CONTACT, HEADER, CONTACT], HeaderPlace(None)),
        ([["a", "b", "c"], ["", "", ""]], HeaderPlace(0, 1, 0)),
        ([], HeaderPlace(None)),
    ],
)
def test_the_header_row_is_found(rows: list[list[str]], place: HeaderPlace) -> None:
    assert find_header(rows) == place


def test_the_users_own_column_tells_the_header_row() -> None:
    rows = [["title"], ["連絡用", "番号"], ["taro@example.com", "1"]]
    assert find_header(rows, ["連絡用"]).row == 1


def test_two_header_rows_give_one_name_a_column() -> None:
    rows = [["番号", "顧客", "", "会社"], ["", "氏名", "メールアドレス", "会社名"]]
    place = find_header([*rows, ["1", *CONTACT]])
    assert place.rows == 2
    assert header_names(rows, place) == ("番号", "氏名", "メールアドレス", "会社名")


@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8))
def test_any_rows_have_a_place(rows: list[list[str]]) -> None:
    place = find_header(rows)
    assert place.row is None or 0 <= place.row < len(rows)
    assert len(header_names(rows, place)) <= max((len(row) for row in rows), default=0)


def test_a_message_shows_no_address_as_a_header() -> None:
    assert columns_seen(["氏名", "taro@example.com", ""]) == "氏名"
