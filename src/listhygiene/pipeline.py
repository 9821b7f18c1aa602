"""The order of things: lists in, evidence gathered once, rules asked, the gate decided."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from . import __version__
from .cores import begun
from .data.versions import versions
from .evidence import count_unanswered, join_evidence
from .folding import assign_headers as assign_headers
from .folding import fold_list as fold_list
from .folding import text_rules as text_rules
from .frames import Table, listing_of, part_given
from .gate import NOTHING_ASKED, decide, judge
from .gathering import data_folder as data_folder
from .gathering import gather as gather
from .lint import lint
from .model.answer import Lookup
from .model.contacts import Contacts
from .model.evidence import Blocks, Evidence
from .model.listing import Listing, ReadOptions
from .model.report import ListReport, Report, SenderReport
from .policy import Policy
from .progress import counted
from .projection import bound_unasked, project
from .rules import catalogue
from .sheets import one_sheet
from .texts import give_back

if TYPE_CHECKING:
    from .acceptance import Acceptance

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, how much of it is done, and how much there is."""


@dataclass
class Run:
    """One run: what it was asked with, and what went wrong on the way.

    troubles: evidence ("answers", "blocks") or a list's path -> why it could not be had.
    missing: evidence -> why there is none (off, or in trouble); the rules that need it are skipped.
    skipped: S-rule -> why it could not be asked: what nobody said is unknown, not in order.
    acceptance: the baseline to judge by and to write, if any.
    """

    policy: Policy
    lookup: Lookup | None = None
    blocks: Blocks | None = None
    progress: Progress | None = None
    troubles: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    sources: dict[str, object] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    acceptance: Acceptance | None = None

    @property
    def as_of(self) -> pd.Timestamp:
        """The day of the send; the hall has settled it before anything is judged."""
        assert self.policy.as_of is not None
        return self.policy.as_of

    def tell(self, stage: str) -> Callable[[int, int], None] | None:
        """Return the progress call of one stage."""
        report = self.progress
        return None if report is None else lambda done, total: report(stage, done, total)


def read_list(
    path: str,
    policy: Policy,
    lang: str = "en",
    beside: tuple[str, ...] = (),
    keep: bool = False,
) -> Listing:
    """Read one list as the policy says; raises UnreadableList. beside, keep: see `ReadOptions`."""
    from .changelog import written_encoding
    from .readers import read

    options = dataclasses.replace(read_options(policy, lang), beside=beside, keep=keep)
    if options.encoding is None:
        options = dataclasses.replace(options, encoding=written_encoding(path))
    return read(path, options)


def read_options(policy: Policy, lang: str = "en") -> ReadOptions:
    """Return what the policy says about reading; UsageError where it names several sheets."""
    section = policy.list
    return ReadOptions(
        encoding=section.encoding or None,
        delimiter=section.delimiter or None,
        sheet=one_sheet(policy),
        email_columns=section.email_columns,
        lang=lang,
        skip_hidden=section.hidden_rows == "skip",
    )


def inspect(
    contacts: Contacts, evidence: Evidence, policy: Policy
) -> tuple[ListReport, dict[str, str]]:
    """Judge one folded list under given evidence; return its report and the skipped rules."""
    tables = join_evidence(contacts, evidence)
    available = {
        name: evidence.missing.get(name, f"there is no evidence: {name}")
        for name in ("answers", "blocks", "first_rows")
        if getattr(evidence, name) is None
    }
    if not tables["contacts"]["has_last_mailed"].any():
        available["last_mailed"] = "the list has no column of the last mailing (H109)"
    rules = [one for one in catalogue().values() if one.table != "senders"]
    findings, skipped = lint(contacts, tables, rules, policy, available)
    verdicts = judge(findings, len(contacts.contacts))
    unasked = bound_unasked(contacts, tables["domains"], policy)
    projected = project(contacts, findings, verdicts, evidence.blocks, evidence.rates, unasked)
    unanswered = count_unanswered(contacts, tables["domains"])
    return ListReport(contacts, findings, verdicts, projected, unanswered, unasked), skipped


def check(
    lists: str | Table | Sequence[str | Table],
    policy: Policy | None = None,
    *,
    lookup: Lookup | None = None,
    blocks: Blocks | None = None,
    progress: Progress | None = None,
    acceptance: Acceptance | None = None,
    spare: bool = False,
) -> Report:
    """Judge one or several lists, and decide whether they may be mailed.

    lists: paths or tables (pandas, pyarrow, polars, DuckDB, ...); folders, patterns and archives
    stand for the lists in them (see `take_in`); tables come after the files. lookup, blocks:
    evidence to use instead of what the policy names. acceptance: a baseline to judge by or to
    write, see `open_acceptance`. spare: let the cells go once they are folded; a report needs none.
    A list that cannot be read is named, and the run is undecided.
    """
    from .intake import own_files, read_all, take_in
    from .policy import load_policy
    from .sources import open_run

    policy = with_today(policy or load_policy())
    paths, tables = part_given(lists)
    unread: dict[str, str] = {}
    with (
        take_in(paths, own_files(policy), policy) as intake,
        begun(read_all, intake, policy, unread) as reading,
        open_run(policy, lookup, blocks, progress) as run,
    ):
        run.acceptance = acceptance
        listings = [*reading.result(), *map(listing_of, tables)]
        run.troubles |= intake.troubles | unread
        if intake.skipped:
            run.sources["skipped_files"] = dict(intake.skipped)
        told = counted(listings, [len(one.lines) for one in listings], run.tell("fold"))
        folded = [fold_list(one, policy, spare=spare) for one in told]
        return judge_lists(folded, run)


def with_today(policy: Policy) -> Policy:
    """Give a policy without a day of its own today's."""
    if policy.as_of is not None:
        return policy
    return dataclasses.replace(policy, as_of=pd.Timestamp.now().normalize())


def judge_lists(lists: Sequence[Contacts], run: Run) -> Report:
    """Gather evidence for folded lists, inspect each, judge the senders, decide."""
    asked = any(run.policy.asks(one.code) for one in catalogue().values() if one.table != "senders")
    if lists and not asked:
        run.troubles[NOTHING_ASKED] = "no rule is asked of the lists"
    give_back()  # what folding needed
    evidence = gather(lists, run)
    give_back()  # what gathering needed
    pairs = zip(lists, evidence, strict=True)
    told = counted(pairs, [len(one.contacts) for one in lists], run.tell("judge"))
    inspected = [inspect(one, proof, run.policy) for one, proof in told]
    give_back()  # what judging needed
    reports = tuple(one for one, _ in inspected)
    senders: tuple[SenderReport, ...] = ()
    if run.policy.sender.addresses:
        from .senders import judge_senders

        senders = judge_senders(run, reports)
    skipped = [one for _, one in inspected]
    if run.acceptance is not None:
        from .acceptance import settle

        reports, senders = settle(reports, senders, evidence, skipped, run)
    return assemble(reports, senders, skipped, run)


def assemble(
    lists: tuple[ListReport, ...],
    senders: tuple[SenderReport, ...],
    skipped: Sequence[Mapping[str, str]],
    run: Run,
) -> Report:
    """Decide, and put everything into one report."""
    from .policy.showing import effective

    return Report(
        as_of=run.as_of,
        lists=lists,
        senders=senders,
        decision=decide(lists, senders, run.policy, run.troubles),
        skipped={code: why for one in (*skipped, run.skipped) for code, why in one.items()},
        rules=catalogue(),
        policy=effective(run.policy),
        sources={**run.sources, "domains": versions(data_folder(run.policy))},
        version=__version__,
    )
