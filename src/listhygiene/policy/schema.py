"""The thresholds: every line that a policy may hold, with its default and its meaning.

The comment that `listhygiene policy init` writes beside a line is the `help` of its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from .amount import Amount

VERSION = 1
"""The newest policy version that this program reads."""


FILES = frozenset({".csv", ".db", ".json", ".jsonl", ".sqlite", ".xlsx"})
"""Endings that tell a file from a host; a missing file is still meant from the policy's folder."""


def _line(default: Any, help: str, *choices: str) -> Any:  # noqa: A002 - the field's own word
    told = {"help": help, "choices": choices}
    if isinstance(default, (list, dict)):
        made = tuple(default) if isinstance(default, list) else default
        return field(default_factory=lambda: made, metadata=told)
    return field(default=default, metadata=told)


@dataclass(frozen=True)
class ListSection:
    """How a list is read."""

    email_columns: tuple[str, ...] = _line([], "headers of the e-mail columns the campaign mails")
    last_mailed_column: str = _line("", "header of the column of the last mailing")
    date_order: str = _line(
        "",
        '"dmy", "mdy" or "ymd", where the dates of a column don\'t settle it themselves',
        *("dmy", "mdy", "ymd"),
    )
    sheet: tuple[str, ...] = _line(
        [], 'sheets of a workbook, "all" = all with contacts; the first with content otherwise'
    )
    hidden_rows: str = _line(
        "judge",
        'what becomes of a sheet\'s hidden rows: "judge" them, or "skip" them as no contacts',
        *("judge", "skip"),
    )
    encoding: str = _line("", "the encoding of a CSV; found out otherwise")
    delimiter: str = _line("", "the delimiter of a CSV; found out otherwise")


@dataclass(frozen=True)
class DnsSection:
    """Where DNS answers come from."""

    source: str = _line("system", '"system", "off", HOST[:PORT], or a file of recorded answers')
    backend: str = _line("", '"fast" or "dnspython"; the best one here otherwise')
    timeout: float = _line(5.0, "seconds that one try may take")
    concurrency: int = _line(200, "questions under way at once")
    rate: int = _line(500, "questions a second, polite to a home router; 0 = no limit")
    max_seconds: float = _line(0.0, "seconds for all look-ups, 0 = no limit; the rest is unknown")
    canaries: tuple[str, ...] = _line(
        ["gmail.com", "outlook.com", "yahoo.co.jp"],
        "mail domains that must have MX records, two thirds of them; [] = no canaries",
    )
    cache: str = _line(
        "", 'file of cached answers, "off" = none; the user\'s cache folder otherwise'
    )
    max_unknown: Amount = _line(
        Amount(share=0.01), "contacts whose domain may stay unanswered before the run is undecided"
    )


@dataclass(frozen=True)
class DomainsSection:
    """What the user knows of domains."""

    treat_as_real: tuple[str, ...] = _line([], "reserved names that are to be judged like others")
    allow: tuple[str, ...] = _line([], "domains that are right as they are: no typo, no disposable")
    deny: tuple[str, ...] = _line([], "domains that must not be mailed")
    data_dir: str = _line("", "folder with newer public_suffix_list.dat and the like")


@dataclass(frozen=True)
class AddressesSection:
    """What the user knows of addresses."""

    allow: tuple[str, ...] = _line([], "addresses that are judged by nothing but the blocklist")
    deny: tuple[str, ...] = _line([], "addresses that must not be mailed")


@dataclass(frozen=True)
class StaleSection:
    """When a contact is stale (help page: no mail for six months or more)."""

    months: int = _line(6, "calendar months without a mailing before the send")
    opens_count_months: int = _line(
        0, "an open or click so many months ago at most counts as a mailing; 0 = opens never count"
    )


@dataclass(frozen=True)
class BlocklistSection:
    """The memory for bounces."""

    url: str = _line("", "path, sqlite:/// or postgresql:// address; the user's own otherwise")
    strikes: int = _line(5, "temporary bounces in a row from which a block weighs as an error")
    strikes_by_cause: Mapping[str, int] = _line({}, "the same for single causes, T4 = 3")
    unblocks: int = _line(5, "how often a temporary block of one address may be lifted")
    recheck_months: int = _line(6, "months after which a block is examined again")
    timeout: float = _line(30.0, "seconds to wait for another program that writes")


