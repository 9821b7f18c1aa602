"""Platforms are told as they publish themselves, each fact with its source."""

from __future__ import annotations

import ipaddress

import numpy as np
import pandas as pd
import pytest

from listhygiene.columns import assign_roles
from listhygiene.headers import role_of
from listhygiene.model.errors import UsageError
from listhygiene.model.listing import TEXT, Listing
from listhygiene.platforms import import_check, names, platform, rename_plan


def list_of(header: list[str], *rows: list[str], **more: object) -> Listing:
    frame = pd.DataFrame(
        {place: pd.Series([row[place] for row in rows], dtype=TEXT) for place in range(len(header))}
    )
    given = {"format": "csv", "encoding": "utf-8", "delimiter": ",", **more}
    return Listing(
        path="list.csv",
        header=tuple(header),
        frame=frame,
        lines=np.arange(len(rows)) + 2,
        **given,  # type: ignore[arg-type]
    )


def problems(name: str, listing: Listing, size: int | None = None) -> list[str]:
    headers = assign_roles(listing.header, listing.frame)
    return [str(one) for one in import_check(headers, listing, platform(name), size)]


def plan(name: str, header: list[str], *rows: list[str]) -> dict[int, str]:
    listing = list_of(header, *rows)
    return rename_plan(assign_roles(header, listing.frame), platform(name))


@pytest.mark.parametrize("name", names())
def test_every_fact_has_a_source_and_every_header_its_role(name: str) -> None:
    one = platform(name)
    assert one.name == name
    assert set(one.rules) <= set(one.sources)
    for kind in ("bounce_review", "bounce_pause", "complaint_review", "complaint_pause"):
        share = getattr(one.limits, kind)
        assert share is None or (0 < share < 1 and kind in one.sources)
    for headers in one.headers.values():
        for role, header in headers.items():
            assert role_of(header) == (role, "strong"), header
    for region in one.regions.values():
        assert all(ipaddress.ip_network(text) for text in region)


def test_limits_are_what_is_published() -> None:
    assert platform("zoho-crm").limits.bounce == 0.05
    ses = platform("ses").limits
    assert (ses.bounce_review, ses.bounce_pause) == (0.05, 0.10)
    assert (ses.complaint_review, ses.complaint_pause) == (0.001, 0.005)
    rules = platform("google-yahoo").limits
    assert (rules.complaint_review, rules.complaint_pause, rules.bounce) == (0.001, 0.003, None)
    assert platform("sendgrid").limits.bounce is None


def test_a_region_names_the_ranges() -> None:
    assert platform("zoho-crm-jp").ranges == ("103.163.153.0/25",)
    assert platform("zoho-crm-eu").ranges == ("185.20.211.0/24", "31.186.226.0/24")
    assert platform("zoho-crm").ranges == ()
    assert set(platform("zoho-crm").regions) == {"jp", "us", "eu", "in", "cn", "au"}


@pytest.mark.parametrize(
    ("name", "same"),
    [("zoho", "zoho-crm"), ("Zoho CRM JP", "zoho-crm-jp"), ("pardot", "salesforce")],
)
def test_other_names_count(name: str, same: str) -> None:
    assert platform(name) == platform(same)


@pytest.mark.parametrize(
    ("name", "near"),
    [("hubspott", "hubspot"), ("zoho-crm-jpp", "zoho-crm-jp"), ("mailchmp", "mailchimp")],
)
def test_an_unknown_platform_names_the_nearest(name: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"Did you mean {near}\\?"):
        platform(name)


@pytest.mark.parametrize(
    ("name", "header", "expected"),
    [
        ("zoho-crm", ["メールアドレス", "姓", "名"], {0: "メール"}),
        ("zoho-crm", ["E-mail", "Surname"], {1: "Last Name"}),
        ("sendgrid", ["Email Address", "First Name"], {0: "email"}),
        ("sendgrid", ["メールアドレス", "名"], {0: "email", 1: "first_name"}),
        ("hubspot", ["Email", "First Name"], {}),
        ("hubspot", ["Work Email", "Business Email"], {0: "Email"}),
        ("zoho-crm", ["メール", "Email"], {}),
        ("ses", ["メールアドレス"], {}),
        ("mailchimp", ["E-mail", "Email Address"], {}),
    ],
)
def test_headers_are_renamed_as_the_import_calls_them(
    name: str, header: list[str], expected: dict[int, str]
) -> None:
    assert plan(name, header) == expected


