"""Findings folded into verdicts, verdicts into the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from .model.command import shell_word
from .model.quantity import quantity
from .model.report import (
    Decision,
    Gate,
    ListReport,
    Reason,
    SenderReport,
    Verdict,
    unaccepted,
)
from .model.rule import Severity


def judge(findings: pd.DataFrame, rows: int) -> pd.Series:
    """Fold the findings that weigh into one verdict a contact: hold, review or send."""
    row, severity = findings["row"].to_numpy(), findings["severity"].astype("category").cat
    weighs = findings["weighs"].to_numpy() & (row >= 0)
    levels, given = list(severity.categories), severity.codes.to_numpy()
    codes: Any = np.zeros(rows, dtype=np.int8)
    for verdict, level in ((1, Severity.WARNING), (2, Severity.ERROR)):
        if level in levels:
            codes[row[weighs & (given == levels.index(level))]] = verdict
    names = pd.CategoricalDtype([str(one) for one in Verdict])
    return pd.Series(pd.Categorical.from_codes(codes, dtype=names), name="verdict")


def decide(
    lists: Sequence[ListReport],
    senders: Sequence[SenderReport],
    policy: Any,
    troubles: Mapping[str, str],
) -> Decision:
    """Decide: open, closed or undecided; a proven closed outranks undecided.

    troubles: evidence that could not be had -> why ("answers", "blocks", or a list's path).
    """
    reasons = _undecided(troubles, policy)
    for one in lists:
        reasons += _list_reasons(one, policy, several=len(lists) > 1)
    reasons += _sender_reasons(senders, policy)
    reasons = [replace(one, origin=_origin(one.key, policy)) for one in reasons]
    gates = {one.decision for one in reasons}
    gate = next((one for one in (Gate.CLOSED, Gate.UNDECIDED) if one in gates), Gate.OPEN)
    order = [Gate.CLOSED, Gate.UNDECIDED, Gate.OPEN]
    return Decision(gate, tuple(sorted(reasons, key=lambda one: order.index(one.decision))))


def _origin(key: str, policy: Any) -> str:
    """Say where the policy's line stands: file and line, an option, a platform, or a default."""
    line = key.removesuffix(".max") if key.startswith("rules.") else key
    return str(policy.origins.get(line, "default"))


def _list_reasons(one: ListReport, policy: Any, several: bool) -> list[Reason]:
    where = f"{one.contacts.listing.path}: " if several else ""
    rows = len(one.verdicts)
    reasons = []
    if rows == 0 and policy.gate.empty != "open":
        reasons.append(
            Reason(
                Gate.CLOSED,
                f"{where}the list has no contacts",
                policy.gate.empty,
                "gate.empty",
                "Check that the right file and sheet were given.",
            )
        )
    reasons += _header_reasons(one, policy, where)
    reasons += _verdict_reasons(one, policy, where, rows)
    reasons += _rule_reasons(one, policy, where, rows)
    reasons += _rate_reasons(one, policy, where)
    reasons += _unknown_reasons(one, policy, where, rows)
    return reasons


def _header_reasons(one: ListReport, policy: Any, where: str) -> list[Reason]:
    found = unaccepted(one.findings[(one.findings["row"] < 0).to_numpy()])
    errors = found[(found["severity"] == Severity.ERROR).to_numpy()]
    if not policy.gate.header_errors.exceeded(len(errors), len(one.contacts.headers)):
        return []
    codes = ", ".join(sorted(set(errors["rule"].astype(str))))
    return [
        Reason(
            Gate.CLOSED,
            f"{where}{quantity(len(errors), 'header error')}: {codes}",
            str(policy.gate.header_errors),
            "gate.header_errors",
            "Correct the headers, or name the columns with --email-column.",
        )
    ]


def _verdict_reasons(one: ListReport, policy: Any, where: str, rows: int) -> list[Reason]:
    reasons = []
    for verdict, limit in ((Verdict.HOLD, policy.gate.hold), (Verdict.REVIEW, policy.gate.review)):
        number = int((one.verdicts == verdict).sum())
        if verdict == Verdict.HOLD:
            number -= _tolerated(one, policy)
        if limit.exceeded(number, rows):
            path = one.contacts.listing.path
            reasons.append(
                Reason(
                    Gate.CLOSED,
                    f"{where}{number} of {quantity(rows, 'contact')} on {verdict}"
                    if verdict == Verdict.HOLD
                    else f"{where}{number} of {quantity(rows, 'contact')} for {verdict}",
                    str(limit),
                    f"gate.{verdict}",
                    _leave_out(number, path),
                )
            )
    return reasons


def _leave_out(number: int, path: str) -> str:
    command = f"listhygiene clean {shell_word(path)} -o OUT --only send"
    if number == 1:
        return f"Leave this contact out: {command}."
    return f"Leave these {number} contacts out: {command}."


def _tolerated(one: ListReport, policy: Any) -> int:
    """Count the contacts held by nothing but rules that stay within the policy's `max`."""
    if not any(line.max is not None for line in policy.rules.lines.values()):
        return 0
    weighing = one.findings[
        (one.findings["weighs"] & (one.findings["severity"] == Severity.ERROR)).to_numpy()
    ]
    rows = len(one.verdicts)
    within = [
        code
        for code in weighing["rule"].unique()
        if (limit := policy.limit(code)) is not None
        and not limit.exceeded(_concerned(one, code), rows)
    ]
    if not within:
        return 0
    free = weighing["rule"].isin(within)
    return len(set(weighing["row"][free]) - set(weighing["row"][~free]))


def _concerned(one: ListReport, code: str) -> int:
    found = unaccepted(one.findings)
    here = (found["rule"] == code).to_numpy() & (found["row"] >= 0).to_numpy()
    return int(found.loc[here, "row"].nunique())


def _rule_reasons(one: ListReport, policy: Any, where: str, rows: int) -> list[Reason]:
    reasons = []
    for code, line in policy.rules.lines.items():
        number = _concerned(one, code)
        if line.max is not None and line.max.exceeded(number, rows):
            reasons.append(
                Reason(
                    Gate.CLOSED,
                    f"{where}{number} of {quantity(rows, 'contact')} with {code}",
                    str(line.max),
                    f"rules.{code}.max",
                    f"See what to do about them: listhygiene rules {code}.",
                )
            )
    return reasons


def _rate_reasons(one: ListReport, policy: Any, where: str) -> list[Reason]:
    limit, rate = policy.gate.bounce_floor, one.projected
    judged = rate.floor if one.new_floor is None else one.new_floor
    mailed = int((one.contacts.contacts["address"] >= 0).sum())
    if limit.reached(judged, mailed):
        return [
            Reason(
                Gate.CLOSED,
                f"{where}at least {rate.floor:.1%} of the contacts are certain to bounce",
                f"below {limit}",
                "gate.bounce_floor",
                f"Leave the contacts on hold out; {rate.send_floor:.1%} remain.",
            )
        ]
    if limit.reached(rate.floor, mailed):
        return [
            Reason(
                Gate.OPEN,
                f"{where}at least {rate.floor:.1%} of the contacts are certain to bounce, "
                "which the baseline accepts",
                f"below {limit}",
                "gate.bounce_floor",
                "The platform counts them all the same: leave the accepted ones out.",
            )
        ]
    if limit.reached(rate.ceiling, mailed):
        return [
            Reason(
                Gate.OPEN,
                f"{where}up to {rate.ceiling:.1%} of the contacts may bounce",
                f"below {limit}",
                "gate.bounce_floor",
                "Mail those that are sure first, and review the rest.",
            )
        ]
    return []


def _unknown_reasons(one: ListReport, policy: Any, where: str, rows: int) -> list[Reason]:
    limit, number = policy.dns.max_unknown, one.unanswered
    if not limit.exceeded(number, rows):
        return []
    return [
        Reason(
            Gate.UNDECIDED,
            f"{where}DNS gave no answer for the domains of {number} of {quantity(rows, 'contact')}",
            str(limit),
            "dns.max_unknown",
            "Run it again, with another --dns server or a longer --dns-timeout.",
        )
    ]


def _sender_reasons(senders: Sequence[SenderReport], policy: Any) -> list[Reason]:
    errors = [
        code
        for one in senders
        for found in (unaccepted(one.findings),)
        for code in found.loc[(found["severity"] == Severity.ERROR).to_numpy(), "rule"].astype(str)
    ]
    if not policy.gate.sender_errors.exceeded(len(errors), max(1, len(senders))):
        return []
    return [
        Reason(
            Gate.CLOSED,
            f"{quantity(len(errors), 'sender error')}: {', '.join(sorted(set(errors)))}",
            str(policy.gate.sender_errors),
            "gate.sender_errors",
            "Publish the records that the findings name, or send from another domain of yours.",
        )
    ]


REMEDIES = {
    "answers": "Check the network or name another resolver with --dns; --dns off asks none.",
    "blocks": "Name an existing blocklist with --blocklist, or repair it.",
}
NOTHING_ASKED = "rules.select"
"""The trouble of a run that asks no rule of its lists."""


def _undecided(troubles: Mapping[str, str], policy: Any) -> list[Reason]:
    """A list that could not be read, or required evidence that could not be had: undecided."""
    return [
        _trouble(what, why)
        for what, why in troubles.items()
        if what not in REMEDIES or what in policy.gate.require
    ]


def _trouble(what: str, why: str) -> Reason:
    if what in REMEDIES:
        return Reason(Gate.UNDECIDED, why, "required", "gate.require", REMEDIES[what])
    if what == NOTHING_ASKED:
        return Reason(Gate.UNDECIDED, why, "required", what, "Select a rule, or ignore fewer.")
    text = why if why.startswith(what) else f"{what}: {why}"
    return Reason(Gate.UNDECIDED, text, "required", "lists", "Give a list that can be read.")
