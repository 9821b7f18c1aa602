"""The blocklist in the user's hands: opened for writing, filtered by a list, examined."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from .bounces.causes import CAUSES, remedy_of
from .model.answer import Answer, Lookup
from .model.bounce import Subject
from .model.listing import TEXT, Listing, ReadOptions
from .platforms import platform
from .policy import Policy
from .sheets import one_sheet
from .sources import blocklist_url, open_policy_lookup

if TYPE_CHECKING:
    from .blocklist import Blocklist, Recheck

AUTHENTICATION = ("T3",)
"""Causes that the sender's own SPF, DKIM and DMARC decide (help page: 認証の失敗)."""


def cause_titles() -> dict[str, str]:
    """Return every title by which people call a cause, English and Japanese -> code."""
    return {title: code for code, one in CAUSES.items() for title in (one.name, one.en, one.ja)}


@contextlib.contextmanager
def open_blocks(policy: Policy, *, write: bool) -> Iterator[Blocklist]:
    """Open the blocklist that the policy names; with `write` it is made where there is none."""
    from .blocklist import open_blocklist
    from .readers import read

    url, _ = blocklist_url(policy)
    blocks = open_blocklist(url, write=write, policy=policy, read_table=read, causes=cause_titles())
    try:
        yield blocks
    finally:
        blocks.close()


def read_block_table(path: str, policy: Policy) -> Listing:
    """Read a list of blocks: JSON lines by their ending, any table otherwise."""
    from .blocklist import read_json_lines
    from .readers import read

    if path.lower().endswith((".jsonl", ".ndjson", ".json")):
        return read_json_lines(path)
    section = policy.list
    return read(path, ReadOptions(encoding=section.encoding or None, sheet=one_sheet(policy)))


def addresses_of(path: str, policy: Policy, column: str = "both") -> pd.Series:
    """Return the distinct addresses of a list, of its primary, secondary or both e-mail columns."""
    import dataclasses

    from .pipeline import fold_list, read_list, with_today

    policy = with_today(policy)
    contacts = fold_list(read_list(path, dataclasses.replace(policy), policy.lang or "en"), policy)
    columns = list(contacts.places)
    chosen = {"primary": columns[:1], "secondary": columns[1:], "both": columns}[column]
    ids: set[int] = set()
    for place in chosen:
        texts = contacts.places[place]
        ids |= set(contacts.texts["address"].reindex(texts[texts >= 0]).tolist())
    ids.discard(-1)
    return contacts.addresses["address"].reindex(sorted(ids)).reset_index(drop=True)


def count_unblocked(blocks: Blocklist, addresses: pd.Series) -> int:
    """Count the addresses that no permanent block holds: an allowance overrides nothing there."""
    from .blocklist import BlockFilter
    from .blocklist.keys import normalise

    forms = normalise(addresses).dropna()
    found = blocks.list_blocks(BlockFilter(kind="permanent", within=forms))
    return len(addresses) - int(found.index.nunique())


def find_no_address(texts: Sequence[str]) -> int:
    """Return which of the texts, counted from 1, is no address at all; 0 where each is one."""
    from .blocklist.keys import normalise

    wrong = normalise(pd.Series(list(texts), dtype=TEXT)).isna().to_numpy()
    return int(wrong.argmax()) + 1 if wrong.any() else 0


def recheck(
    policy: Policy, *, every: bool = False, dry_run: bool = False, trust_clock: bool = False
) -> Recheck:
    """Examine the blocks that are due, each on the side that its cause speaks of.

    Causes of a domain are asked of DNS, those of the sender's authentication of what its domain
    publishes today; what a sender cannot know is listed for a person.
    """
    lookup = open_policy_lookup(policy)
    try:
        with open_blocks(policy, write=not dry_run) as blocks:
            return blocks.recheck(
                lambda due: examine(due, policy, lookup),
                every=every,
                dry_run=dry_run,
                trust_clock=trust_clock,
            )
    finally:
        if lookup is not None:
            lookup.close()


def examine(due: pd.DataFrame, policy: Policy, lookup: Lookup | None) -> pd.DataFrame:
    """Examine blocks; return outcome and why of each (see `blocklist.Recheck`)."""
    from .blocklist import Outcome

    found = pd.DataFrame(
        {"outcome": str(Outcome.PERSON), "why": "only the recipient can tell"}, index=due.index
    ).astype(TEXT)
    subject = due["cause"].map(lambda code: CAUSES[code].subject if code in CAUSES else "")
    for part, judged in (
        (due[(subject == Subject.DOMAIN).to_numpy()], _by_domain),
        (due[due["cause"].isin(AUTHENTICATION).to_numpy()], _by_sender),
    ):
        if len(part):
            said = judged(part, policy, lookup)
            found.loc[part.index, ["outcome", "why"]] = said[["outcome", "why"]].to_numpy()
    return found


