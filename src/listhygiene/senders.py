"""The From addresses of a send: what their domains publish, judged by the S-rules."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .address import judge_one
from .authentication.dkim import find_key
from .authentication.dmarc import Dmarc, find_dmarc
from .authentication.record import asker
from .authentication.standing import Spf, judge_spf
from .authentication.terms import Network
from .data.providers import is_personal, operator, personal_kind
from .data.typos import suggest
from .model.answer import Answer
from .model.errors import UsageError
from .model.listing import TEXT
from .model.report import ListReport, SenderReport, Verdict
from .model.rule import Rule
from .pipeline import Run
from .platforms import Platform, platform
from .policy import Policy
from .policy.names import plain_domain
from .rules import catalogue

BULK = 5000
"""Messages a day to one provider's personal addresses that make a bulk sender (Google, Yahoo,
Microsoft: sender guidelines since 2024/2025)."""

_SELECTOR = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_-]+)*")
"""RFC 6376 3.1: labels parted by dots; the underscore is used in practice."""

BULK_OPERATORS = ("Google", "Yahoo", "Microsoft")


def judge_senders(run: Run, lists: Sequence[ListReport]) -> tuple[SenderReport, ...]:
    """Judge the senders that the policy names; lists: what is to be sent, for the bulk duties."""
    reports = tuple(judge_sender(one, run, lists) for one in run.policy.sender.addresses)
    if reports:
        run.skipped.update(_unasked_rules(run))
    return reports


def _unasked_rules(run: Run) -> dict[str, str]:
    """Say which S-rules nobody could ask, and why: that is unknown, not in order."""
    if run.lookup is None:
        why = "DNS was not asked (--dns off)"
        return dict.fromkeys(("S602", "S603", "S604", "S605", "S606", "S607"), why)
    target = platform(run.policy.platform) if run.policy.platform else None
    rules = {}
    if not sending_ranges(run.policy, target):
        rules["S604"] = "no sending range is known: name the platform and its region, or --relay-ip"
    if not _selectors(run.policy, target):
        rules["S605"] = "no DKIM selector is known: name it with --dkim-selector"
    return rules


def judge_sender(address: str, run: Run, lists: Sequence[ListReport] = ()) -> SenderReport:
    """Judge one From address: gather what DNS says of its domain, then ask the S-rules.

    Raises UsageError where the address is none.
    """
    judged = judge_one(address.strip())
    if judged.error or not judged.ascii_domain:
        raise UsageError("the From address is no address", remedy="Give it as --from NAME@DOMAIN.")
    facts = gather_facts(judged.address, judged.ascii_domain, run)
    facts["bulk"] = _bulk(lists, run.policy, facts)
    table = pd.DataFrame([facts])
    rows: list[dict[str, str]] = []
    for one in catalogue().values():
        if one.table == "senders" and run.policy.asks(one.code):
            rows += _asked(one, table, run.policy)
    findings = pd.DataFrame(rows, columns=["rule", "severity", "detail"])
    _note_unknown(facts, run)
    if facts["unsaid"]:
        ranges = ", ".join(facts["unsaid"])
        run.skipped["S604"] = f"only a message at hand tells whether SPF lets {ranges} send"
    return SenderReport(judged.address, findings, shown_facts(facts))


def _asked(rule: Rule, table: pd.DataFrame, policy: Policy) -> list[dict[str, str]]:
    result = rule.judge(table, policy)
    if isinstance(result, pd.Series):
        detail = result.iloc[0] if len(result) else None
        severity: Any = str(rule.severity)
    else:
        detail, severity = result["detail"].iloc[0], result["severity"].iloc[0]
    if (
        detail is None
        or detail is pd.NA
        or detail is False
        or detail != detail
        or severity != severity
    ):
        return []
    if not isinstance(detail, str) and not detail:
        return []
    text = detail if isinstance(detail, str) else ""
    return [{"rule": rule.code, "severity": policy.severity(rule.code, severity), "detail": text}]


def gather_facts(address: str, domain: str, run: Run) -> dict[str, Any]:
    """Gather the columns of the senders table for one address.

    address, domain (ASCII); free, personal, operator (of the provider lists); suggestion (a
    provider it is likely a misspelling of); answer, unroutable (of MX); spf, spf_status ("ok",
    "missing", "broken", "unknown"), spf_problem, spf_domain, spf_assumed, spf_warnings, spf_publish
    (the record that would mend it), spf_costs (look-ups by term), uncovered (ranges that SPF does
    not authorise), unsaid (ranges of which it cannot be told), ranges, platform; dkim (list of
    keys); dmarc (a `Dmarc`); dmarc_policy (as mail meets it); blocked (the blocklist's word of the
    address itself); asked (DNS was there).
    """
    names = pd.Series([domain], dtype=TEXT)
    facts: dict[str, Any] = {
        "address": address,
        "domain": domain,
        "free": bool(is_personal(names).iloc[0]),
        "personal": str(personal_kind(names).iloc[0]),
        "operator": str(operator(names).iloc[0]),
        "suggestion": _suggestion(domain, run.policy),
        "blocked": _blocked(address, run),
        "asked": run.lookup is not None,
        "platform": run.policy.platform,
    }
    target = platform(run.policy.platform) if run.policy.platform else None
    mail_from, ranges = _mail_from(run.policy), sending_ranges(run.policy, target)
    selectors = _selectors(run.policy, target)
    if run.lookup is None:
        return {**facts, **_unasked(run.policy)}
    ask = asker(run.lookup)
    mail = run.lookup.mail([domain])[domain]
    facts |= {"answer": str(mail.answer), "unroutable": mail.unroutable}
    facts |= _spf_facts(judge_spf(ask, mail_from or domain, ranges), ranges)
    facts["spf_assumed"] = not mail_from
    exists = mail.answer != Answer.NXDOMAIN
    dmarc = find_dmarc(ask, domain, exists)
    keys = [find_key(ask, one, domain) for one in selectors]
    return {**facts, "dmarc": dmarc, "dmarc_policy": dmarc.applied, "dkim": keys}


def _unasked(policy: Policy) -> dict[str, Any]:
    return {
        "answer": None,
        "unroutable": None,
        "spf": "",
        "spf_status": "",
        "spf_problem": "",
        "spf_domain": "",
        "spf_assumed": False,
        "spf_warnings": [],
        "spf_publish": "",
        "spf_costs": "",
        "uncovered": [],
        "unsaid": [],
        "ranges": [],
        "dmarc": Dmarc(""),
        "dmarc_policy": "",
        "dkim": [],
    }


def _suggestion(domain: str, policy: Policy) -> str:
    known = (*policy.domains.allow, *policy.domains.treat_as_real)
    found = suggest(
        pd.DataFrame({"domain": pd.Series([domain], dtype=TEXT), "contacts": [1]}), known
    )
    return str(found["suggestion"].iloc[0]) if len(found) else ""


def _blocked(address: str, run: Run) -> str:
    if run.blocks is None:
        return ""
    found = run.blocks.look_up(pd.Series([address], dtype=TEXT), run.as_of)
    return str(found["block_type"].iloc[0]) if len(found) else ""


def _mail_from(policy: Policy) -> str:
    """Return the domain of MAIL FROM in ASCII, '' = not said; UsageError where it is none."""
    if not policy.sender.mail_from:
        return ""
    try:
        return plain_domain(policy.sender.mail_from)
    except ValueError:
        raise UsageError(
            f"{policy.sender.mail_from!r} is no domain of MAIL FROM",
            remedy="Give it as --mail-from bounces.example.com.",
        ) from None


def _selectors(policy: Policy, target: Platform | None) -> list[str]:
    """Return the selectors to ask: those given, else those that the platform publishes."""
    for one in policy.sender.dkim_selectors:
        if not _SELECTOR.fullmatch(one):
            raise UsageError(
                f"{one!r} is no DKIM selector", remedy="Give its name, as in --dkim-selector s1."
            )
    if policy.sender.dkim_selectors:
        return list(policy.sender.dkim_selectors)
    return list(target.dkim_selectors) if target is not None else []


def sending_ranges(policy: Policy, target: Platform | None) -> list[Any]:
    """Return the ranges that will send: the platform's and the user's own relay's."""
    texts = [*(target.ranges if target is not None else ()), *policy.sender.relay_ips]
    ranges = []
    for text in texts:
        try:
            ranges.append(ipaddress.ip_network(text, strict=False))
        except ValueError:
            raise UsageError(
                f"{text!r} is no range of addresses", remedy="Give it as 192.0.2.0/28."
            ) from None
    return ranges


