"""Two states of a list compared: who came, who went, whose verdict changed, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .model.answer import Lookup
from .model.errors import UsageError
from .model.evidence import Blocks
from .model.listing import TEXT
from .model.report import Gate, ListReport, Report
from .model.rule import Severity
from .pipeline import Progress, Run, fold_list, judge_lists, read_list, with_today
from .policy import Policy

REPORT_SCHEMA = 1
"""The newest form of a JSON report that this program reads."""

COLUMNS = ["address", "line", "verdict", "rules"]
CHANGES = ("came", "went", "changed")


@dataclass(frozen=True)
class State:
    """One state of a list.

    contacts: a row a contact with an address; address, line, verdict, rules (those that weighed,
        space-separated). rows: how many contacts there are, with or without address.
    reasons: what closes the gate or leaves it undecided.
    """

    path: str
    contacts: pd.DataFrame
    rows: int
    gate: Gate
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What became of the contacts between two states.

    changes: change (one of CHANGES), address, old_line, old_verdict, new_line, new_verdict,
        rules_came, rules_went (space-separated; of one that came all its rules, likewise went).
    same: how many are in both states with the same verdict.
    """

    old: State
    new: State
    changes: pd.DataFrame
    same: int

    def count(self, change: str) -> int:
        """Tell how many contacts came, went or changed."""
        return int((self.changes["change"] == change).sum())