WORDS = {
    Answer.MX: ("resolved", "the domain has a mail server again"),
    Answer.IMPLICIT_MX: ("resolved", "the domain has an address again"),
    Answer.NXDOMAIN: ("standing", "the domain does not exist"),
    Answer.NO_HOST: ("standing", "the domain has no mail server"),
    Answer.NULL_MX: ("standing", "the domain accepts no mail"),
    Answer.UNKNOWN: ("unknown", "DNS gave no answer"),
}


def _by_domain(due: pd.DataFrame, policy: Policy, lookup: Lookup | None) -> pd.DataFrame:
    if lookup is None:
        return _all(due, "unknown", "DNS was not asked (--dns off)")
    answers = lookup.mail(sorted({str(one) for one in due["domain"] if one}))
    if failed := lookup.failed():
        return _all(due, "unknown", failed)
    rows = []
    for domain in due["domain"]:
        answer = answers.get(domain)
        kind = answer.answer if answer is not None else Answer.UNKNOWN
        if answer is not None and answer.unroutable:
            rows.append(("standing", "every mail server of the domain points nowhere"))
        else:
            rows.append(WORDS[kind])
    return pd.DataFrame(rows, columns=["outcome", "why"], index=due.index)


def _by_sender(due: pd.DataFrame, policy: Policy, lookup: Lookup | None) -> pd.DataFrame:
    """The sender's SPF, DKIM and DMARC decide; without a sender nobody can tell."""
    from .pipeline import Run
    from .senders import judge_sender

    if not policy.sender.addresses:
        return _all(due, "unknown", "name the sender with --from to examine its authentication")
    if lookup is None:
        return _all(due, "unknown", "DNS was not asked (--dns off)")
    run = Run(policy=policy, lookup=lookup)
    reports = [judge_sender(one, run) for one in policy.sender.addresses]
    if failed := lookup.failed() or run.troubles.get("answers", ""):
        return _all(due, "unknown", failed)
    codes = sorted(
        {
            str(code)
            for one in reports
            for code, severity in zip(one.findings["rule"], one.findings["severity"], strict=True)
            if severity in ("error", "warning")
        }
    )
    if codes:
        return _all(
            due, "standing", f"the sender's authentication has findings: {', '.join(codes)}"
        )
    if not all(one.facts["dkim"] for one in reports):
        return _all(
            due, "unknown", "name the DKIM selector with --dkim-selector to examine its key"
        )
    return _all(due, "resolved", "the sender's domain authenticates its mail now")


def _all(due: pd.DataFrame, outcome: str, why: str) -> pd.DataFrame:
    return pd.DataFrame({"outcome": outcome, "why": why}, index=due.index)


def remedy(code: str, policy: Policy) -> str:
    """Return what to do about a cause; T3 and T7 name the ranges of platform and relay."""
    if code not in CAUSES:
        return ""
    ranges = platform(policy.platform).ranges if policy.platform else ()
    return remedy_of(code, policy.lang or "en", ranges, policy.sender.relay_ips)


def title(code: str, lang: str) -> str:
    """Return a cause's title in a language, '' where the code is none."""
    cause = CAUSES.get(code)
    if cause is None:
        return ""
    return cause.ja if lang == "ja" else cause.en


def with_consent(blocks: pd.DataFrame) -> pd.DataFrame:
    """Name those whom no bounce blocks by what they did: complained (P8), or unsubscribed."""
    free = blocks["type"].eq("").to_numpy(dtype=bool)
    told = blocks.copy()
    for column, kind, cause in (
        ("unsubscribed", "unsubscribe", ""),
        ("complained", "complaint", "P8"),
    ):
        here = free & blocks[column].notna().to_numpy()
        told.loc[here, ["type", "cause"]] = kind, cause
        told.loc[here, "since"] = blocks.loc[here, column]
    return told.sort_values("since", ascending=False, kind="stable") if free.any() else told


def way_out(row: Mapping[str, object]) -> str:
    """Say what would lift a block."""
    complained, unsubscribed = (row.get(name) for name in ("complained", "unsubscribed"))
    if isinstance(complained, pd.Timestamp):
        return "nothing: who complained is mailed no more"
    if isinstance(unsubscribed, pd.Timestamp):
        return "nothing: who unsubscribed is mailed no more"
    if row.get("allowed") and row["type"] != "temporary":
        return "nothing blocks it: it is allowed"
    if row["type"] == "permanent":
        return (
            "a permanent block is not lifted; where mail is sure to arrive again: "
            'listhygiene blocklist allow ADDRESS --reason "..." --by NAME'
        )
    if row["type"] == "temporary":
        return (
            "once the cause is resolved: listhygiene blocklist unblock ADDRESS "
            '--confirm-resolved "..."'
        )
    return "nothing blocks it"