def _spf_facts(spf: Spf, ranges: Sequence[Network]) -> dict[str, Any]:
    """Return what is known of the SPF of the MAIL FROM domain as columns."""
    return {
        "spf": spf.record,
        "spf_status": spf.status,
        "spf_problem": spf.problem,
        "spf_domain": spf.domain,
        "spf_warnings": list(spf.warnings),
        "spf_publish": spf.publish,
        "spf_costs": spf.costs,
        "uncovered": list(spf.uncovered),
        "unsaid": list(spf.unsaid),
        "ranges": [str(one) for one in ranges],
    }


def _bulk(lists: Sequence[ListReport], policy: Policy, facts: Mapping[str, Any]) -> list[str]:
    """Name the providers whose bulk-sender rules apply, with how many contacts they have."""
    counts: dict[str, int] = {}
    for one in lists:
        contacts = one.contacts
        ids = contacts.contacts["address"][(one.verdicts == Verdict.SEND).to_numpy()]
        here = contacts.addresses["domain"].reindex(ids[ids >= 0])
        names = contacts.domains["domain"].reindex(here[here >= 0])
        kind = operator(names.drop_duplicates().astype(TEXT))
        kind.index = names.drop_duplicates().to_numpy()
        for name, number in names.map(kind).value_counts().items():
            counts[str(name)] = counts.get(str(name), 0) + int(number)
    daily = policy.sender.per_day
    total = sum(len(one.verdicts) for one in lists) or 1
    share = min(1.0, daily / total) if daily else 1.0
    return [
        f"{name}: {number}"
        for name in BULK_OPERATORS
        if (number := int(counts.get(name, 0) * share)) >= BULK
    ]