def compare(
    old: str,
    new: str,
    policy: Policy | None = None,
    *,
    lookup: Lookup | None = None,
    blocks: Blocks | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare two lists, two JSON reports, or one of each.

    A list is judged now, under the policy; a report must have been made with --show-addresses.
    Contacts are matched by address, the second row of an address with the second one. Raises
    UnreadableList, or UsageError where a report lacks its contacts.
    """
    from .policy import load_policy
    from .sources import open_run

    policy = with_today(policy or load_policy())
    documents = [_read_report(path) for path in (old, new)]
    if None not in documents:
        states = [
            _of_report(path, it) for path, it in zip((old, new), documents, strict=True) if it
        ]
        return compare_states(*states)
    with open_run(policy, lookup, blocks, progress) as run:
        states = [
            _of_list(path, run) if it is None else _of_report(path, it)
            for path, it in zip((old, new), documents, strict=True)
        ]
    return compare_states(*states)


def _of_list(path: str, run: Run) -> State:
    """Judge one list by itself, as `check` would."""
    own = replace(run, troubles=dict(run.troubles), missing=dict(run.missing))
    listing = read_list(path, run.policy, run.policy.lang or "en")
    return state_of(judge_lists([fold_list(listing, run.policy)], own), path)


def state_of(report: Report, path: str) -> State:
    """Take the state of a list from a report of its lists."""
    frames = [_contacts(one) for one in report.lists]
    whole = pd.concat(frames, ignore_index=True) if frames else _frame([])
    reasons = tuple(str(one) for one in report.decision.reasons if one.decision != Gate.OPEN)
    return State(
        path,
        whole[(whole["address"] != "").to_numpy()],
        len(whole),
        report.decision.gate,
        reasons,
    )


def _contacts(one: ListReport) -> pd.DataFrame:
    addresses = pd.array([*one.contacts.addresses["address"], ""], dtype=TEXT)
    found = one.findings
    weighs = found["weighs"] & (found["severity"] != Severity.INFO) & (found["row"] >= 0)
    weighing = found.loc[weighs.to_numpy(), ["row", "rule"]].drop_duplicates()
    weighing = weighing.assign(rule=weighing["rule"].astype(str)).sort_values(["row", "rule"])
    rules = weighing.groupby("row")["rule"].agg(" ".join)
    rows = range(len(one.verdicts))
    return pd.DataFrame(
        {
            "address": addresses.take(one.contacts.contacts["address"].to_numpy()),
            "line": one.contacts.listing.lines,
            "verdict": one.verdicts.astype(str).astype(TEXT).to_numpy(),
            "rules": rules.reindex(rows).fillna("").astype(TEXT).to_numpy(),
        }
    )


def _frame(rows: list[list[Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"address": TEXT, "line": "int64", "verdict": TEXT, "rules": TEXT})


def _read_report(path: str) -> Mapping[str, Any] | None:
    """Read a file as a JSON report; None where it is something else, a list."""
    try:
        with Path(path).open("rb") as stream:
            start = stream.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
        if not start.startswith(b"{"):
            return None
        content = json.loads(Path(path).read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("lists"), list):
        return None
    schema = content.get("schema")
    if isinstance(schema, int) and schema > REPORT_SCHEMA:
        raise UsageError(
            f"this report is of version {schema}, newer than this program reads ({REPORT_SCHEMA})",
            file=path,
            remedy="Install a newer listhygiene.",
        )
    return content


def _of_report(path: str, content: Mapping[str, Any]) -> State:
    """Take the state of a list from a JSON report; UsageError where it lacks what is needed."""
    if any("contacts" not in one for one in content["lists"] if isinstance(one, dict)):
        raise UsageError(
            "the report holds no contacts, since it was made without --show-addresses",
            file=path,
            remedy="Make it again: listhygiene check LIST --format json=FILE --show-addresses.",
        )
    try:
        rows = [
            [str(it["address"]), int(it["line"]), str(it["verdict"]), " ".join(it["rules"])]
            for one in content["lists"]
            for it in one["contacts"]
        ]
        gate = Gate(content["gate"]["decision"])
        reasons = tuple(map(str, content["gate"]["reasons"])) if gate != Gate.OPEN else ()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            "this is no report of listhygiene",
            file=path,
            remedy="Make it with: listhygiene check LIST --format json=FILE --show-addresses.",
        ) from error
    whole = _frame(rows)
    return State(path, whole[(whole["address"] != "").to_numpy()], len(rows), gate, reasons)


def compare_states(old: State, new: State) -> Comparison:
    """Match the contacts of two states and say what became of each."""
    both = _numbered(old.contacts).merge(
        _numbered(new.contacts),
        on=["address", "number"],
        how="outer",
        suffixes=("_old", "_new"),
        indicator="side",
    )
    side = both["side"].map({"left_only": "went", "right_only": "came", "both": "changed"})
    same = (side == "changed") & (both["verdict_old"] == both["verdict_new"])
    kept = both.assign(change=side.astype(TEXT))[~same.to_numpy(dtype=bool)]
    kept = kept.fillna(dict.fromkeys(("rules_old", "rules_new", "verdict_old", "verdict_new"), ""))
    came, went = _moved(kept["rules_old"], kept["rules_new"])
    changes = pd.DataFrame(
        {
            "change": pd.Categorical(kept["change"], categories=list(CHANGES)),
            "address": kept["address"],
            "old_line": kept["line_old"].astype("Int64"),
            "old_verdict": kept["verdict_old"],
            "new_line": kept["line_new"].astype("Int64"),
            "new_verdict": kept["verdict_new"],
            "rules_came": came,
            "rules_went": went,
        }
    )
    order = changes.sort_values(["change", "new_line", "old_line"], kind="stable")
    return Comparison(old, new, order.reset_index(drop=True), int(same.sum()))


def _numbered(contacts: pd.DataFrame) -> pd.DataFrame:
    return contacts.assign(number=contacts.groupby("address", sort=False).cumcount())


def _moved(old: pd.Series, new: pd.Series) -> tuple[list[str], list[str]]:
    """Say which rules are in the second text only, and which in the first only."""
    pairs = [
        (set(one.split()), set(other.split()))
        for one, other in zip(old.astype(str), new.astype(str), strict=True)
    ]
    came = [" ".join(sorted(after - before)) for before, after in pairs]
    went = [" ".join(sorted(before - after)) for before, after in pairs]
    return came, went
