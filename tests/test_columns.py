"""Columns get their roles by options, headers and content, and say what their cells say."""

from __future__ import annotations

import pandas as pd
import pytest

from listhygiene.columns import activity, assign_roles, consent_state
from listhygiene.consent import doubtful_source, read_consent, read_opt_out
from listhygiene.model.contacts import Role
from listhygiene.model.errors import UsageError
from listhygiene.model.listing import TEXT

AS_OF = pd.Timestamp("2026-11-23")


def frame_of(*columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame({place: pd.Series(one, dtype=TEXT) for place, one in enumerate(columns)})


def roles(header: list[str], *columns: list[str], **options: object) -> list[str]:
    frame = frame_of(*columns) if columns else frame_of(*[[] for _ in header])
    table = assign_roles(header, frame, as_of=AS_OF, **options)  # type: ignore[arg-type]
    return table["role"].tolist()


MAILS = ["taro@example.com", "hanako@example.com"]
NAMES = ["佐藤 太郎", "鈴木 花子"]
DAYS = ["2026-01-05", "2026-02-06"]


@pytest.mark.parametrize(
    ("header", "columns", "expected"),
    [
        (["メールアドレス", "氏名"], [MAILS, NAMES], ["email", "full_name"]),
        (["Email", "Secondary Email"], [MAILS, MAILS], ["email", "secondary_email"]),
        (["連絡用", "備考"], [MAILS, ["x", "y"]], ["email", ""]),
        (["備考", "連絡用"], [["a@example.com", ""], MAILS], ["", "email"]),
        (["メールアドレス", "備考"], [MAILS, MAILS], ["email", ""]),
        (["電子メール表示名", "番号"], [MAILS, ["1", "2"]], ["", ""]),
        (["Twitter", "Name"], [["@taro", "@hanako"], NAMES], ["", "full_name"]),
        (["Email", "登録日"], [MAILS, DAYS], ["email", ""]),
        (["Email", "最終連絡日"], [MAILS, DAYS], ["email", ""]),
        (["Email", "担当者"], [MAILS, NAMES], ["email", "full_name"]),
        (["Email", "担当者"], [MAILS, ["A12", "B34"]], ["email", ""]),
        (
            ["Email", "OPTIN_TIME", "CONFIRM_TIME"],
            [MAILS, DAYS, DAYS],
            ["email"] + ["opt_in_date"] * 2,
        ),
        (
            ["Email", "配信停止", "配信同意"],
            [MAILS, ["", "1"], ["1", "0"]],
            ["email", "opt_out", "consent"],
        ),
    ],
)
def test_headers_and_content_decide(
    header: list[str], columns: list[list[str]], expected: list[str]
) -> None:
    assert roles(header, *columns) == expected


def test_the_users_word_wins() -> None:
    header, columns = ["メールアドレス", "予備", "最終送信日", "登録日"], [MAILS, MAILS, DAYS, DAYS]
    table = assign_roles(header, frame_of(*columns), ["予備"], "登録日", AS_OF)
    assert table["role"].tolist() == ["email", "email", "", "last_mailed_at"]
    assert table["by"].tolist() == ["alias", "option", "", "option"]


@pytest.mark.parametrize("options", [{"email_columns": ["E"]}, {"last_mailed_column": "E"}])
def test_a_named_column_that_is_not_there_names_those_that_are(options: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="メールアドレス, 氏名") as caught:
        roles(["メールアドレス", "氏名"], MAILS, NAMES, **options)
    assert caught.value.exit_code == 2


def test_repeats_and_fill_are_counted() -> None:
    table = assign_roles(
        ["Email", "E-mail", "", ""], frame_of(MAILS, ["", "\u3000"], ["\u200b", "x"], ["", ""])
    )
    assert table["repeated"].tolist() == [False, True, False, False]
    assert table["filled"].tolist() == [2, 0, 1, 0]


@pytest.mark.parametrize(
    ("cells", "content"),
    [
        (MAILS, "email"),
        (["taro＠example.com", "なし", "-", "n/a"], "email"),
        (["なし", "-"], "nothing"),
        (NAMES, "full_name"),
        (["John Smith", "Mary Jones"], "full_name"),
        (["株式会社例", "Example Inc."], "company"),
        (["03-1234-5678", "+81 90 1234 5678"], "phone"),
        (DAYS, "date"),
        (["2026/1/5", "R8.2.6"], "date"),
        (["30301", "45413"], ""),
        (["東京都", "大阪府"], ""),
        ([], ""),
    ],
)
def test_content_is_known_by_its_look(cells: list[str], content: str) -> None:
    table = assign_roles(["x"], frame_of(cells))
    assert table["content_role"].tolist() == [content]


def test_the_latest_of_several_days_counts() -> None:
    frame = frame_of(
        ["2026-01-05", "", "2026/5", ""], ["2025-03-01", "2026-02-06", "", ""], ["2026-10-01"] * 4
    )
    headers = assign_roles(["Last Mailed", "Last Email Sent", "Last Opened"], frame)
    found = activity(frame, headers, AS_OF)
    days = found["last_mailed"].dt.strftime("%Y-%m-%d").fillna("").tolist()
    assert days == ["2026-01-05", "2026-02-06", "", ""]
    assert found["last_mailed_state"].tolist() == ["ok", "ok", "unreadable", "blank"]
    assert found["last_opened_state"].tolist() == ["ok"] * 4


def test_what_has_no_column_has_no_state() -> None:
    frame = frame_of(MAILS)
    headers = assign_roles(["Email"], frame)
    assert activity(frame, headers, AS_OF)["last_mailed_state"].tolist() == ["", ""]
    told = consent_state(frame, headers)
    assert told["consent"].tolist() == ["", ""]
    assert not told["opted_out"].any()
    assert told["source"].tolist() == ["", ""]


def test_a_no_outweighs_a_yes_and_one_opt_out_is_enough() -> None:
    frame = frame_of(
        ["1", "1", "", "?"], ["1", "0", "1", ""], ["", "", "1", ""], ["", "展示会", "", ""]
    )
    headers = assign_roles(["配信同意", "Opt In", "配信停止", "取得元"], frame)
    told = consent_state(frame, headers)
    assert told["consent"].tolist() == ["yes", "no", "yes", "unknown"]
    assert told["opted_out"].tolist() == [False, False, True, False]
    assert told["source"].tolist() == ["", "展示会", "", ""]


@pytest.mark.parametrize(
    ("cell", "consent", "opt_out"),
    [
        ("1", "yes", "yes"),
        ("FALSE", "no", "no"),
        ("○", "yes", "yes"),
        ("×", "no", "no"),
        ("同意", "yes", "no"),
        ("同意しない", "no", "yes"),
        ("配信停止", "no", "yes"),
        ("配信中", "yes", "no"),
        ("希望しない", "no", "no"),
        ("Subscribed", "yes", "no"),
        ("UNSUBSCRIBED", "no", "yes"),
        ("never subscribed", "no", "yes"),
        ("cleaned", "no", "yes"),
        ("pending", "unknown", "unknown"),
        ("2024-05-01 10:00:00", "yes", "yes"),
        ("2024/05/01", "yes", "yes"),
        ("済", "yes", "yes"),
        ("本人希望により停止", "unknown", "yes"),
        ("", "blank", "blank"),
        ("　", "blank", "blank"),
        ("-", "blank", "blank"),
        ("foo", "unknown", "unknown"),
    ],
)
def test_consent_and_opt_out_are_each_others_inverse(cell: str, consent: str, opt_out: str) -> None:
    cells = pd.Series([cell], dtype=TEXT)
    assert read_consent(cells).tolist() == [consent]
    assert read_opt_out(cells).tolist() == [opt_out]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("名簿業者A社", "bought"),
        ("購入", "bought"),
        ("商品購入者", ""),
        ("Purchased list 2024", "bought"),
        ("Purchase", ""),
        ("レンタルリスト", "rented"),
        ("Web scraping", "collected"),
        ("Web", ""),
        ("不明", "unknown"),
        ("UNKNOWN", "unknown"),
        ("展示会", ""),
        ("", ""),
    ],
)
def test_doubtful_sources(cell: str, kind: str) -> None:
    assert doubtful_source(pd.Series([cell], dtype=TEXT)).tolist() == [kind]


def test_an_empty_list_has_roles_too() -> None:
    header = ["メールアドレス", "最終送信日"]
    assert roles(header) == [Role.EMAIL, Role.LAST_MAILED]
    frame = frame_of([], [])
    headers = assign_roles(header, frame)
    assert len(activity(frame, headers, AS_OF)) == 0
    assert len(consent_state(frame, headers)) == 0
