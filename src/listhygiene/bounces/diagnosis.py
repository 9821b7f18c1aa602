"""Which cause a failure has: the recipient's own words first, then wider ones, then the codes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from ..model.bounce import Kind
from .causes import Named, name_cause
from .failure import Failure
from .notice import Notice
from .passages import coded_lines, passage_of

NO_REASON = "no reason given"
"""The rule of a cause that nothing in the notice names."""
_NAMED = (Kind.BOUNCE, Kind.DELAY)
_STAGE = re.compile(r"\(in reply to [^()]{3,60}?\)")
"""To which command a refusal came, as Postfix tells it in the text but not in the report."""


def diagnose(notice: Notice, one: Failure, others: Collection[str] = ()) -> Named:
    """Name the cause of one failure; without any reason T7 of a bounce, T5 of a delay.

    Asked in this order: phrases in what the server said; phrases in the lines of the text on this
    recipient; the codes; the lines of the text with codes; the whole text. others: the recipients
    of the notice, lower case, whose lines say nothing of this one.
    """
    if one.kind not in _NAMED or one.cause:
        return Named(one.cause, "", first_line(one.said))
    named = _diagnose(notice, one, {*others, one.address.lower()})
    if named.line or not one.status:
        return named
    return replace(named, line=f"Status: {one.status}")


def _diagnose(notice: Notice, one: Failure, everybody: set[str]) -> Named:
    own = _ask(one, _with_stage(notice, one))
    if own.rule.startswith("phrase"):
        return own
    passage = passage_of(notice, one.address, everybody) if one.address else ""
    near = _ask(one, passage) if passage and passage != one.said else Named()
    if near.rule.startswith("phrase"):
        return near
    alone = len(everybody) == 1 and "hint" in (own.rule[:4], near.rule[:4])
    wide = _ask(one, notice.words) if alone else Named()
    if wide.rule.startswith("phrase"):  # all of it speaks of the only recipient
        return wide
    for told in (own, near):
        if told.code:
            return told
    for text in (coded_lines(notice), notice.words):
        wide = _ask(one, text)
        if wide.code:
            return wide
    default = "T5" if one.kind is Kind.DELAY else "T7"
    return Named(default, NO_REASON, first_line(one.said or passage or notice.subject))


def _with_stage(notice: Notice, one: Failure) -> str:
    """Return what was said of a recipient, and to which command, where the text tells it."""
    if not one.said or "in reply to" in one.said or "in reply to" not in notice.words:
        return one.said
    stage = _STAGE.search(passage_of(notice, one.address, {one.address.lower()}))
    return f"{one.said}\n{stage[0]}" if stage else one.said


def _ask(one: Failure, text: str) -> Named:
    host = one.host or one.address.rpartition("@")[2]
    return name_cause(text, status=one.status, reply=one.reply, host=host, action=one.action)


def first_line(text: str) -> str:
    """Return the first line of a text that is not blank, at most 500 characters."""
    return next((line.strip()[:500] for line in text.splitlines() if line.strip()), "")