def _note_unknown(facts: Mapping[str, Any], run: Run) -> None:
    """What DNS left unanswered about the sender leaves the run undecided."""
    if not facts["asked"]:
        return
    unknown = []
    if facts["answer"] == Answer.UNKNOWN:
        unknown.append("MX")
    if facts["spf_status"] == "unknown":
        unknown.append("SPF")
    if facts["dmarc"].unknown:
        unknown.append("DMARC")
    unknown += [f"DKIM {key.selector}" for key in facts["dkim"] if key.unknown]
    if unknown:
        what = ", ".join(unknown)
        run.troubles.setdefault("answers", f"DNS gave no answer about the sender: {what}")


def shown_facts(facts: Mapping[str, Any]) -> dict[str, object]:
    """Return what a report shows of the facts: records and ranges, in plain types."""
    dmarc = facts["dmarc"]
    return {
        "domain": facts["domain"],
        "answer": facts["answer"],
        "spf": facts["spf"] or None,
        "spf_domain": facts["spf_domain"] or None,
        "spf_assumed": facts["spf_assumed"],
        "spf_status": facts["spf_status"] or None,
        "ranges": list(facts["ranges"]),
        "not_authorised": [f"{one} ({said})" for one, said in facts["uncovered"]],
        "dkim": [
            {"selector": key.selector, "record": key.record or None, "bits": key.bits or None}
            for key in facts["dkim"]
        ],
        "dmarc": dmarc.record or None,
        "dmarc_policy": dmarc.policy or None,
        "dmarc_at": dmarc.at or None,
        "dmarc_alignment": _alignment(dmarc),
        "dmarc_reports": list(dmarc.reports),
        "organization": dmarc.organization or None,
        "bulk": list(facts["bulk"]),
    }


def _alignment(dmarc: Dmarc) -> dict[str, str] | None:
    """Say how closely SPF and DKIM must be of the From domain (RFC 9989 4.4), None = no policy."""
    if not dmarc.policy:
        return None
    modes = {"spf": dmarc.strict_spf, "dkim": dmarc.strict_dkim}
    return {name: "strict" if strict else "relaxed" for name, strict in modes.items()}
