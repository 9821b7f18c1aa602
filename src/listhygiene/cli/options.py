"""The options that several commands share, and the policy that they make."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..policy import Policy

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

KEYS = {
    "platform": ("platform", "--platform"),
    "blocklist": ("blocklist.url", "--blocklist"),
    "dns": ("dns.source", "--dns"),
    "dns_timeout": ("dns.timeout", "--dns-timeout"),
    "dns_rate": ("dns.rate", "--dns-rate"),
    "dns_concurrency": ("dns.concurrency", "--dns-concurrency"),
    "dns_cache": ("dns.cache", "--dns-cache"),
    "max_seconds": ("dns.max_seconds", "--max-seconds"),
    "as_of": ("as_of", "--as-of"),
    "email_column": ("list.email_columns", "--email-column"),
    "last_mailed_column": ("list.last_mailed_column", "--last-mailed-column"),
    "date_order": ("list.date_order", "--date-order"),
    "sheet": ("list.sheet", "--sheet"),
    "hidden_rows": ("list.hidden_rows", "--hidden-rows"),
    "encoding": ("list.encoding", "--encoding"),
    "delimiter": ("list.delimiter", "--delimiter"),
    "select": ("rules.select", "--select"),
    "ignore": ("rules.ignore", "--ignore"),
    "sender": ("sender.addresses", "--from"),
    "mail_from": ("sender.mail_from", "--mail-from"),
    "relay_ip": ("sender.relay_ips", "--relay-ip"),
    "dkim_selector": ("sender.dkim_selectors", "--dkim-selector"),
    "lang": ("lang", "--lang"),
}
"""Option -> the policy key that it changes, and how it is written."""


def _all(*options: Decorator) -> Decorator:
    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for one in reversed(options):
            function = one(function)
        return function

    return decorate


policy_options = _all(
    click.option("--policy", metavar="FILE", help="Policy file; else listhygiene.toml here."),
    click.option("--platform", metavar="NAME", help="Sending platform, e.g. zoho-crm-jp, ses."),
    click.option("--as-of", metavar="DATE", help="The day of the send; today otherwise."),
    click.option("--lang", type=click.Choice(["en", "ja"]), help="Language; the locale's else."),
)

list_options = _all(
    click.option(
        "--email-column", metavar="NAME", multiple=True, help="E-mail column (repeatable)."
    ),
    click.option("--last-mailed-column", metavar="NAME", help="Column of the last mailing."),
    click.option(
        "--date-order",
        type=click.Choice(["dmy", "mdy", "ymd"]),
        help="Order of dates that don't settle it themselves.",
    ),
    click.option(
        "--sheet", metavar="NAME", multiple=True, help="Sheet of a workbook (repeatable), or all."
    ),
    click.option(
        "--hidden-rows",
        type=click.Choice(["judge", "skip"]),
        help="What becomes of a sheet's hidden rows.",
    ),
    click.option("--encoding", metavar="NAME", help="Encoding of a CSV, e.g. cp932."),
    click.option("--delimiter", metavar="CHARACTER", help="Delimiter of a CSV."),
)

dns_options = _all(
    click.option("--dns", metavar="SOURCE", help="system, off, HOST[:PORT], or a recorded FILE."),
    click.option("--dns-timeout", type=click.FloatRange(0.05), help="Seconds of one try."),
    click.option("--dns-rate", type=click.IntRange(0), help="Questions a second; 0 = no limit."),
    click.option("--dns-concurrency", type=click.IntRange(1), help="Questions at once."),
    click.option("--dns-cache", metavar="FILE", help='File of cached answers, or "off".'),
    click.option(
        "--max-seconds", type=click.FloatRange(0), help="Seconds for all look-ups; rest unknown."
    ),
)

rule_options = _all(
    click.option("--select", metavar="CODES", multiple=True, help="Only these rules: D, D4."),
    click.option("--ignore", metavar="CODES", multiple=True, help="Not these rules."),
)

blocklist_option = click.option(
    "--blocklist", metavar="URL", help="Path, sqlite:/// or postgresql:// of the blocklist."
)

sender_options = _all(
    click.option("--mail-from", metavar="DOMAIN", help="Domain of MAIL FROM, for SPF."),
    click.option("--relay-ip", metavar="CIDR", multiple=True, help="Range of your own relay."),
    click.option("--dkim-selector", metavar="NAME", multiple=True, help="DKIM selector."),
)

from_option = click.option(
    "--from", "sender", metavar="ADDRESS", multiple=True, help="From address to judge."
)

show_addresses = click.option(
    "--show-addresses", is_flag=True, help="Show whole addresses in the output."
)

progress_options = _all(
    click.option("--quiet", "-q", is_flag=True, help="Say nothing but the result."),
    click.option("--no-progress", is_flag=True, help="No progress bars."),
)


def make_policy(given: dict[str, Any]) -> Policy:
    """Make the policy of a run: the file's lines, and the options that win over them.

    given: a command's options by name; those of `KEYS` count, empty ones do not.
    """
    from ..policy import load_policy
    from ..rules import catalogue
    from ..wording import default_language

    changes: dict[str, tuple[Any, str]] = {}
    for name, value in given.items():
        if name in KEYS and value not in (None, (), ""):
            key, written = KEYS[name]
            if name in ("select", "ignore"):
                value = [code for part in value for code in part.replace(",", " ").split()]
            changes[key] = (list(value) if isinstance(value, tuple) else value, written)
    policy = load_policy(given.get("policy"), changes=changes, rules=catalogue())
    gc.freeze()  # what was imported lives to the end: it need not be looked through for cycles
    if policy.lang:
        return policy
    import dataclasses

    return dataclasses.replace(policy, lang=default_language())