@dataclass(frozen=True)
class SenderSection:
    """The send itself."""

    addresses: tuple[str, ...] = _line([], "From addresses of the send")
    mail_from: str = _line("", "domain of MAIL FROM, for SPF; From's otherwise")
    relay_ips: tuple[str, ...] = _line([], "ranges of your own relay, 192.0.2.0/28")
    dkim_selectors: tuple[str, ...] = _line([], "DKIM selectors that sign the campaign")
    per_day: int = _line(
        0, "how many are mailed a day, for the bulk-sender duties; 0 = all at once"
    )


@dataclass(frozen=True)
class RuleLine:
    """What a policy says of one rule."""

    severity: str = ""
    """"error", "warning", "info", "off", or '' = the rule's own."""
    max: Amount | None = None
    """How many contacts it may concern; up to that many do not close the gate."""


@dataclass(frozen=True)
class RulesSection:
    """Which rules are asked; and lines such as D411 = "off", D401 = {max = "0.5%"}."""

    select: tuple[str, ...] = _line([], "only these codes (prefixes count: D, D4); [] = all")
    ignore: tuple[str, ...] = _line([], "not these codes (prefixes count)")
    lines: Mapping[str, RuleLine] = _line({}, "a line a rule")


@dataclass(frozen=True)
class GateSection:
    """What closes the gate, or leaves it undecided."""

    hold: Amount = _line(Amount(count=0), "contacts on hold that the gate allows")
    review: Amount = _line(Amount(), "contacts for review that the gate allows")
    header_errors: Amount = _line(Amount(count=0), "header errors that the gate allows")
    sender_errors: Amount = _line(Amount(count=0), "sender errors that the gate allows")
    bounce_floor: Amount = _line(
        Amount(share=0.05), "the projected bounce rate's floor at which the gate closes"
    )
    empty: str = _line(
        "closed",
        'what a list without contacts makes of the gate: "closed", "open"',
        *("closed", "open"),
    )
    require: tuple[str, ...] = _line(
        ["answers", "blocks"],
        "evidence without which the run is undecided",
        *("answers", "blocks"),
    )


@dataclass(frozen=True)
class Policy:
    """All thresholds of a run; `origins` says where each value that is no default comes from."""

    version: int = _line(VERSION, "the version of this file's format")
    platform: str = _line("", "the sending platform, for its limits, ranges and import format")
    lang: str = _line("", '"en" or "ja"; the locale\'s otherwise', "en", "ja")
    as_of: pd.Timestamp | None = _line(None, "the day of the send; today otherwise")
    list: ListSection = field(default_factory=ListSection)
    dns: DnsSection = field(default_factory=DnsSection)
    domains: DomainsSection = field(default_factory=DomainsSection)
    addresses: AddressesSection = field(default_factory=AddressesSection)
    stale: StaleSection = field(default_factory=StaleSection)
    blocklist: BlocklistSection = field(default_factory=BlocklistSection)
    sender: SenderSection = field(default_factory=SenderSection)
    rules: RulesSection = field(default_factory=RulesSection)
    gate: GateSection = field(default_factory=GateSection)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    folder: str = field(default="", compare=False)
    """The folder of the policy's file: relative paths in it are meant from there."""

    def place(self, key: str) -> str:
        """Return the path that a key names: one stated in the policy's file is meant from there.

        A value that is no path (a URL, "system", a host) comes back as it is.
        """
        section, _, name = key.partition(".")
        value = str(getattr(getattr(self, section), name))
        origin = self.origins.get(key, "")
        if not value or not self.folder or not origin or origin.startswith("--") or "://" in value:
            return value
        beside = Path(self.folder) / value
        return str(beside) if beside.exists() or Path(value).suffix in FILES else value

    def severity(self, code: str, own: str) -> str:
        """Return the severity of a rule under this policy: error, warning, info or off."""
        line = self.rules.lines.get(code)
        return line.severity if line and line.severity else own

    def limit(self, code: str) -> Amount | None:
        """Return how many contacts a rule may concern, or None where nothing is said."""
        line = self.rules.lines.get(code)
        return line.max if line else None

    def asks(self, code: str) -> bool:
        """Tell whether a rule is to be asked: selected, not ignored, not off."""
        selected = self.rules.select
        return (
            (not selected or code.startswith(tuple(selected)))
            and not (self.rules.ignore and code.startswith(tuple(self.rules.ignore)))
            and self.severity(code, "") != "off"
        )
