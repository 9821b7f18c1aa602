"""The files of facts about domains: each row can be checked, and they do not contradict."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES

from listhygiene.data import (
    lookalikes,
    provider_status,
    providers,
    reserved,
    roles,
    typos,
    versions,
)
from listhygiene.data.disposable import RELAYS, is_disposable
from listhygiene.data.facts import facts
from listhygiene.data.reserved import reserved_reason
from listhygiene.data.suffixes import registrable
from listhygiene.model.listing import TEXT


def column(file: str, name: str) -> pd.Series:
    return pd.Series([row[name] for row in facts(file)], dtype=TEXT)


def names(file: str) -> pd.Series:
    return column(file, "domain")


@pytest.mark.parametrize("file", versions.OWN)
def test_every_row_says_where_it_comes_from_and_when_that_was_checked(file: str) -> None:
    assert facts(file)
    for row in facts(file):
        assert None not in {*row, *row.values()}, row
        assert len(row["source"]) > 5, row
        assert datetime.date.fromisoformat(row["checked"]) > datetime.date(2026, 1, 1)


@pytest.mark.parametrize("file", versions.OWN)
def test_nothing_is_said_twice(file: str) -> None:
    key = next(iter(facts(file)[0]))
    assert column(file, key).is_unique


@pytest.mark.parametrize(
    "file", [providers.FILE, typos.TRAPS, typos.NEAR_MISSES, RELAYS, provider_status.FILE]
)
def test_the_domains_can_be_registered_and_are_written_as_dns_has_them(file: str) -> None:
    listed = names(file)
    assert (registrable(listed) != "").all()
    assert listed.str.fullmatch(r"[a-z0-9.-]+").all()


def test_no_provider_is_reserved_or_throw_away() -> None:
    listed = names(providers.FILE)
    assert listed[is_disposable(listed)].tolist() == []
    assert listed[reserved_reason(listed) != ""].tolist() == []


def test_the_words_of_the_columns_are_the_agreed_ones() -> None:
    assert set(column(providers.FILE, "match")) == {"exact", "suffix"}
    assert set(column(providers.FILE, "personal")) == {"carrier", "webmail", "isp", ""}
    assert set(column(providers.FILE, "tier")) == {"", "0", "1", "2"}
    assert set(column(provider_status.FILE, "status")) == {
        provider_status.ENDED,
        provider_status.ENDING,
        provider_status.LEGACY,
        provider_status.REPORTED,
    }
    assert set(column(roles.FILE, "match")) == {"exact", "prefix", "suffix"}


def test_a_trap_is_no_provider_and_was_meant_for_one() -> None:
    listed = set(names(providers.FILE))
    assert not listed & set(names(typos.TRAPS))
    assert set(column(typos.TRAPS, "meant")) <= listed
    assert not listed & set(names(typos.NEAR_MISSES))
    assert not set(names(typos.TRAPS)) & set(names(typos.NEAR_MISSES))


def test_an_ended_provider_has_two_sources_or_the_provider_itself() -> None:
    for row in facts(provider_status.FILE):
        if row["status"] == provider_status.ENDED:
            assert ";" in row["source"] or row["domain"] in row["source"], row


def test_the_rfc_2142_names_are_those_of_email_validator() -> None:
    listed = {row["name"] for row in facts(roles.FILE) if row["kind"] == "rfc2142"}
    assert listed - {"-request"} == set(CASE_INSENSITIVE_MAILBOX_NAMES)


def test_reserved_names_end_in_no_registered_domain() -> None:
    assert set(column(reserved.FILE, "match")) == {"suffix"}


def test_a_confusable_character_stands_for_ascii() -> None:
    for row in facts(lookalikes.FILE):
        assert row["character"].startswith("U+")
        assert row["skeleton"].isascii()


def test_the_editions_of_every_list_are_told() -> None:
    told = versions.versions()
    assert set(versions.PACKAGES) | set(versions.OWN) == set(told)
    assert all(told.values())