GOOD = ["taro@example.com", "Taro", "Sato"]


def test_a_fitting_list_has_no_problem() -> None:
    listing = list_of(["Email", "First Name", "Last Name"], GOOD)
    for name in ("zoho-crm", "hubspot", "klaviyo", "ses"):
        assert problems(name, listing, 1_000) == []


@pytest.mark.parametrize(
    ("name", "listing", "expected"),
    [
        (
            "zoho-crm",
            list_of(["Email", "Company"], ["a@example.com", "X"]),
            "needs a column Last Name",
        ),
        (
            "sansan",
            list_of(["会社名", "氏名[姓]"], ["X", "Y"]),
            "needs a column 名刺所有者ユーザID",
        ),
        ("sansan", list_of(["会社名", "氏名"], ["X", "Y"]), "takes the encoding cp932, not utf-8"),
        (
            "hubspot",
            list_of(["Email"], ["a@example.com"], encoding="cp932"),
            "encoding utf-8, not cp932",
        ),
        ("sendgrid", list_of(["email"], ["a@example.com"], delimiter=";"), "delimiter semicolon"),
        ("klaviyo", list_of(["Email"], ["a@example.com"], format="xlsx"), "takes csv, not xlsx"),
        (
            "klaviyo",
            list_of(["Name", "Email"], ["A", "a@example.com"]),
            "first column must be one of",
        ),
        (
            "sendgrid",
            list_of(["email", "誕生日"], ["a@example.com", "x"]),
            "characters of the header 誕生日",
        ),
        ("hubspot", list_of(["Email", ""], ["a@example.com", "x"]), "Column 2 has no header"),
        (
            "hubspot",
            list_of(["Email"], ["a@example.com"], preamble=1),
            "must stand in the first row",
        ),
        ("hubspot", list_of([""], ["a@example.com"], header_line=None), "first row must hold"),
        (
            "zoho-crm",
            list_of(["Email", "Last Name"], ["a@example.com", 'x"y']),
            "forbidden character",
        ),
        (
            "mailchimp",
            list_of(["Email Address", "氏名"], ["a@example.com", "あ" * 90]),
            "will be cut",
        ),
        (
            "salesforce",
            list_of(["Email", "Last Name"], ["a@example.com", "x "]),
            "end with a space",
        ),
        (
            "zoho-campaigns",
            list_of(["Contact Email", "Last Mailed"], ["a@example.com", "2026-05-01"]),
            "Last Mailed are written yyyy-MM-dd; the import reads MM/dd/yyyy",
        ),
    ],
)
def test_what_an_import_refuses_is_said(name: str, listing: Listing, expected: str) -> None:
    assert any(expected in one for one in problems(name, listing)), problems(name, listing)


def test_sizes_are_compared() -> None:
    wide = ["Email", "Last Name", *[f"c{place}" for place in range(100)]]
    listing = list_of(wide, ["a@example.com", *["x"] * 101])
    assert "The list has 102 columns; one file may have 90" in problems("salesforce", listing)
    assert any("bytes" in one for one in problems("klaviyo", listing, 60_000_000))
    assert platform("zoho-crm").row_limit("xlsx") == 5_000
    assert platform("sansan").row_limit("csv") == 10_000
    assert platform("brevo").row_limit("csv") is None


def test_the_worst_comes_first() -> None:
    listing = list_of(["メールアドレス", ""], ["a@example.com", "x"], encoding="cp932")
    headers = assign_roles(listing.header, listing.frame)
    severities = [str(one.severity) for one in import_check(headers, listing, platform("hubspot"))]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert severities[0] == "error"
    assert "info" in severities
